import * as Type from '@sinclair/typebox'
import { Amount } from './amount.ts'
import { Id } from './id.ts'
import { Outcome, PaymentStatus, ResultCode } from './results.ts'

/** One attempt to pay one order, as its shopper may see it. */
export const Payment = Type.Object(
  {
    id: Type.String(),
    orderId: Type.String(),
    amount: Amount,
    status: PaymentStatus,
    resultCode: Type.Union([ResultCode, Type.Null()], {
      description: "Adyen's last resultCode; null before its first.",
    }),
    outcome: Outcome,
    version: Type.Integer({ minimum: 1, description: 'Grows by one with every change.' }),
    createdAt: Type.String(),
    updatedAt: Type.String(),
  },
  { title: 'Payment', additionalProperties: false },
)
export type Payment = Type.Static<typeof Payment>

/**
 * Exactly what `wx.requestPayment` takes (developers.weixin.qq.com, wx.requestPayment). `timeStamp` is a string of
 * seconds; `signType` is whatever WeChat signed with and must reach WeChat unchanged.
 */
export const RequestPaymentParameters = Type.Object(
  {
    timeStamp: Type.String({ minLength: 1, maxLength: 32 }),
    nonceStr: Type.String({ minLength: 1, maxLength: 32 }),
    package: Type.String({ pattern: '^prepay_id=.+', maxLength: 128 }),
    signType: Type.Union([Type.Literal('MD5'), Type.Literal('HMAC-SHA256'), Type.Literal('RSA')]),
    paySign: Type.String({ minLength: 1, maxLength: 2048 }),
  },
  { title: 'RequestPaymentParameters', additionalProperties: false },
)
export type RequestPaymentParameters = Type.Static<typeof RequestPaymentParameters>

/** Pay this order, at the amount the shopper saw. */
export const StartPayment = Type.Object(
  { orderId: Id, amount: Amount },
  { title: 'StartPayment', additionalProperties: false },
)
export type StartPayment = Type.Static<typeof StartPayment>

/** The attempt, and what opens the cashier. Null where the cashier must not be opened: read `payment.outcome`. */
export const StartedPayment = Type.Object(
  { payment: Payment, requestPayment: Type.Union([RequestPaymentParameters, Type.Null()]) },
  { title: 'StartedPayment', additionalProperties: false },
)
export type StartedPayment = Type.Static<typeof StartedPayment>

/** Any errMsg of `wx.requestPayment`, but for what no text of a database holds: NUL and halves of a character. */
const PAYMENT_STATUS = '^requestPayment:[^\\u0000\\ud800-\\udfff]*$'

/**
 * What the `complete` callback of `wx.requestPayment` said, for Adyen to judge (Checkout v72,
 * `PaymentCompletionDetails.paymentStatus`). It never makes a payment paid.
 */
export const PaymentDetails = Type.Object(
  {
    paymentId: Id,
    details: Type.Object(
      { paymentStatus: Type.String({ pattern: PAYMENT_STATUS, maxLength: 256 }) },
      { additionalProperties: false },
    ),
  },
  { title: 'PaymentDetails', additionalProperties: false },
)
export type PaymentDetails = Type.Static<typeof PaymentDetails>
