import * as Type from '@sinclair/typebox'

/** How an order reaches its shopper: by a carrier, by a courier in the same city, without goods, or fetched. */
export const LogisticsType = Type.Union([
  Type.Literal('express'),
  Type.Literal('same_city'),
  Type.Literal('virtual'),
  Type.Literal('self_pickup'),
])
export type LogisticsType = Type.Static<typeof LogisticsType>

const carrier = Type.String({
  minLength: 1,
  maxLength: 64,
  description: "WeChat's id of the carrier (get_delivery_list), such as SF or ZTO.",
})
const trackingNo = Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9_-]+$' })

/** That a paid order was shipped. An express shipment has a carrier and a tracking number. Again: a correction. */
export const CreateShipment = Type.Object(
  {
    logisticsType: LogisticsType,
    carrier: Type.Optional(carrier),
    trackingNo: Type.Optional(trackingNo),
    items: Type.String({ minLength: 1, maxLength: 120, description: 'What was shipped, in words.' }),
    senderContact: Type.Optional(
      Type.String({
        pattern: '^[0-9*-]{4,64}$',
        description: 'The phone of the sender, masked but for its last four digits. SF demands it.',
      }),
    ),
  },
  { title: 'CreateShipment', additionalProperties: false },
)
export type CreateShipment = Type.Static<typeof CreateShipment>

/** A shipment as the shopper sees it. */
export const Shipment = Type.Object(
  {
    at: Type.String(),
    carrier: Type.Union([Type.String(), Type.Null()]),
    trackingNo: Type.Union([Type.String(), Type.Null()]),
  },
  { title: 'Shipment', additionalProperties: false },
)
export type Shipment = Type.Static<typeof Shipment>

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
