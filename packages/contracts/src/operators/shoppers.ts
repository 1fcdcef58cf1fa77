import * as Type from '@sinclair/typebox'
import { Address } from '../address.ts'
import { Amount } from '../amount.ts'
import { Id } from '../id.ts'
import { OrderLine, OrderStatus, RefundDecline } from '../orders.ts'
import { LocalisedText } from '../products.ts'
import { RefundStatus } from '../refunds.ts'
import { PaymentStatus } from '../results.ts'
import { Shipment } from '../shipments.ts'
import { LINE } from '../text.ts'

/** Erases a shopper: what identifies a person, not the records of money. It cannot be undone. */
export const EraseShopper = Type.Object(
  {
    confirm: Type.String({ minLength: 1, maxLength: 64, description: "The shopper's id once more." }),
    note: Type.String({
      pattern: LINE,
      maxLength: 200,
      description: 'Why, for the audit, such as the number of the request. Without their name.',
    }),
  },
  { title: 'EraseShopper', additionalProperties: false },
)
export type EraseShopper = Type.Static<typeof EraseShopper>

/** A shopper whose personal data is erased. */
export const ErasedShopper = Type.Object(
  { shopperId: Id, erasedAt: Type.String(), orders: Type.Integer({ minimum: 0 }) },
  { title: 'ErasedShopper', additionalProperties: false },
)
export type ErasedShopper = Type.Static<typeof ErasedShopper>

const Time = Type.String()
const MaybeTime = Type.Union([Time, Type.Null()])
const MaybeText = Type.Union([Type.String(), Type.Null()])
const money = { amount: Amount, formattedAmount: Type.String({ description: 'As a person reads it.' }) }

const ExportedRefund = Type.Object(
  { id: Id, ...money, status: RefundStatus, createdAt: Time, updatedAt: Time },
  { title: 'ExportedRefund', additionalProperties: false },
)

const ExportedPayment = Type.Object(
  {
    id: Id,
    ...money,
    status: PaymentStatus,
    pspReference: MaybeText,
    weChatTransactionId: MaybeText,
    createdAt: Time,
    refunds: Type.Array(ExportedRefund),
  },
  { title: 'ExportedPayment', additionalProperties: false },
)

const ExportedOrder = Type.Object(
  {
    id: Id,
    number: Type.String({ description: 'The number that people read out.' }),
    reference: MaybeText,
    status: OrderStatus,
    ...money,
    lines: Type.Array(OrderLine),
    description: Type.Union([LocalisedText, Type.Null()]),
    metadata: Type.Union([Type.Record(Type.String(), Type.String()), Type.Null()]),
    deliverTo: Type.Union([Address, Type.Null()]),
    createdAt: Time,
    expiresAt: Time,
    paidAt: MaybeTime,
    cancelledAt: MaybeTime,
    refundRequestedAt: MaybeTime,
    refundDecline: Type.Union([RefundDecline, Type.Null()]),
    shipment: Type.Union([Shipment, Type.Null()]),
    payments: Type.Array(ExportedPayment),
  },
  { title: 'ExportedOrder', additionalProperties: false },
)

/** What is stored about one shopper, for their request: nobody else's data, and no secret. */
export const ShopperExport = Type.Object(
  {
    shopperId: Id,
    openidHash: Type.Union([Type.String(), Type.Null()], {
      description: "SHA-256 of WeChat's id of them, in hex; null where they are erased.",
    }),
    createdAt: Time,
    erasedAt: MaybeTime,
    sessions: Type.Array(Type.Object({ createdAt: Time, expiresAt: Time }, { additionalProperties: false })),
    orders: Type.Array(ExportedOrder, { description: 'Oldest first.' }),
  },
  { title: 'ShopperExport', additionalProperties: false },
)
export type ShopperExport = Type.Static<typeof ShopperExport>
