import * as Type from '@sinclair/typebox'

/**
 * The narrow part of Adyen's Checkout API that a WeChat Pay Mini Program payment needs, v40 to v72
 * (Adyen/adyen-openapi, CheckoutService). Answers are read tolerantly: fields we do not use may be
 * there, and every field may be missing, because the versions differ and Adyen marks none as
 * required.
 */

/** Money on Adyen's wire: minor units and a three-letter currency. */
export const WireAmount = Type.Object({ currency: Type.String(), value: Type.Integer() })
export type WireAmount = Type.Static<typeof WireAmount>

/** `POST /payments` for `wechatpayMiniProgram`. `openid` must come from the same appId. */
export const PaymentRequest = Type.Object({
  merchantAccount: Type.String(),
  reference: Type.String({ maxLength: 80 }),
  amount: WireAmount,
  returnUrl: Type.String({ maxLength: 1024 }),
  countryCode: Type.String({ minLength: 2, maxLength: 2 }),
  shopperReference: Type.String({ minLength: 3, maxLength: 256 }),
  merchantOrderReference: Type.String({ maxLength: 1000 }),
  shopperInteraction: Type.Literal('Ecommerce'),
  paymentMethod: Type.Object({
    type: Type.Literal('wechatpayMiniProgram'),
    appId: Type.String(),
    openid: Type.String(),
  }),
})
export type PaymentRequest = Type.Static<typeof PaymentRequest>

/**
 * `POST /payments/details`: what `wx.requestPayment` said, with the paymentData of `/payments`
 * where there was one.
 */
export const PaymentDetailsRequest = Type.Object({
  paymentData: Type.Optional(Type.String({ maxLength: 200_000 })),
  details: Type.Object({ paymentStatus: Type.String({ pattern: '^requestPayment:' }) }),
})
export type PaymentDetailsRequest = Type.Static<typeof PaymentDetailsRequest>

const Bag = Type.Record(Type.String(), Type.Unknown())

/**
 * The answer to `/payments` and `/payments/details`, in its three shapes (see wx-parameters.ts).
 */
export const PaymentResponse = Type.Object({
  resultCode: Type.String(),
  pspReference: Type.Optional(Type.String()),
  merchantReference: Type.Optional(Type.String()),
  amount: Type.Optional(WireAmount),
  refusalReason: Type.Optional(Type.String()),
  refusalReasonCode: Type.Optional(Type.String()),
  additionalData: Type.Optional(Bag),
  paymentData: Type.Optional(Type.String()),
  redirect: Type.Optional(Type.Object({ data: Type.Optional(Bag) })),
  action: Type.Optional(
    Type.Object({
      type: Type.String(),
      paymentData: Type.Optional(Type.String()),
      sdkData: Type.Optional(Bag),
      data: Type.Optional(Bag),
    }),
  ),
})
export type PaymentResponse = Type.Static<typeof PaymentResponse>

/** `POST /payments/{paymentPspReference}/refunds`. */
export const RefundRequest = Type.Object({
  merchantAccount: Type.String(),
  amount: WireAmount,
  reference: Type.Optional(Type.String({ maxLength: 80 })),
})
export type RefundRequest = Type.Static<typeof RefundRequest>

/**
 * `POST /cancels`: a technical cancel by our reference, the only call that needs no pspReference.
 */
export const TechnicalCancelRequest = Type.Object({
  merchantAccount: Type.String(),
  paymentReference: Type.String({ maxLength: 80 }),
  reference: Type.Optional(Type.String({ maxLength: 80 })),
})
export type TechnicalCancelRequest = Type.Static<typeof TechnicalCancelRequest>

/**
 * The answer to each modification. `received` is all it says: the outcome comes by webhook. It
 * names what it is about: our reference, Adyen's reference of the payment or (`POST /cancels`)
 * ours, and the amount of a refund.
 */
export const ModificationResponse = Type.Object({
  pspReference: Type.String(),
  status: Type.Literal('received'),
  merchantAccount: Type.String(),
  reference: Type.Optional(Type.String()),
  paymentPspReference: Type.Optional(Type.String()),
  paymentReference: Type.Optional(Type.String()),
  amount: Type.Optional(WireAmount),
})
export type ModificationResponse = Type.Static<typeof ModificationResponse>
