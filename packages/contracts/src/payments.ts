import * as Type from '@sinclair/typebox'
import { Amount } from './amount.ts'
import { Id } from './id.ts'
import { Outcome, PaymentStatus, ResultCode } from './results.ts'

/** One attempt to pay one order, as its shopper sees it. */
export const Payment = Type.Object(
  {
    id: Type.String(),
    orderId: Type.String(),
    amount: Amount,
    status: PaymentStatus,
    resultCode: Type.Union([ResultCode, Type.Null()], {
      description: "Adyen's last resultCode; null before the first.",
    }),
    outcome: Outcome,
    version: Type.Integer({ minimum: 1, description: 'Incremented by every change.' }),
    createdAt: Type.String(),
    updatedAt: Type.String(),
  },
  { title: 'Payment', additionalProperties: false },
)
export type Payment = Type.Static<typeof Payment>

/**
 * Whether the money of an attempt has arrived, so that its outcome stays. Any other attempt may
 * still be paid, one that ended as cancelled or expired included.
 */
export function isSettled({ status }: Payment): boolean {
  return status === 'authorised'
}

/**
 * The parameters of `wx.requestPayment` (developers.weixin.qq.com, wx.requestPayment). `timeStamp`
 * is a string of seconds; `signType` is what WeChat signed with and must be passed on unchanged,
 * also where it is absent: WeChat then assumes MD5.
 */
export const RequestPaymentParameters = Type.Object(
  {
    timeStamp: Type.String({ minLength: 1, maxLength: 32 }),
    nonceStr: Type.String({ minLength: 1, maxLength: 32 }),
    package: Type.String({ pattern: '^prepay_id=.+', maxLength: 128 }),
    signType: Type.Optional(
      Type.Union([Type.Literal('MD5'), Type.Literal('HMAC-SHA256'), Type.Literal('RSA')]),
    ),
    paySign: Type.String({ minLength: 1, maxLength: 2048 }),
  },
  { title: 'RequestPaymentParameters', additionalProperties: false },
)
export type RequestPaymentParameters = Type.Static<typeof RequestPaymentParameters>

/** The secret by which a shopper may pay a merchant's order that names no payer: 32 bytes in base64url. */
const PayToken = Type.String({ pattern: '^[A-Za-z0-9_-]{43}$', maxLength: 43 })

/**
 * The order to pay, and the amount that the shopper saw. The first shopper who starts a payment with
 * the pay token of a merchant's order is its payer from then on, and may send the token again.
 */
export const StartPayment = Type.Object(
  { orderId: Id, amount: Amount, payToken: Type.Optional(PayToken) },
  { title: 'StartPayment', additionalProperties: false },
)
export type StartPayment = Type.Static<typeof StartPayment>

/**
 * The attempt, and the parameters of the cashier; null if it must not be opened (see
 * `payment.outcome`).
 */
export const StartedPayment = Type.Object(
  { payment: Payment, requestPayment: Type.Union([RequestPaymentParameters, Type.Null()]) },
  { title: 'StartedPayment', additionalProperties: false },
)
export type StartedPayment = Type.Static<typeof StartedPayment>

/**
 * Any errMsg of `wx.requestPayment` without NUL and lone surrogates, which PostgreSQL cannot store.
 */
const PAYMENT_STATUS = '^requestPayment:[^\\u0000\\ud800-\\udfff]*$'

/**
 * The errMsg of the `complete` callback of `wx.requestPayment`, for Adyen to judge (Checkout v72,
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
