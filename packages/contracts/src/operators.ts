import * as Type from '@sinclair/typebox'
import { Amount } from './amount.ts'
import { Id } from './id.ts'
import { PaymentStatus, ResultCode } from './results.ts'
import { Refund } from './refunds.ts'
import { Shipment } from './shipments.ts'

/**
 * What an operator's key may allow: looking at payments, giving money back, clearing what needed attention, telling
 * that an order was shipped.
 */
export const OperatorScope = Type.Union([
  Type.Literal('payments:read'),
  Type.Literal('refunds:write'),
  Type.Literal('attention:write'),
  Type.Literal('orders:ship'),
])
export type OperatorScope = Type.Static<typeof OperatorScope>
export const operatorScopes: readonly OperatorScope[] = OperatorScope.anyOf.map((literal) => literal.const)

/** Give this much of a payment back. */
export const CreateRefund = Type.Object(
  { amount: Amount },
  { title: 'CreateRefund', additionalProperties: false },
)
export type CreateRefund = Type.Static<typeof CreateRefund>

/** A refund as operators see it: with the reference under which Adyen's Customer Area shows it. */
export const OperatorRefund = Type.Object(
  {
    ...Refund.properties,
    paymentId: Type.String(),
    pspReference: Type.Union([Type.String(), Type.Null()]),
  },
  { title: 'OperatorRefund', additionalProperties: false },
)
export type OperatorRefund = Type.Static<typeof OperatorRefund>

/** How an order reaches its shopper: by a carrier, by a courier in the same city, without goods, or fetched. */
export const LogisticsType = Type.Union([
  Type.Literal('express'),
  Type.Literal('same_city'),
  Type.Literal('virtual'),
  Type.Literal('self_pickup'),
])
export type LogisticsType = Type.Static<typeof LogisticsType>

/** Words in one line, without what no text of a database holds: control characters and halves of a character. */
const LINE = '^[^\\u0000-\\u001f\\ud800-\\udfff]+$'

/** That a paid order was shipped. An express shipment has a carrier and a tracking number. Told again, it corrects. */
export const CreateShipment = Type.Object(
  {
    logisticsType: LogisticsType,
    carrier: Type.Optional(
      Type.String({
        pattern: LINE,
        maxLength: 64,
        description: "WeChat's id of the carrier (get_delivery_list), such as SF or ZTO.",
      }),
    ),
    trackingNo: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]+$', maxLength: 64 })),
    items: Type.String({ pattern: LINE, maxLength: 120, description: 'What was shipped, in words.' }),
    senderContact: Type.Optional(
      Type.String({
        pattern: '^[0-9*-]*[0-9]{4}$',
        maxLength: 64,
        description: 'The phone of the sender, masked but for its last four digits. SF demands it.',
      }),
    ),
  },
  { title: 'CreateShipment', additionalProperties: false },
)
export type CreateShipment = Type.Static<typeof CreateShipment>

/**
 * A shipment as operators see it. `upload` says whether WeChat was told: `off`, the shop does not tell it; `requested`,
 * a job does; `uploaded`; `failed`, it waits for a person, and `reason` says why.
 */
export const OperatorShipment = Type.Object(
  {
    ...Shipment.properties,
    orderId: Type.String(),
    logisticsType: LogisticsType,
    items: Type.String(),
    upload: Type.Union([
      Type.Literal('off'),
      Type.Literal('requested'),
      Type.Literal('uploaded'),
      Type.Literal('failed'),
    ]),
    reason: Type.Union([Type.String(), Type.Null()]),
  },
  { title: 'OperatorShipment', additionalProperties: false },
)
export type OperatorShipment = Type.Static<typeof OperatorShipment>

/** What happened to a payment, as it was written down with the change it caused. */
export const PaymentEventRecord = Type.Object(
  {
    at: Type.String(),
    source: Type.String({ description: 'Who caused it: shopper, adyen, webhook, operator, job.' }),
    type: Type.String(),
    fromStatus: Type.Union([PaymentStatus, Type.Null()]),
    toStatus: PaymentStatus,
    detail: Type.Record(Type.String(), Type.Unknown()),
    webhookId: Type.Union([Type.Integer(), Type.Null()]),
  },
  { title: 'PaymentEvent', additionalProperties: false },
)
export type PaymentEventRecord = Type.Static<typeof PaymentEventRecord>

/** Everything about one attempt to pay but its secrets. */
export const OperatorPayment = Type.Object(
  {
    id: Type.String({ description: 'The merchantReference at Adyen.' }),
    orderId: Type.String(),
    amount: Amount,
    status: PaymentStatus,
    resultCode: Type.Union([ResultCode, Type.Null()]),
    pspReference: Type.Union([Type.String(), Type.Null()]),
    wechatTransactionId: Type.Union([Type.String(), Type.Null()], {
      description: "WeChat's own number of the payment, where the shop reads it from what Adyen says.",
    }),
    paysOrder: Type.Boolean(),
    surplus: Type.Boolean(),
    refundable: Type.Union([Amount, Type.Null()], {
      description: 'What may still be refunded; null before it is paid.',
    }),
    reversals: Type.Array(Type.String(), {
      description: 'Events by which Adyen took back, or may take back, money of this payment: look at it.',
    }),
    createdAt: Type.String(),
    updatedAt: Type.String(),
    refunds: Type.Array(OperatorRefund),
    events: Type.Array(PaymentEventRecord),
  },
  { title: 'OperatorPayment', additionalProperties: false },
)
export type OperatorPayment = Type.Static<typeof OperatorPayment>

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
