import * as Type from '@sinclair/typebox'
import { Id } from '../id.ts'

/**
 * Why a person must look at something.
 * - `webhook`: an authentic item that could not be applied.
 * - `refund_failed`: Adyen or the scheme did not make a refund.
 * - `refund_unsent`: a refund was decided long ago and Adyen has not taken it up.
 * - `refund_unconfirmed`: Adyen took a refund up long ago and has not said how it ended.
 * - `payment_unknown`: nobody knows for long whether this payment took money.
 * - `payment_reversed`: Adyen took money back from a payment that counts as paid.
 * - `refund_requested`: a shopper asks for the money of an order back.
 * - `shipping_failed`: WeChat was not told that an order was shipped.
 */
export const AttentionKind = Type.Union([
  Type.Literal('webhook'),
  Type.Literal('refund_failed'),
  Type.Literal('refund_unsent'),
  Type.Literal('refund_unconfirmed'),
  Type.Literal('payment_unknown'),
  Type.Literal('payment_reversed'),
  Type.Literal('refund_requested'),
  Type.Literal('shipping_failed'),
])
export type AttentionKind = Type.Static<typeof AttentionKind>

/** Something a person must look at: what it is about (`subject`), since when, and why. */
export const AttentionItem = Type.Object(
  {
    kind: AttentionKind,
    subject: Type.String({ description: 'The id of the webhook item, refund, payment or order.' }),
    paymentId: Type.Union([Type.String(), Type.Null()]),
    since: Type.String({ description: 'When the last of it happened.' }),
    reason: Type.String(),
  },
  { title: 'AttentionItem', additionalProperties: false },
)
export type AttentionItem = Type.Static<typeof AttentionItem>

/** An operator has dealt with what was shown. It shows again only where something happened after `since`. */
export const HandleAttention = Type.Object(
  {
    kind: AttentionKind,
    subject: Id,
    since: Type.String({
      pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$',
      maxLength: 24,
      description: 'As the item was shown, so that nothing newer is taken for dealt with.',
    }),
    note: Type.String({ minLength: 1, maxLength: 500, pattern: '^[^\\u0000\\ud800-\\udfff]*$' }),
  },
  { title: 'HandleAttention', additionalProperties: false },
)
export type HandleAttention = Type.Static<typeof HandleAttention>

export const AttentionList = Type.Object(
  { items: Type.Array(AttentionItem) },
  { title: 'AttentionList', additionalProperties: false },
)
export type AttentionList = Type.Static<typeof AttentionList>
