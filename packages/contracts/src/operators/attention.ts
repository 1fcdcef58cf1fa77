import * as Type from '@sinclair/typebox'
import { Id } from '../id.ts'

/**
 * Why something needs attention.
 * - `webhook`: an authentic item could not be applied.
 * - `refund_failed`: Adyen or the scheme did not make a refund.
 * - `refund_unsent`: a refund was requested long ago, and Adyen has not received it.
 * - `refund_unconfirmed`: Adyen received a refund long ago, and has not reported its outcome.
 * - `payment_unknown`: it has been unknown for long whether a payment took money.
 * - `payment_reversed`: Adyen took back money of a paid payment.
 * - `refund_requested`: a shopper requested a refund of an order.
 * - `shipping_failed`: WeChat was not notified that an order was shipped.
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

/** Something that needs attention: its subject, since when, and why. */
export const AttentionItem = Type.Object(
  {
    kind: AttentionKind,
    subject: Type.String({ description: 'The id of the webhook item, refund, payment or order.' }),
    paymentId: Type.Union([Type.String(), Type.Null()]),
    since: Type.String({ description: 'When it last changed.' }),
    reason: Type.String(),
  },
  { title: 'AttentionItem', additionalProperties: false },
)
export type AttentionItem = Type.Static<typeof AttentionItem>

/** Marks an item as handled. It is listed again only if it changes after `since`. */
export const HandleAttention = Type.Object(
  {
    kind: AttentionKind,
    subject: Id,
    since: Type.String({
      pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$',
      maxLength: 24,
      description: "The item's `since`, so that a newer change is not marked as handled.",
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
