import * as Type from '@sinclair/typebox'
import { Id } from '../id.ts'
import { TEXT } from '../text.ts'

/**
 * Why something needs attention, gravest first.
 * - `refund_failed`: Adyen or the scheme did not make a refund.
 * - `payment_reversed`: Adyen took back money of a paid payment.
 * - `settlement_difference`: a settlement report and our records differ.
 * - `webhook`: an authentic item could not be applied.
 * - `event_undelivered`: a merchant's backend did not accept an event for three days.
 * - `payment_unknown`: it has been unknown for long whether a payment took money.
 * - `refund_unsent`: a refund was requested long ago, and Adyen has not received it.
 * - `refund_unconfirmed`: Adyen received a refund long ago, and has not reported its outcome.
 * - `shipping_failed`: WeChat was not notified that an order was shipped.
 * - `refund_requested`: a shopper requested a refund of an order.
 */
export const AttentionKind = Type.Union([
  Type.Literal('refund_failed'),
  Type.Literal('payment_reversed'),
  Type.Literal('settlement_difference'),
  Type.Literal('webhook'),
  Type.Literal('event_undelivered'),
  Type.Literal('payment_unknown'),
  Type.Literal('refund_unsent'),
  Type.Literal('refund_unconfirmed'),
  Type.Literal('shipping_failed'),
  Type.Literal('refund_requested'),
])
export type AttentionKind = Type.Static<typeof AttentionKind>

/** Every kind, gravest first. */
export const attentionKinds: readonly AttentionKind[] = AttentionKind.anyOf.map((literal) => literal.const)

/** Something that needs attention: its subject, since when, and why. */
export const AttentionItem = Type.Object(
  {
    kind: AttentionKind,
    subject: Type.String({
      description: 'The id of the webhook item, refund, payment, order, event or settlement result.',
    }),
    paymentId: Type.Union([Type.String(), Type.Null()]),
    shopperId: Type.Union([Type.String(), Type.Null()]),
    since: Type.String({ description: 'When it last changed.' }),
    reason: Type.String(),
    others: Type.Integer({
      minimum: 0,
      description: 'How many newer items of its kind and shopper it stands for, which are not listed.',
    }),
  },
  { title: 'AttentionItem', additionalProperties: false },
)
export type AttentionItem = Type.Static<typeof AttentionItem>

/** The most items in one page of the list. */
export const ATTENTION_PAGE_MAX = 200

/** Which items to list: of one kind, of one shopper, after those of an earlier page. */
export const AttentionQuery = Type.Object(
  {
    kind: Type.Optional(AttentionKind),
    shopperId: Type.Optional(Id),
    after: Type.Optional(
      Type.String({
        maxLength: 120,
        pattern: `^(${attentionKinds.join('|')})~\\d{1,13}~[A-Za-z0-9_-]{1,64}$`,
        description: 'The `next` of the page before.',
      }),
    ),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: ATTENTION_PAGE_MAX, default: 50 })),
  },
  { title: 'AttentionQuery', additionalProperties: false },
)
export type AttentionQuery = Type.Static<typeof AttentionQuery>

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
    note: Type.String({ minLength: 1, maxLength: 500, pattern: TEXT }),
  },
  { title: 'HandleAttention', additionalProperties: false },
)
export type HandleAttention = Type.Static<typeof HandleAttention>

/** How many items of each kind there are. */
export const AttentionCounts = Type.Record(AttentionKind, Type.Integer({ minimum: 0 }), {
  description: 'How many items of each kind there are, listed here or not.',
})
export type AttentionCounts = Type.Static<typeof AttentionCounts>

/**
 * A page of what needs attention, gravest first and then oldest first. One shopper's items of one
 * kind are one item of the list, unless that shopper's are asked for.
 */
export const AttentionList = Type.Object(
  {
    items: Type.Array(AttentionItem),
    next: Type.Union([Type.String(), Type.Null()], { description: 'The `after` of the following page.' }),
    counts: AttentionCounts,
  },
  { title: 'AttentionList', additionalProperties: false },
)
export type AttentionList = Type.Static<typeof AttentionList>
