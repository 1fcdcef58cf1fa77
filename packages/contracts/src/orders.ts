import * as Type from '@sinclair/typebox'
import { Address } from './address.ts'
import { Amount } from './amount.ts'
import { Id } from './id.ts'
import { Payment } from './payments.ts'
import { LocalisedText } from './products.ts'
import { Refund } from './refunds.ts'
import { Shipment } from './shipments.ts'

/**
 * `open` can be paid until `expiresAt`. `paid`, `expired` (not paid in time) and `cancelled` (by
 * its shopper or merchant) are final.
 */
export const OrderStatus = Type.Union([
  Type.Literal('open'),
  Type.Literal('paid'),
  Type.Literal('expired'),
  Type.Literal('cancelled'),
])
export type OrderStatus = Type.Static<typeof OrderStatus>

/** The most pieces of one product in one order. */
export const QUANTITY_MAX = 99
/** The most lines in one order. */
export const LINES_MAX = 20

/**
 * What to buy; the server adds the prices. Each product has one line. With `amount`, the total that
 * the shopper saw, nothing is ordered at another total. A shop that delivers requires `deliverTo`.
 */
export const CreateOrder = Type.Object(
  {
    amount: Type.Optional(Amount),
    deliverTo: Type.Optional(Address),
    lines: Type.Array(
      Type.Object(
        {
          productId: Id,
          quantity: Type.Integer({ minimum: 1, maximum: QUANTITY_MAX }),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: LINES_MAX },
    ),
  },
  { title: 'CreateOrder', additionalProperties: false },
)
export type CreateOrder = Type.Static<typeof CreateOrder>

export const OrderLine = Type.Object(
  {
    productId: Type.String(),
    name: LocalisedText,
    quantity: Type.Integer({ minimum: 1 }),
    unitPrice: Amount,
    amount: Amount,
  },
  { title: 'OrderLine', additionalProperties: false },
)
export type OrderLine = Type.Static<typeof OrderLine>

/** The shop's answer that it does not grant a refund. */
export const RefundDecline = Type.Object(
  { at: Type.String(), reason: Type.String({ description: 'As the operator wrote it.' }) },
  { title: 'RefundDecline', additionalProperties: false },
)
export type RefundDecline = Type.Static<typeof RefundDecline>

/**
 * An order, at the prices of its creation. `payment` is the attempt that paid it, else the newest
 * one.
 */
export const Order = Type.Object(
  {
    id: Type.String(),
    status: OrderStatus,
    amount: Amount,
    lines: Type.Array(OrderLine, { description: "Empty in an order of a merchant's own shop." }),
    description: Type.Union([LocalisedText, Type.Null()], {
      description: "What an order of a merchant's own shop is for; null for one with lines.",
    }),
    payment: Type.Union([Payment, Type.Null()]),
    refunds: Type.Array(Refund, { description: 'The refunds of all its payments, oldest first.' }),
    refundRequestedAt: Type.Union([Type.String(), Type.Null()], {
      description: 'When the shopper requested a refund.',
    }),
    refundDecline: Type.Union([RefundDecline, Type.Null()], {
      description: 'Null unless the shop declined the requested refund.',
    }),
    deliverTo: Type.Union([Address, Type.Null()], { description: 'Null where it was ordered without one.' }),
    shipment: Type.Union([Shipment, Type.Null()], { description: 'Null before the shop ships it.' }),
    createdAt: Type.String(),
    expiresAt: Type.String({
      description: 'An order that is still open then expires, and its stock is released.',
    }),
    leftMs: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], {
      description: "Milliseconds from this answer to `expiresAt`, by the server's clock; null unless open.",
    }),
    paidAt: Type.Union([Type.String(), Type.Null()]),
    cancelledAt: Type.Union([Type.String(), Type.Null()]),
  },
  { title: 'Order', additionalProperties: false },
)
export type Order = Type.Static<typeof Order>

/** A page of the shopper's orders, newest first. `next` is the `before` of the following page. */
export const OrderList = Type.Object(
  { orders: Type.Array(Order), next: Type.Union([Type.String(), Type.Null()]) },
  { title: 'OrderList', additionalProperties: false },
)
export type OrderList = Type.Static<typeof OrderList>
