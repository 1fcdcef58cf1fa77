import * as Type from '@sinclair/typebox'

/** A shipment of an order as its shopper sees it. */
export const Shipment = Type.Object(
  {
    at: Type.String(),
    carrier: Type.Union([Type.String(), Type.Null()]),
    trackingNo: Type.Union([Type.String(), Type.Null()]),
  },
  { title: 'Shipment', additionalProperties: false },
)
export type Shipment = Type.Static<typeof Shipment>
