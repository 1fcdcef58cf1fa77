import * as Type from '@sinclair/typebox'
import { Address } from '../address.ts'
import { Amount, VALUE_MAX } from '../amount.ts'
import { Id } from '../id.ts'
import { OrderLine, OrderStatus, RefundDecline } from '../orders.ts'
import { PaymentStatus } from '../results.ts'
import { recordsQuery } from './records-query.ts'
import { OperatorPayment } from './payments.ts'
import { RefundProposal } from './refunds.ts'
import { OperatorShipment } from './shipments.ts'
import { TimelineEntry } from './timeline.ts'

const exportQuery = { from: recordsQuery.from, to: recordsQuery.to }
const orderFilters = { status: Type.Optional(OrderStatus), shopperId: Type.Optional(Id) }

/** Which orders to list. */
export const OrderRecordsQuery = Type.Object(
  { ...orderFilters, ...recordsQuery },
  { title: 'OrderRecordsQuery', additionalProperties: false },
)
export type OrderRecordsQuery = Type.Static<typeof OrderRecordsQuery>

/** Which orders to export. */
export const OrderExportQuery = Type.Object(
  { ...orderFilters, ...exportQuery },
  { title: 'OrderExportQuery', additionalProperties: false },
)
export type OrderExportQuery = Type.Static<typeof OrderExportQuery>

/** An order in a list or a search. */
export const OrderSummary = Type.Object(
  {
    id: Type.String(),
    number: Type.String({ description: 'The number that people read out.' }),
    status: OrderStatus,
    amount: Amount,
    shopperId: Type.Union([Type.String(), Type.Null()], {
      description:
        'Null before a shopper has started a payment with the pay token of an order of a merchant.',
    }),
    reference: Type.Union([Type.String(), Type.Null()], {
      description: "The merchant's own name of the order; null for an order of the shop.",
    }),
    createdAt: Type.String(),
    paidAt: Type.Union([Type.String(), Type.Null()]),
  },
  { title: 'OrderSummary', additionalProperties: false },
)
export type OrderSummary = Type.Static<typeof OrderSummary>

/** A page of orders, newest first. */
export const OrderRecords = Type.Object(
  {
    orders: Type.Array(OrderSummary),
    next: Type.Union([Type.String(), Type.Null()], { description: 'The `before` of the following page.' }),
  },
  { title: 'OrderRecords', additionalProperties: false },
)
export type OrderRecords = Type.Static<typeof OrderRecords>

const paymentFilters = {
  status: Type.Optional(PaymentStatus),
  value: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: VALUE_MAX,
      description: 'Of exactly this amount, in minor units.',
    }),
  ),
}

/** Which payments to list. */
export const PaymentRecordsQuery = Type.Object(
  { ...paymentFilters, ...recordsQuery },
  { title: 'PaymentRecordsQuery', additionalProperties: false },
)
export type PaymentRecordsQuery = Type.Static<typeof PaymentRecordsQuery>

/** Which payments to export. */
export const PaymentExportQuery = Type.Object(
  { ...paymentFilters, ...exportQuery },
  { title: 'PaymentExportQuery', additionalProperties: false },
)
export type PaymentExportQuery = Type.Static<typeof PaymentExportQuery>

/** A payment in a list. */
export const PaymentSummary = Type.Object(
  {
    id: Type.String(),
    orderId: Type.String(),
    orderNumber: Type.String(),
    amount: Amount,
    status: PaymentStatus,
    pspReference: Type.Union([Type.String(), Type.Null()]),
    paysOrder: Type.Boolean(),
    surplus: Type.Boolean(),
    createdAt: Type.String(),
  },
  { title: 'PaymentSummary', additionalProperties: false },
)
export type PaymentSummary = Type.Static<typeof PaymentSummary>

/** A page of payments, newest first. */
export const PaymentRecords = Type.Object(
  {
    payments: Type.Array(PaymentSummary),
    next: Type.Union([Type.String(), Type.Null()], { description: 'The `before` of the following page.' }),
  },
  { title: 'PaymentRecords', additionalProperties: false },
)
export type PaymentRecords = Type.Static<typeof PaymentRecords>

/** Everything about an order except secrets, read in one snapshot. */
export const OrderRecord = Type.Object(
  {
    ...OrderSummary.properties,
    lines: Type.Array(OrderLine),
    deliverTo: Type.Union([Address, Type.Null()]),
    expiresAt: Type.String(),
    cancelledAt: Type.Union([Type.String(), Type.Null()]),
    refundRequestedAt: Type.Union([Type.String(), Type.Null()]),
    refundDecline: Type.Union([RefundDecline, Type.Null()]),
    payments: Type.Array(OperatorPayment, {
      description: 'Each attempt with its events and refunds, oldest first.',
    }),
    refundProposals: Type.Array(RefundProposal, { description: 'Refunds above the limit of a key.' }),
    shipment: Type.Union([OperatorShipment, Type.Null()]),
    timeline: Type.Array(TimelineEntry, {
      description:
        'What happened on the phone, in the shop, at Adyen, WeChat and the merchant, and what operators did, oldest first.',
    }),
  },
  { title: 'OrderRecord', additionalProperties: false },
)
export type OrderRecord = Type.Static<typeof OrderRecord>
