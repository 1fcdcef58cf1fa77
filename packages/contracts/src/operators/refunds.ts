import * as Type from '@sinclair/typebox'
import { Amount, VALUE_MAX } from '../amount.ts'
import { Refund, RefundStatus } from '../refunds.ts'
import { TEXT } from '../text.ts'
import { Actor } from './actor.ts'
import { recordsQuery } from './records-query.ts'

/** Why an operator refunds, as they choose it. `other` needs a note. */
export const ChosenRefundReason = Type.Union([
  Type.Literal('requested_by_shopper'),
  Type.Literal('returned_goods'),
  Type.Literal('not_received'),
  Type.Literal('damaged_goods'),
  Type.Literal('out_of_stock'),
  Type.Literal('duplicate'),
  Type.Literal('goodwill'),
  Type.Literal('other'),
])
export type ChosenRefundReason = Type.Static<typeof ChosenRefundReason>
export const chosenRefundReasons: readonly ChosenRefundReason[] = ChosenRefundReason.anyOf.map(
  (literal) => literal.const,
)

/**
 * Why money was returned, as operators see it: what an operator chose, or `merchant` (the backend of
 * a merchant's own shop requested it), `surplus` (automatically: the order was already paid or closed),
 * `customer_area` (in Adyen's Customer Area) or `unstated` (before operators gave reasons).
 */
export const OperatorRefundReason = Type.Union([
  ...ChosenRefundReason.anyOf,
  Type.Literal('merchant'),
  Type.Literal('surplus'),
  Type.Literal('customer_area'),
  Type.Literal('unstated'),
])
export type OperatorRefundReason = Type.Static<typeof OperatorRefundReason>
export const operatorRefundReasons: readonly OperatorRefundReason[] = OperatorRefundReason.anyOf.map(
  (literal) => literal.const,
)

const note = Type.String({ minLength: 1, maxLength: 500, pattern: TEXT })

/** How much of a payment to refund, and why. The shopper sees neither the reason nor the note. */
export const CreateRefund = Type.Object(
  { amount: Amount, reason: ChosenRefundReason, note: Type.Optional(note) },
  { title: 'CreateRefund', additionalProperties: false },
)
export type CreateRefund = Type.Static<typeof CreateRefund>

/** Why an operator sends a refund again: what they found when they looked it up at Adyen. */
export const ResendRefund = Type.Object({ note }, { title: 'ResendRefund', additionalProperties: false })
export type ResendRefund = Type.Static<typeof ResendRefund>

/** Why the shop does not grant a refund, in words for its shopper. */
export const DeclineRefund = Type.Object(
  { reason: Type.String({ minLength: 1, maxLength: 200, pattern: TEXT }) },
  { title: 'DeclineRefund', additionalProperties: false },
)
export type DeclineRefund = Type.Static<typeof DeclineRefund>

/** A refund as operators see it, with its reference in Adyen's Customer Area. */
export const OperatorRefund = Type.Object(
  {
    ...Refund.properties,
    reason: OperatorRefundReason,
    note: Type.Union([Type.String(), Type.Null()]),
    requestedBy: Type.Union([Actor, Type.Null()], {
      description: 'Null of an automatic one, of one made in the Customer Area, and of older ones.',
    }),
    paymentId: Type.String(),
    pspReference: Type.Union([Type.String(), Type.Null()]),
  },
  { title: 'OperatorRefund', additionalProperties: false },
)
export type OperatorRefund = Type.Static<typeof OperatorRefund>

/**
 * The state of a proposed refund. `awaiting`: a second operator has to confirm it. `confirmed`: it is
 * the refund of this id. `rejected`: an operator refused it. `expired`: nobody decided in time.
 */
export const RefundProposalState = Type.Union([
  Type.Literal('awaiting'),
  Type.Literal('confirmed'),
  Type.Literal('rejected'),
  Type.Literal('expired'),
])
export type RefundProposalState = Type.Static<typeof RefundProposalState>

/** A refund above the limit of the key that asked for it. No money moves before it is confirmed. */
export const RefundProposal = Type.Object(
  {
    refundId: Type.String({ description: 'The id that the refund has once it is confirmed.' }),
    paymentId: Type.String(),
    orderId: Type.String(),
    orderNumber: Type.String(),
    amount: Amount,
    reason: ChosenRefundReason,
    note: Type.Union([Type.String(), Type.Null()]),
    state: RefundProposalState,
    proposedBy: Actor,
    proposedAt: Type.String(),
    expiresAt: Type.String(),
    decidedBy: Type.Union([Actor, Type.Null()]),
    decidedAt: Type.Union([Type.String(), Type.Null()]),
    rejection: Type.Union([Type.String(), Type.Null()], { description: 'The note of who rejected it.' }),
  },
  { title: 'RefundProposal', additionalProperties: false },
)
export type RefundProposal = Type.Static<typeof RefundProposal>

/**
 * What a request to refund led to: the refund, or a proposal where the limit of the key is lower.
 * The same Idempotency-Key answers the refund once the proposal is confirmed.
 */
export const CreatedRefund = Type.Union([
  Type.Object(
    { state: Type.Literal('requested'), refund: OperatorRefund },
    { title: 'RequestedRefund', additionalProperties: false },
  ),
  Type.Object(
    { state: Type.Literal('awaiting_confirmation'), proposal: RefundProposal },
    { title: 'ProposedRefund', additionalProperties: false },
  ),
])
export type CreatedRefund = Type.Static<typeof CreatedRefund>

/** Why an operator rejects a proposed refund. */
export const RejectRefund = Type.Object({ note }, { title: 'RejectRefund', additionalProperties: false })
export type RejectRefund = Type.Static<typeof RejectRefund>

/** Which proposed refunds to list, newest first. */
export const RefundProposalsQuery = Type.Object(
  {
    state: Type.Optional(RefundProposalState),
    before: recordsQuery.before,
    limit: recordsQuery.limit,
  },
  { title: 'RefundProposalsQuery', additionalProperties: false },
)
export type RefundProposalsQuery = Type.Static<typeof RefundProposalsQuery>

/** A page of proposed refunds, newest first. */
export const RefundProposals = Type.Object(
  {
    proposals: Type.Array(RefundProposal),
    next: Type.Union([Type.String(), Type.Null()], { description: 'The `before` of the following page.' }),
  },
  { title: 'RefundProposals', additionalProperties: false },
)
export type RefundProposals = Type.Static<typeof RefundProposals>

/** Which refunds to list. */
export const RefundRecordsQuery = Type.Object(
  {
    status: Type.Optional(RefundStatus),
    reason: Type.Optional(OperatorRefundReason),
    value: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: VALUE_MAX,
        description: 'Of exactly this amount, in minor units.',
      }),
    ),
    ...recordsQuery,
  },
  { title: 'RefundRecordsQuery', additionalProperties: false },
)
export type RefundRecordsQuery = Type.Static<typeof RefundRecordsQuery>

/** A refund in a list. */
export const RefundSummary = Type.Object(
  { ...OperatorRefund.properties, orderId: Type.String(), orderNumber: Type.String() },
  { title: 'RefundSummary', additionalProperties: false },
)
export type RefundSummary = Type.Static<typeof RefundSummary>

/** A page of refunds, newest first. */
export const RefundRecords = Type.Object(
  {
    refunds: Type.Array(RefundSummary),
    next: Type.Union([Type.String(), Type.Null()], { description: 'The `before` of the following page.' }),
  },
  { title: 'RefundRecords', additionalProperties: false },
)
export type RefundRecords = Type.Static<typeof RefundRecords>
