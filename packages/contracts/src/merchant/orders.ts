import * as Type from '@sinclair/typebox'
import { Amount, VALUE_MAX } from '../amount.ts'
import { Id } from '../id.ts'
import { OperatorRefund } from '../operators/refunds.ts'
import { OrderStatus } from '../orders.ts'
import { LINE, TEXT } from '../text.ts'
import { PaymentStatus, ResultCode } from '../results.ts'

/** The longest that an order of a merchant may stay open, in seconds: the life of WeChat's prepay_id. */
export const MERCHANT_LIFETIME_SECONDS_MAX = 7200

/**
 * The merchant's own name of an order: printable ASCII without spaces, which begins with a letter, a
 * digit or an underscore. In a path it is percent-encoded.
 */
export const MerchantReference = Type.String({
  minLength: 1,
  maxLength: 80,
  pattern: '^[A-Za-z0-9_][!-~]*$',
  description: 'Your own name of the order, unique among your orders.',
})

const Words = Type.String({ minLength: 1, maxLength: 120, pattern: LINE })

/** A time with its offset, such as `2026-06-01T00:00:00+08:00`. */
const Time = Type.String({
  maxLength: 32,
  pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(:\\d\\d(\\.\\d{1,3})?)?(Z|[+-]\\d\\d:\\d\\d)$',
})

/** What a merchant keeps with an order: texts by their names. Nobody else reads it. */
export const Metadata = Type.Record(
  Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$' }),
  Type.String({ maxLength: 500, pattern: TEXT }),
  { maxProperties: 20, additionalProperties: false },
)
export type Metadata = Type.Static<typeof Metadata>

/**
 * An order of a merchant: its amount, who pays, what the shopper reads, and when it ends. With
 * `payer` null the answer has a pay token, and the first shopper who starts a payment with it is the
 * payer. It ends at `expiresAt`, or `lifetimeSeconds` after this request, at most two hours away;
 * without either after the server's ORDER_LIFETIME_SECONDS.
 */
export const PutMerchantOrder = Type.Object(
  {
    amount: Type.Object(
      {
        ...Amount.properties,
        value: Type.Integer({ minimum: 1, maximum: VALUE_MAX, description: 'Minor units of the currency.' }),
      },
      { title: 'PayableAmount', additionalProperties: false },
    ),
    payer: Type.Union([
      Type.Object(
        { openid: Type.String({ minLength: 1, maxLength: 128, pattern: '^[A-Za-z0-9_-]+$' }) },
        { additionalProperties: false },
      ),
      Type.Null(),
    ]),
    description: Type.Object({ 'zh-CN': Words, en: Words }, { additionalProperties: false }),
    expiresAt: Type.Optional(Time),
    lifetimeSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: MERCHANT_LIFETIME_SECONDS_MAX })),
    metadata: Type.Optional(Metadata),
  },
  { title: 'PutMerchantOrder', additionalProperties: false },
)
export type PutMerchantOrder = Type.Static<typeof PutMerchantOrder>

/** The attempt of an order that paid it, else the open one, else the newest. */
export const MerchantPayment = Type.Object(
  {
    id: Type.String({ description: 'The merchantReference of the payment at Adyen.' }),
    amount: Amount,
    status: PaymentStatus,
    resultCode: Type.Union([ResultCode, Type.Null()]),
    pspReference: Type.Union([Type.String(), Type.Null()]),
    wechatTransactionId: Type.Union([Type.String(), Type.Null()]),
    reversals: Type.Array(Type.String(), {
      description: "Adyen's event codes by which its money was taken back, or may be.",
    }),
  },
  { title: 'MerchantPayment', additionalProperties: false },
)
export type MerchantPayment = Type.Static<typeof MerchantPayment>

/** An order as its merchant sees it. */
export const MerchantOrder = Type.Object(
  {
    reference: Type.String(),
    id: Type.String({ description: 'What the phone passes to POST /payments as `orderId`.' }),
    version: Type.Integer({
      minimum: 1,
      description: 'Incremented by each change of yours, and by each change that an event reports.',
    }),
    status: OrderStatus,
    amount: Amount,
    description: Type.Object({ 'zh-CN': Type.String(), en: Type.String() }, { additionalProperties: false }),
    metadata: Type.Record(Type.String(), Type.String()),
    payment: Type.Union([MerchantPayment, Type.Null()]),
    refunds: Type.Array(OperatorRefund, { description: 'The refunds of all its payments, oldest first.' }),
    createdAt: Type.String(),
    expiresAt: Type.String(),
    paidAt: Type.Union([Type.String(), Type.Null()]),
    cancelledAt: Type.Union([Type.String(), Type.Null()]),
  },
  { title: 'MerchantOrder', additionalProperties: false },
)
export type MerchantOrder = Type.Static<typeof MerchantOrder>

/** An order that was put, with what lets a shopper pay it. */
export const PlacedMerchantOrder = Type.Object(
  {
    ...MerchantOrder.properties,
    payToken: Type.Union([Type.String(), Type.Null()], {
      description:
        'A secret for the phone of the shopper. The first shopper who starts a payment with it (POST /payments) is the payer, and may send it again. Null where the order names its payer.',
    }),
  },
  { title: 'PlacedMerchantOrder', additionalProperties: false },
)
export type PlacedMerchantOrder = Type.Static<typeof PlacedMerchantOrder>

/** Which orders to list: of one status, created before an order of an earlier page. */
export const MerchantOrderQuery = Type.Object(
  {
    status: Type.Optional(OrderStatus),
    before: Type.Optional(Id),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
  },
  { title: 'MerchantOrderQuery', additionalProperties: false },
)
export type MerchantOrderQuery = Type.Static<typeof MerchantOrderQuery>

/** A page of a merchant's orders, newest first. `next` is the `before` of the following page. */
export const MerchantOrderList = Type.Object(
  { orders: Type.Array(MerchantOrder), next: Type.Union([Type.String(), Type.Null()]) },
  { title: 'MerchantOrderList', additionalProperties: false },
)
export type MerchantOrderList = Type.Static<typeof MerchantOrderList>
