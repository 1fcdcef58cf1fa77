import { createHash, timingSafeEqual } from 'node:crypto'
import { isReport, type SignedItem, verify } from '@tael/adyen'
import type { WebhookEnvelope } from '@tael/contracts'
import type { FastifyInstance } from 'fastify'
import type { AdyenConfig } from '../config.ts'
import type { Context } from '../context.ts'
import { callerAddress } from '../http/caller-address.ts'
import { HttpProblem } from '../http/problem.ts'

/** Why a delivery is refused, for its sender. */
export const refusals = {
  credentials: 'Set the user name and password of this webhook in the Customer Area.',
  signature: 'Sign each item with the HMAC key of this webhook.',
} as const

/**
 * Checks the webhook's user name and password before the body is read. Wrong ones are limited by
 * address, Adyen's deliveries are not: refusing an authentic one would block Adyen's queue.
 */
export function requireWebhookCredentials(
  app: FastifyInstance,
  { limits, config }: Pick<Context, 'limits' | 'config'>,
): void {
  const { webhookUsername, webhookPassword } = config.adyen
  const expected = digest(`Basic ${Buffer.from(`${webhookUsername}:${webhookPassword}`).toString('base64')}`)
  app.addHook('onRequest', async (request) => {
    if (request.routeOptions.config.contract?.access !== 'adyen') return
    if (timingSafeEqual(digest(request.headers.authorization ?? ''), expected)) return
    limits.count('refused', callerAddress(request))
    throw new HttpProblem('webhook_unauthenticated', refusals.credentials)
  })
}

/** Digests have one length, so comparing them does not reveal where two texts differ. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/**
 * The authentic items of a delivery. Throws where one is not authentic, or test and live are mixed
 * up.
 */
export function readAuthenticItems(envelope: WebhookEnvelope, { live, hmacKeys }: AdyenConfig): SignedItem[] {
  const items = envelope.notificationItems.map(({ NotificationRequestItem }) => NotificationRequestItem)
  for (const item of items) {
    if (verify(item, hmacKeys)) continue
    if (!isSigned(item) && isReport(item)) continue
    throw new HttpProblem('webhook_unauthenticated', refusals.signature)
  }
  if (String(envelope.live) !== String(live)) {
    const detail = `Point this webhook to the other server: this one is in ${live ? 'live' : 'test'} mode.`
    throw new HttpProblem('webhook_environment_mismatch', detail)
  }
  return items
}

/** Whether an item carries a signature, right or wrong. */
export function isSigned({ additionalData }: SignedItem): boolean {
  return typeof additionalData === 'object' && additionalData !== null && 'hmacSignature' in additionalData
}
