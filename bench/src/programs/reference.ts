import { createHash } from 'node:crypto'
import { verify } from '@tael/adyen'
import { hashToken } from '@tael/server/hash-token'
import { Pool, type QueryResultRow } from 'pg'
import { request } from 'undici'
import type { Call } from './listen.ts'

/** What the programs beside Tael share: its number of connections, prepared statements, the call to Adyen. */

const pool = new Pool({ connectionString: setting('DATABASE_URL'), max: 20 })
const adyenUrl = setting('ADYEN_CHECKOUT_URL')
const hmacKeys = [setting('ADYEN_HMAC_KEYS')]
const basic = `Basic ${Buffer.from(`${setting('ADYEN_WEBHOOK_USERNAME')}:${setting('ADYEN_WEBHOOK_PASSWORD')}`).toString('base64')}`

function setting(name: string): string {
  const value = process.env[name]
  if (value === undefined) throw new Error(`${name} is missing.`)
  return value
}

/** Runs a statement that every connection prepares once, by this name. */
export async function query<R extends QueryResultRow>(
  name: string,
  text: string,
  values: readonly unknown[],
): Promise<readonly R[]> {
  return (await pool.query<R>({ name, text, values: [...values] })).rows
}

/** Runs statements without values, such as those that create tables. */
export async function run(text: string): Promise<void> {
  await pool.query(text)
}

/** The SHA-256 of a session token, as the database knows it. */
export function hashSession({ headers }: Call): Buffer {
  return hashToken((headers.authorization ?? '').slice('Bearer '.length))
}

export const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest()

export interface OrderToPay {
  readonly orderId: string
  readonly amount: { readonly currency: string; readonly value: number }
}

export interface NewPayment {
  readonly id: string
  readonly orderId: string
  readonly shopperId: string
  readonly openid: string
  readonly amount: OrderToPay['amount']
}

export interface AdyenAnswer {
  readonly resultCode: string
  readonly action: { readonly paymentData: string; readonly sdkData: Readonly<Record<string, string>> }
}

/** Starts a payment at Adyen with the request that Tael sends. */
export async function startAtAdyen(payment: NewPayment, idempotencyKey: string): Promise<AdyenAnswer> {
  const { statusCode, body } = await request(`${adyenUrl}/payments`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-api-key': setting('ADYEN_API_KEY'),
      'idempotency-key': idempotencyKey,
    },
    body: JSON.stringify({
      merchantAccount: setting('ADYEN_MERCHANT_ACCOUNT'),
      reference: payment.id,
      merchantOrderReference: payment.orderId,
      shopperReference: payment.shopperId,
      shopperInteraction: 'Ecommerce',
      amount: payment.amount,
      countryCode: 'CN',
      returnUrl: 'https://example.com/return',
      paymentMethod: {
        type: 'wechatpayMiniProgram',
        appId: setting('WECHAT_APP_ID'),
        openid: payment.openid,
      },
    }),
  })
  const text = await body.text()
  if (statusCode !== 200) throw new Error(`Adyen answered ${statusCode}: ${text}`)
  return JSON.parse(text)
}

export interface Item {
  readonly pspReference: string
  readonly merchantAccountCode: string
  readonly merchantReference: string
  readonly amount: OrderToPay['amount']
  readonly eventCode: string
  readonly eventDate: string
  readonly success: string
}

interface Envelope {
  readonly notificationItems: readonly { readonly NotificationRequestItem: Item }[]
}

/** The item of a webhook, of which user, password and signature were checked. */
export function readAuthenticItem({ headers, body }: Call): Item {
  const { notificationItems }: Envelope = JSON.parse(body)
  const item = notificationItems[0]?.NotificationRequestItem
  if (headers.authorization !== basic || item === undefined || !verify({ ...item }, hmacKeys))
    throw new Error('The webhook is not authentic.')
  return item
}
