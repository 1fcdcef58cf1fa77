import * as Type from '@sinclair/typebox'
import { Amount } from '../amount.ts'
import { Id } from '../id.ts'
import { TEXT } from '../text.ts'
import { Actor } from './actor.ts'
import { WebhookId } from './webhooks.ts'

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
 * - `refund_proposed`: a refund above the limit of a key awaits a second operator.
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
  Type.Literal('refund_proposed'),
  Type.Literal('refund_requested'),
])
export type AttentionKind = Type.Static<typeof AttentionKind>

/** Every kind, gravest first. */
export const attentionKinds: readonly AttentionKind[] = AttentionKind.anyOf.map((literal) => literal.const)

/**
 * A route that may resolve an item, with the path parameters that the item gives it. Beside these,
 * each item can be assigned, noted and marked as handled.
 */
export const AttentionAction = Type.Union([
  actionOf('createRefund', { paymentId: Type.String() }),
  actionOf('resendRefund', { refundId: Type.String() }),
  actionOf('confirmRefund', { refundId: Type.String() }),
  actionOf('rejectRefund', { refundId: Type.String() }),
  actionOf('declineRefund', { orderId: Type.String() }),
  actionOf('createShipment', { orderId: Type.String() }),
  actionOf('replayWebhook', { webhookId: WebhookId }),
])
export type AttentionAction = Type.Static<typeof AttentionAction>

function actionOf<const Name extends string, Params extends Type.TProperties>(route: Name, params: Params) {
  return Type.Object(
    { route: Type.Literal(route), params: Type.Object(params, { additionalProperties: false }) },
    { additionalProperties: false },
  )
}

/** What an operator wrote about an item. */
export const AttentionNote = Type.Object(
  { at: Type.String(), by: Actor, note: Type.String() },
  { title: 'AttentionNote', additionalProperties: false },
)
export type AttentionNote = Type.Static<typeof AttentionNote>

/** Something that needs attention: its subject, since when, and why. */
export const AttentionItem = Type.Object(
  {
    kind: AttentionKind,
    subject: Type.String({
      description: 'The id of the webhook item, refund, payment, order, event or settlement result.',
    }),
    paymentId: Type.Union([Type.String(), Type.Null()]),
    orderId: Type.Union([Type.String(), Type.Null()]),
    shopperId: Type.Union([Type.String(), Type.Null()]),
    since: Type.String({ description: 'When it last changed.' }),
    dueAt: Type.String({ description: 'When it should be handled, by its kind.' }),
    reason: Type.String(),
    amount: Type.Union([Amount, Type.Null()], { description: 'The money that it is about.' }),
    eventCodes: Type.Array(Type.String(), {
      description: 'Of `payment_reversed`: what Adyen reported, such as CHARGEBACK, the newest last.',
    }),
    owner: Type.Union([Actor, Type.Null()], { description: 'Who handles it.' }),
    notes: Type.Array(AttentionNote, { description: 'What was noted about it, oldest first.' }),
    actions: Type.Array(AttentionAction),
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

/** Names an item as it was listed. */
const listedItem = {
  kind: AttentionKind,
  subject: Id,
  since: Type.String({
    pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$',
    maxLength: 24,
    description: "The item's `since`: where it has changed since, the request is refused.",
  }),
}

const note = Type.String({ minLength: 1, maxLength: 500, pattern: TEXT })

/** Takes an item, or releases it whoever had it. */
export const AssignAttention = Type.Object(
  { ...listedItem, owner: Type.Union([Type.Literal('me'), Type.Null()]) },
  { title: 'AssignAttention', additionalProperties: false },
)
export type AssignAttention = Type.Static<typeof AssignAttention>

/** Adds a note to an item, which stays open. */
export const NoteAttention = Type.Object(
  { ...listedItem, note },
  { title: 'NoteAttention', additionalProperties: false },
)
export type NoteAttention = Type.Static<typeof NoteAttention>

/** Marks an item as handled. It is listed again only if it changes after `since`. */
export const HandleAttention = Type.Object(
  { ...listedItem, note },
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
    overdue: Type.Record(AttentionKind, Type.Integer({ minimum: 0 }), {
      description: 'How many of these should have been handled before now.',
    }),
  },
  { title: 'AttentionList', additionalProperties: false },
)
export type AttentionList = Type.Static<typeof AttentionList>
