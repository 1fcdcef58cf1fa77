import { randomUUID } from 'node:crypto'
import { sign } from '@tael/adyen'
import { credentials } from '@tael/stack'
import { amount, type Attempt, type OpenOrder } from '../shop/shop.ts'
import type { Shopper } from '../shop/shoppers.ts'
import type { LoadRequest } from './load.ts'

const basic = `Basic ${Buffer.from(`${credentials.ADYEN_WEBHOOK_USERNAME}:${credentials.ADYEN_WEBHOOK_PASSWORD}`).toString('base64')}`

function ofShopper({ token, address }: Shopper): Record<string, string> {
  return { authorization: `Bearer ${token}`, 'x-forwarded-for': address }
}

function post(shopper: Shopper, path: string, body: object): LoadRequest {
  const headers = {
    ...ofShopper(shopper),
    'content-type': 'application/json',
    'idempotency-key': randomUUID(),
  }
  return { method: 'POST', path, headers, body: JSON.stringify(body) }
}

/** `POST /payments` */
export function paymentOf({ id, shopper }: OpenOrder, prefix = ''): LoadRequest {
  return post(shopper, `${prefix}/payments`, { orderId: id, amount })
}

/** `POST /orders`: one piece. */
export function orderOf(shopper: Shopper, productId: string): LoadRequest {
  return post(shopper, '/orders', { lines: [{ productId, quantity: 1 }] })
}

/** `GET /payments/:id`, at once or after a change. */
export function readOf({ id, shopper }: Attempt, path = '/payments', query = ''): LoadRequest {
  return { method: 'GET', path: `${path}/${id}${query}`, headers: ofShopper(shopper) }
}

/** `POST /webhooks/adyen`: the signed item that reports that a payment was paid. */
export function webhookOf({ id, pspReference }: Attempt, prefix = ''): LoadRequest {
  const item = {
    pspReference,
    merchantAccountCode: credentials.ADYEN_MERCHANT_ACCOUNT,
    merchantReference: id,
    amount,
    eventCode: 'AUTHORISATION',
    eventDate: new Date().toISOString(),
    success: 'true',
    reason: '',
    paymentMethod: 'wechatpay',
  }
  const additionalData = { hmacSignature: sign(item, credentials.ADYEN_HMAC_KEYS) }
  return {
    method: 'POST',
    path: `${prefix}/webhooks/adyen`,
    headers: { authorization: basic, 'content-type': 'application/json' },
    body: JSON.stringify({
      live: 'false',
      notificationItems: [{ NotificationRequestItem: { ...item, additionalData } }],
    }),
  }
}
