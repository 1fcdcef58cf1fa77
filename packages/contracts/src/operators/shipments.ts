import * as Type from '@sinclair/typebox'
import { Shipment } from '../shipments.ts'

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
