import { createHmac, timingSafeEqual } from 'node:crypto'
import * as Type from '@sinclair/typebox'
import { WireAmount } from './wire.ts'

/**
 * One item of a standard webhook (Adyen/adyen-openapi, Webhooks v1). `success` is a string there.
 * Only the eight values of `signedData` are signed; basic auth alone vouches for the others.
 */
export const NotificationItem = Type.Object({
  pspReference: Type.String({ maxLength: 512 }),
  originalReference: Type.Optional(Type.Union([Type.String({ maxLength: 512 }), Type.Null()])),
  merchantAccountCode: Type.String({ maxLength: 512 }),
  merchantReference: Type.String({ maxLength: 512 }),
  amount: WireAmount,
  eventCode: Type.String({ maxLength: 128 }),
  eventDate: Type.String({ maxLength: 64 }),
  success: Type.Union([Type.Literal('true'), Type.Literal('false')]),
  reason: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  paymentMethod: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  additionalData: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
})
export type NotificationItem = Type.Static<typeof NotificationItem>

/** An item before it is checked against its schema. */
export interface SignedItem {
  readonly [key: string]: unknown
}

const signedKeys = ['pspReference', 'originalReference', 'merchantAccountCode', 'merchantReference'] as const

/** The text that Adyen signs: eight values joined by colons, unescaped, a missing one empty. */
export function signedData(item: SignedItem): string {
  const amount: unknown = item['amount']
  const { value, currency } = isRecord(amount) ? { value: amount['value'], currency: amount['currency'] } : {}
  const values = [...signedKeys.map((key) => item[key]), value, currency, item['eventCode'], item['success']]
  return values
    .map((part) => (typeof part === 'string' || typeof part === 'number' ? String(part) : ''))
    .join(':')
}

/** The base64 HMAC-SHA256 of `signedData` under a key in hex. */
export function sign(item: SignedItem, hexKey: string): string {
  return createHmac('sha256', Buffer.from(hexKey, 'hex')).update(signedData(item), 'utf8').digest('base64')
}

/**
 * Whether the item has a signature of one of the keys; during a rotation two are valid. It compares
 * in constant time, and a missing or malformed signature is false.
 */
export function verify(item: SignedItem, hexKeys: readonly string[]): boolean {
  const additionalData: unknown = item['additionalData']
  const given = isRecord(additionalData) ? additionalData['hmacSignature'] : undefined
  if (typeof given !== 'string') return false
  // Compared as text: base64 can spell the same bytes in several ways, and Adyen uses one.
  const signature = Buffer.from(given)
  let valid = false
  for (const key of hexKeys) {
    const expected = Buffer.from(sign(item, key))
    if (signature.length === expected.length && timingSafeEqual(signature, expected)) valid = true
  }
  return valid
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
