import * as Type from '@sinclair/typebox'
import { Address } from '../address.ts'
import { Amount, VALUE_MAX } from '../amount.ts'
import { Id } from '../id.ts'
import { OrderLine, OrderStatus, RefundDecline } from '../orders.ts'
import { PaymentStatus } from '../results.ts'
import { recordsQuery } from './records-query.ts'
import { OperatorPayment } from './payments.ts'
import { OperatorShipment } from './shipments.ts'
import { WebhookRecord } from './webhooks.ts'

/** Which orders to list. */
export const OrderRecordsQuery = Type.Object(
  { status: Type.Optional(OrderStatus), shopperId: Type.Optional(Id), ...recordsQuery },
  { title: 'OrderRecordsQuery', additionalProperties: false },
)
export type OrderRecordsQuery = Type.Static<typeof OrderRecordsQuery>

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

/** Which payments to list. */
export const PaymentRecordsQuery = Type.Object(
  {
    status: Type.Optional(PaymentStatus),
    value: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: VALUE_MAX,
        description: 'Of exactly this amount, in minor units.',
      }),
    ),
    ...recordsQuery,
  },
  { title: 'PaymentRecordsQuery', additionalProperties: false },
)
export type PaymentRecordsQuery = Type.Static<typeof PaymentRecordsQuery>

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

/** A call of a payment to Adyen. Its answer is the event of the payment that it caused. */
export const AdyenCallRecord = Type.Object(
  {
    paymentId: Type.String(),
    operation: Type.String({
      description: 'The path at Adyen: payments, payments/details, cancels or refunds.',
    }),
    refundId: Type.Union([Type.String(), Type.Null()]),
    startedAt: Type.String(),
    answeredAt: Type.Union([Type.String(), Type.Null()]),
    unanswered: Type.Integer({ minimum: 0, description: 'How many times Adyen did not answer it.' }),
    retryAt: Type.Union([Type.String(), Type.Null()], { description: 'When it is sent again.' }),
  },
  { title: 'AdyenCallRecord', additionalProperties: false },
)
export type AdyenCallRecord = Type.Static<typeof AdyenCallRecord>

/** What an operator did with the order, its payments or its refunds. */
export const ActionRecord = Type.Object(
  {
    at: Type.String(),
    actor: Type.String({ description: 'The id of a key, or `command:` and the user who ran the command.' }),
    action: Type.String(),
    subject: Type.Union([Type.String(), Type.Null()]),
  },
  { title: 'ActionRecord', additionalProperties: false },
)
export type ActionRecord = Type.Static<typeof ActionRecord>

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
    calls: Type.Array(AdyenCallRecord),
    webhooks: Type.Array(WebhookRecord),
    shipment: Type.Union([OperatorShipment, Type.Null()]),
    actions: Type.Array(ActionRecord, { description: 'What operators changed or read, oldest first.' }),
  },
  { title: 'OrderRecord', additionalProperties: false },
)
export type OrderRecord = Type.Static<typeof OrderRecord>
