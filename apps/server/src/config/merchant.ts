import type { EnvironmentReader } from '@tael/config'

/** The bytes of a secret of Standard Webhooks. */
const SECRET_BYTES_MIN = 24
const SECRET_BYTES_MAX = 64

/** What concerns the orders of a merchant's own shop. */
export function readMerchant(read: EnvironmentReader, live: boolean) {
  return {
    /** Money that arrives after such an order expired: it is refunded, or kept and pays the order. */
    lateMoney: read.oneOf('MERCHANT_LATE_MONEY', ['refund', 'keep'], 'refund'),
    /** Where events about such orders are delivered. Undefined: nowhere, they are only in the feed. */
    webhook: readWebhook(read, live),
  } as const
}

function readWebhook(read: EnvironmentReader, live: boolean) {
  if (!read.has('MERCHANT_WEBHOOK_URL') && !read.has('MERCHANT_WEBHOOK_SECRETS')) return undefined
  const url = read.url('MERCHANT_WEBHOOK_URL', 'the address of your backend that takes events about orders')
  const secrets = read
    .text(
      'MERCHANT_WEBHOOK_SECRETS',
      /^whsec_[A-Za-z0-9+/]+={0,2}(,whsec_[A-Za-z0-9+/]+={0,2})*$/,
      'secrets of Standard Webhooks, whsec_ and base64; several, separated by commas, during a rotation',
    )
    .split(',')
  const { problems } = read
  if (live && url !== '' && !url.startsWith('https://'))
    problems.push('MERCHANT_WEBHOOK_URL must be https in live mode: events name orders and payments')
  if (/^https?:\/\/[^/]*@/.test(url))
    problems.push('MERCHANT_WEBHOOK_URL is invalid: without user name and password, which the log could show')
  for (const secret of secrets.filter((one) => one !== '')) {
    const bytes = Buffer.from(secret.slice('whsec_'.length), 'base64').length
    if (bytes < SECRET_BYTES_MIN || bytes > SECRET_BYTES_MAX)
      problems.push(
        `MERCHANT_WEBHOOK_SECRETS is invalid: a secret has ${SECRET_BYTES_MIN} to ${SECRET_BYTES_MAX} bytes`,
      )
  }
  return { url, secrets }
}
