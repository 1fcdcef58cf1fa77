import * as Type from '@sinclair/typebox'
import { Amount } from '../amount.ts'
import { OrderStatus } from '../orders.ts'
import { RefundReason, RefundStatus } from '../refunds.ts'

/**
 * What can happen to an order of a merchant.
 * - `order.paid`: its money arrived; `late` where the order had expired before.
 * - `order.expired`: it was not paid in time.
 * - `order.cancelled`: its merchant or its shopper cancelled it.
 * - `payment.surplus`: money arrived that does not pay it, and is returned.
 * - `payment.reversed`: Adyen took money of a payment back, or may; `reversal` is its event code.
 * - `refund.updated`: a refund was requested, received, made, or failed, or its amount changed.
 */
export const MerchantEventType = Type.Union([
  Type.Literal('order.paid'),
  Type.Literal('order.expired'),
  Type.Literal('order.cancelled'),
  Type.Literal('payment.surplus'),
  Type.Literal('payment.reversed'),
  Type.Literal('refund.updated'),
])
export type MerchantEventType = Type.Static<typeof MerchantEventType>

const nullable = <T extends Type.TSchema>(schema: T, description: string) =>
  Type.Union([schema, Type.Null()], { description })

/** The order as it was after the change, and what changed. */
export const MerchantEventData = Type.Object(
  {
    reference: Type.String(),
    orderId: Type.String(),
    status: OrderStatus,
    amount: Amount,
    metadata: Type.Record(Type.String(), Type.String()),
    paymentId: nullable(Type.String(), 'The payment that it is about.'),
    late: Type.Boolean({ description: 'Whether money pays an order that had expired.' }),
    refund: nullable(
      Type.Object(
        { id: Type.String(), amount: Amount, reason: RefundReason, status: RefundStatus },
        { additionalProperties: false },
      ),
      'The refund that it is about.',
    ),
    reversal: nullable(Type.String(), "Adyen's event code of a reversal."),
  },
  { title: 'MerchantEventData', additionalProperties: false },
)
export type MerchantEventData = Type.Static<typeof MerchantEventData>

/**
 * An event, as the feed lists it and as it is delivered: signed by the scheme of Standard Webhooks
 * (standardwebhooks.com), at least once, in any order. Of two events of one order the one with the
 * higher version is the newer.
 */
export const MerchantEvent = Type.Object(
  {
    id: Type.String({ description: 'The same in each delivery, also as the header webhook-id.' }),
    type: MerchantEventType,
    timestamp: Type.String({ description: 'When it happened.' }),
    version: Type.Integer({ minimum: 2, description: "The order's version after the change." }),
    data: MerchantEventData,
  },
  { title: 'MerchantEvent', additionalProperties: false },
)
export type MerchantEvent = Type.Static<typeof MerchantEvent>

/** Which events to list: those after a place in the feed. */
export const MerchantEventQuery = Type.Object(
  {
    after: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        description: 'The `next` of the page before; from the beginning without it.',
      }),
    ),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })),
  },
  { title: 'MerchantEventQuery', additionalProperties: false },
)
export type MerchantEventQuery = Type.Static<typeof MerchantEventQuery>

/** A page of the feed, oldest first. `next` is the `after` of the following page, also of one that is empty yet. */
export const MerchantEventList = Type.Object(
  { events: Type.Array(MerchantEvent), next: Type.Integer({ minimum: 0 }) },
  { title: 'MerchantEventList', additionalProperties: false },
)
export type MerchantEventList = Type.Static<typeof MerchantEventList>
