import { createHmac, timingSafeEqual } from 'node:crypto'
import * as Type from '@sinclair/typebox'
import { Errors } from '@sinclair/typebox/errors'
import { Check } from '@sinclair/typebox/value'
import { withoutAbsent } from './absent.ts'
import { WireAmount } from './wire.ts'

/** One item of a standard webhook as Adyen documents it (Adyen/adyen-openapi, Webhooks v1). */
export const WireItem = Type.Object({
  pspReference: Type.String(),
  originalReference: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  merchantAccountCode: Type.String(),
  merchantReference: Type.String(),
  amount: WireAmount,
  eventCode: Type.String(),
  eventDate: Type.String(),
  success: Type.Union([Type.Literal('true'), Type.Literal('false')]),
  reason: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  paymentMethod: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  additionalData: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
})
export type WireItem = Type.Static<typeof WireItem>

/** A reference of Adyen's, or a name that Adyen allows: neither holds a colon. */
const Reference = Type.String({ pattern: '^[^:\\x00-\\x1f]+$', maxLength: 512 })

/**
 * An item as it is read. The eight signed values have their form or the item is not read; the
 * others are vouched for by basic auth alone, so they may hold anything and decide nothing.
 */
export const NotificationItem = Type.Object({
  pspReference: Reference,
  originalReference: Type.Optional(Reference),
  merchantAccountCode: Reference,
  /** Ours, or whatever another system on the account uses. */
  merchantReference: Type.Optional(Type.String({ pattern: '^[^\\x00-\\x1f]+$', maxLength: 512 })),
  amount: Type.Object({ currency: Type.String({ pattern: '^[A-Z]{3}$' }), value: Type.Integer() }),
  eventCode: Type.String({ pattern: '^[A-Z][A-Z0-9_]*$', maxLength: 128 }),
  success: Type.Union([Type.Literal('true'), Type.Literal('false')]),
  eventDate: Type.Optional(Type.Unknown()),
  reason: Type.Optional(Type.Unknown()),
  additionalData: Type.Optional(Type.Unknown()),
})
export type NotificationItem = Type.Static<typeof NotificationItem>

/** An item before it is read. */
export interface SignedItem {
  readonly [key: string]: unknown
}

/** Reads an item. Undefined where a signed value is missing or has another form. */
export function readItem(item: SignedItem): NotificationItem | undefined {
  const present = withoutAbsent(item)
  return Check(NotificationItem, present) ? present : undefined
}

/** The first field for which `readItem` does not read an item: `/amount/value`. */
export function unreadableField(item: SignedItem): string {
  return Errors(NotificationItem, withoutAbsent(item)).First()?.path ?? ''
}

/** The eight values that Adyen signs, in their order; an absent one is empty. */
export function signedValues(item: SignedItem): readonly unknown[] {
  const { amount } = item
  const { value, currency } = isRecord(amount) ? { value: amount['value'], currency: amount['currency'] } : {}
  const { pspReference, originalReference, merchantAccountCode, merchantReference, eventCode, success } = item
  return [
    pspReference,
    originalReference,
    merchantAccountCode,
    merchantReference,
    value,
    currency,
    eventCode,
    success,
  ].map((one) => one ?? '')
}

/** Where `signedValues` has the merchant's reference, the only one that may hold a colon. */
const MERCHANT_REFERENCE = 3

/** The text that Adyen signs: eight values joined by colons, unescaped, a missing one empty. */
export function signedData(item: SignedItem): string {
  return signedValues(item)
    .map((part) => (isText(part) ? String(part) : ''))
    .join(':')
}

/**
 * Whether the text that Adyen signs can only be of this item. A signature would hold for others too
 * if a value could move across a colon, or were of a type that the text leaves out.
 */
function hasOneReading(item: SignedItem): boolean {
  return signedValues(item).every(
    (part, index) =>
      isText(part) &&
      // 1e400, which JSON may hold.
      part !== Infinity &&
      part !== -Infinity &&
      (index === MERCHANT_REFERENCE || !String(part).includes(':')),
  )
}

function isText(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number'
}

/** The base64 HMAC-SHA256 of `signedData` under a key in hex. */
export function sign(item: SignedItem, hexKey: string): string {
  return createHmac('sha256', Buffer.from(hexKey, 'hex')).update(signedData(item), 'utf8').digest('base64')
}

/**
 * Whether the item has a signature of one of the keys that holds for no other item; during a
 * rotation two keys are valid. It compares in constant time, and a missing or malformed signature
 * is false.
 */
export function verify(item: SignedItem, hexKeys: readonly string[]): boolean {
  const additionalData: unknown = item['additionalData']
  const given = isRecord(additionalData) ? additionalData['hmacSignature'] : undefined
  if (typeof given !== 'string' || !hasOneReading(item)) return false
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
