import * as Type from '@sinclair/typebox'
import { LINE } from '../text.ts'
import { Amount } from '../amount.ts'
import { Id } from '../id.ts'
import { Shipment } from '../shipments.ts'
import { recordsQuery } from './records-query.ts'

/**
 * How an order is delivered: by a carrier, by a courier in the same city, digitally, or by pickup.
 */
export const LogisticsType = Type.Union([
  Type.Literal('express'),
  Type.Literal('same_city'),
  Type.Literal('virtual'),
  Type.Literal('self_pickup'),
])
export type LogisticsType = Type.Static<typeof LogisticsType>

/** The shipment of a paid order. An express shipment needs a carrier and a tracking number. */
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
    items: Type.String({ pattern: LINE, maxLength: 120, description: 'A description of what was shipped.' }),
    senderContact: Type.Optional(
      Type.String({
        pattern: '^[0-9*-]*[0-9]{4}$',
        maxLength: 64,
        description: "The sender's phone number, masked except for its last four digits. SF requires it.",
      }),
    ),
  },
  { title: 'CreateShipment', additionalProperties: false },
)
export type CreateShipment = Type.Static<typeof CreateShipment>

/**
 * A shipment as operators see it. `upload` is the state of the notification to WeChat: `off` by
 * configuration, `requested` from a job, `uploaded`, or `failed` for the given `reason`.
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

/**
 * Where an order is on its way to its shopper: paid and not shipped, as long as it is not refunded whole;
 * shipped; or shipped, and WeChat was not notified.
 */
export const ShippingState = Type.Union([
  Type.Literal('waiting'),
  Type.Literal('shipped'),
  Type.Literal('upload_failed'),
])
export type ShippingState = Type.Static<typeof ShippingState>

const { limit } = recordsQuery

/** Which orders to list. */
export const ShippingQuery = Type.Object(
  {
    state: ShippingState,
    /** The `next` of the page before. */
    after: Type.Optional(Id),
    limit,
  },
  { title: 'ShippingQuery', additionalProperties: false },
)
export type ShippingQuery = Type.Static<typeof ShippingQuery>

/** A paid order, and its shipment if there is one. */
export const ShippingRecord = Type.Object(
  {
    orderId: Type.String(),
    orderNumber: Type.String(),
    reference: Type.Union([Type.String(), Type.Null()], {
      description: "The merchant's own name of the order; null for an order of the shop.",
    }),
    amount: Amount,
    paidAt: Type.String(),
    shipment: Type.Union([OperatorShipment, Type.Null()]),
  },
  { title: 'ShippingRecord', additionalProperties: false },
)
export type ShippingRecord = Type.Static<typeof ShippingRecord>

/** A page of orders to ship or shipped: those that wait or failed oldest first, the others newest first. */
export const ShippingRecords = Type.Object(
  {
    orders: Type.Array(ShippingRecord),
    next: Type.Union([Type.String(), Type.Null()], { description: 'The `after` of the following page.' }),
  },
  { title: 'ShippingRecords', additionalProperties: false },
)
export type ShippingRecords = Type.Static<typeof ShippingRecords>
