import type { EnvironmentReader } from '@tael/config'
import { checkSignedWebhook, SECRETS, SECRETS_RULE, type SignedWebhookConfig } from './signed-webhook.ts'

/** What concerns the orders of a merchant's own shop. */
export function readMerchant(read: EnvironmentReader, live: boolean) {
  return {
    /** Money that arrives after such an order expired: it is refunded, or kept and pays the order. */
    lateMoney: read.oneOf('MERCHANT_LATE_MONEY', ['refund', 'keep'], 'refund'),
    /** Where events about such orders are delivered. Undefined: nowhere, they are only in the feed. */
    webhook: readWebhook(read, live),
  } as const
}

function readWebhook(read: EnvironmentReader, live: boolean): SignedWebhookConfig | undefined {
  const hasSecrets = read.hasSecret('MERCHANT_WEBHOOK_SECRETS')
  if (!hasSecrets && !read.has('MERCHANT_WEBHOOK_URL')) return undefined
  return checkSignedWebhook(read, live, 'MERCHANT_WEBHOOK', {
    url: read.url('MERCHANT_WEBHOOK_URL', 'the address of your backend that takes events about orders'),
    secrets: read.secret('MERCHANT_WEBHOOK_SECRETS', SECRETS, SECRETS_RULE),
  })
}
