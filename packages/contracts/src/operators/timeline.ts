import * as Type from '@sinclair/typebox'
import { PaymentEventRecord } from './payments.ts'
import { OperatorShipment } from './shipments.ts'
import { WebhookRecord } from './webhooks.ts'

/** Whose doing an entry is. */
export const TimelineLane = Type.Union([
  Type.Literal('phone'),
  Type.Literal('shop'),
  Type.Literal('adyen'),
  Type.Literal('wechat'),
  Type.Literal('merchant'),
  Type.Literal('operator'),
])
export type TimelineLane = Type.Static<typeof TimelineLane>

const at = Type.String({ description: 'When it happened.' })
const nullableText = (description: string) => Type.Union([Type.String(), Type.Null()], { description })

/** A change of the order itself. */
const OrderEntry = Type.Object(
  {
    at,
    lane: TimelineLane,
    kind: Type.Literal('order'),
    change: Type.Union([
      Type.Literal('created'),
      Type.Literal('paid'),
      Type.Literal('expired'),
      Type.Literal('cancelled'),
      Type.Literal('refund_requested'),
      Type.Literal('refund_declined'),
    ]),
  },
  { title: 'TimelineOrder', additionalProperties: false },
)

/** An event of a payment: a step of the phone, an answer of Adyen, or what a webhook, an operator or a job caused. */
const PaymentEntry = Type.Object(
  {
    lane: TimelineLane,
    kind: Type.Literal('payment'),
    paymentId: Type.String(),
    ...PaymentEventRecord.properties,
  },
  { title: 'TimelinePayment', additionalProperties: false },
)

/** A call of a payment to Adyen. Its answer is the entry of the payment that it caused. */
const CallEntry = Type.Object(
  {
    at,
    lane: TimelineLane,
    kind: Type.Literal('call'),
    paymentId: Type.String(),
    operation: Type.String({
      description: 'The path at Adyen: payments, payments/details, cancels or refunds.',
    }),
    refundId: Type.Union([Type.String(), Type.Null()]),
    answeredAt: Type.Union([Type.String(), Type.Null()]),
    unanswered: Type.Integer({ minimum: 0, description: 'How many times Adyen did not answer it.' }),
    retryAt: nullableText('When it is sent again.'),
  },
  { title: 'TimelineCall', additionalProperties: false },
)

/** A webhook item of Adyen. */
const WebhookEntry = Type.Object(
  { at, lane: TimelineLane, kind: Type.Literal('webhook'), webhook: WebhookRecord },
  { title: 'TimelineWebhook', additionalProperties: false },
)

/** The shipment of the order, as it was last recorded. */
const ShipmentEntry = Type.Object(
  { at, lane: TimelineLane, kind: Type.Literal('shipment'), shipment: OperatorShipment },
  { title: 'TimelineShipment', additionalProperties: false },
)

/** An event for the merchant of the order, and its delivery. */
const MerchantEntry = Type.Object(
  {
    at,
    lane: TimelineLane,
    kind: Type.Literal('merchant_event'),
    eventId: Type.String(),
    type: Type.String({ description: 'One of the types of MerchantEvent.' }),
    version: Type.Integer(),
    delivery: Type.Union(
      [
        Type.Object(
          {
            tries: Type.Integer({ minimum: 0 }),
            deliveredAt: nullableText("When the merchant's backend accepted it."),
            failedAt: nullableText('When it was tried for the last time.'),
            failure: nullableText('Why it was not accepted when it was last tried.'),
          },
          { additionalProperties: false },
        ),
        Type.Null(),
      ],
      { description: 'Null where it has not been tried: it is only in the feed.' },
    ),
  },
  { title: 'TimelineMerchantEvent', additionalProperties: false },
)

/** What an operator or the merchant's backend did with the order, its payments or its refunds. */
const ActionEntry = Type.Object(
  {
    at,
    lane: TimelineLane,
    kind: Type.Literal('action'),
    actor: Type.String({ description: 'The id of a key, or `command:` and the user who ran the command.' }),
    actorName: nullableText('The name of the key; null of a command.'),
    action: Type.String(),
    subject: Type.Union([Type.String(), Type.Null()]),
  },
  { title: 'TimelineAction', additionalProperties: false },
)

/** One thing that happened to an order; `kind` says which. */
export const TimelineEntry = Type.Union([
  OrderEntry,
  PaymentEntry,
  CallEntry,
  WebhookEntry,
  ShipmentEntry,
  MerchantEntry,
  ActionEntry,
])
export type TimelineEntry = Type.Static<typeof TimelineEntry>
