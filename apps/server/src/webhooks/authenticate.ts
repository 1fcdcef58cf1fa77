import { createHash, timingSafeEqual } from 'node:crypto'
import { type SignedItem, verify } from '@tael/adyen'
import type { WebhookEnvelope } from '@tael/contracts'
import type { FastifyInstance } from 'fastify'
import type { AdyenConfig } from '../config.ts'
import { HttpProblem } from '../http/problem.ts'

/**
 * Adyen signs the items one by one; basic auth vouches for what no signature covers. Reports move no money, and
 * Adyen's libraries differ on whether they are signed: they alone may come unsigned.
 */
const mayBeUnsigned: ReadonlySet<unknown> = new Set(['REPORT_AVAILABLE'])

/** Refuses whoever does not know the webhook's user name and password, before the body is read. */
export function requireWebhookCredentials(
  app: FastifyInstance,
  { webhookUsername, webhookPassword }: AdyenConfig,
): void {
  const expected = digest(`Basic ${Buffer.from(`${webhookUsername}:${webhookPassword}`).toString('base64')}`)
  app.addHook('onRequest', async (request) => {
    if (request.routeOptions.config.contract?.access !== 'adyen') return
    if (timingSafeEqual(digest(request.headers.authorization ?? ''), expected)) return
    throw new HttpProblem(
      'webhook_unauthenticated',
      'Set the user name and password of this webhook in the Customer Area.',
    )
  })
}

/** Digests are of one length, so comparing them tells nothing about where two texts differ. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** The items of a delivery, each one authentic. Throws where one is not, or where test and live are mixed up. */
export function readAuthenticItems(envelope: WebhookEnvelope, { live, hmacKeys }: AdyenConfig): SignedItem[] {
  const items = envelope.notificationItems.map(({ NotificationRequestItem }) => NotificationRequestItem)
  for (const item of items) {
    if (verify(item, hmacKeys)) continue
    if (mayBeUnsigned.has(item['eventCode']) && !isSigned(item)) continue
    throw new HttpProblem(
      'webhook_unauthenticated',
      'The HMAC signature is missing or was made with another key.',
    )
  }
  if (envelope.live !== String(live)) {
    const detail = `This server is in ${live ? 'live' : 'test'} mode: point this webhook to the other one.`
    throw new HttpProblem('webhook_environment_mismatch', detail)
  }
  return items
}

function isSigned({ additionalData }: SignedItem): boolean {
  return typeof additionalData === 'object' && additionalData !== null && 'hmacSignature' in additionalData
}
