import * as Type from '@sinclair/typebox'
import { ActionFields } from './action.ts'
import { WeChatPayDetails, WeChatPayMethod } from './wechat-pay.ts'

/*
 * The part of Adyen's Checkout API that is used here, v40 to v72 (Adyen/adyen-openapi,
 * CheckoutService). An answer may have other fields, and may lack any: the versions differ and
 * Adyen requires none. It is read without the members that are null or empty.
 */

/** Adyen's amount: a three-letter currency and minor units. */
export const WireAmount = Type.Object({ currency: Type.String(), value: Type.Integer() })
export type WireAmount = Type.Static<typeof WireAmount>

/** `POST /payments`. `paymentMethod` has a row for each method. */
export const PaymentRequest = Type.Object({
  merchantAccount: Type.String(),
  reference: Type.String({ maxLength: 80 }),
  amount: WireAmount,
  returnUrl: Type.String({ maxLength: 1024 }),
  countryCode: Type.String({ minLength: 2, maxLength: 2 }),
  shopperReference: Type.String({ minLength: 3, maxLength: 256 }),
  merchantOrderReference: Type.String({ maxLength: 1000 }),
  shopperInteraction: Type.Literal('Ecommerce'),
  paymentMethod: Type.Union([WeChatPayMethod]),
})
export type PaymentRequest = Type.Static<typeof PaymentRequest>

/** `POST /paymentMethods`: which methods this shopper may be offered. */
export const PaymentMethodsRequest = Type.Object({
  merchantAccount: Type.String(),
  amount: WireAmount,
  countryCode: Type.String({ minLength: 2, maxLength: 2 }),
})
export type PaymentMethodsRequest = Type.Static<typeof PaymentMethodsRequest>

/** The answer to `/paymentMethods`. */
export const PaymentMethodsResponse = Type.Object({
  paymentMethods: Type.Optional(Type.Array(Type.Object({ type: Type.Optional(Type.String()) }))),
})
export type PaymentMethodsResponse = Type.Static<typeof PaymentMethodsResponse>

/**
 * `POST /payments/details`, with the paymentData of `/payments` if it had one. `details` has a row
 * for each method.
 */
export const PaymentDetailsRequest = Type.Object({
  paymentData: Type.Optional(Type.String({ maxLength: 200_000 })),
  details: Type.Union([WeChatPayDetails]),
})
export type PaymentDetailsRequest = Type.Static<typeof PaymentDetailsRequest>

/** The answer to `/payments` and `/payments/details`. */
export const PaymentResponse = Type.Object({
  resultCode: Type.String(),
  pspReference: Type.Optional(Type.String()),
  merchantReference: Type.Optional(Type.String()),
  amount: Type.Optional(WireAmount),
  refusalReason: Type.Optional(Type.String()),
  refusalReasonCode: Type.Optional(Type.String()),
  additionalData: Type.Optional(Type.Unknown()),
  ...ActionFields.properties,
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
 * `POST /cancels`: a technical cancel by the merchant's reference, the only call without a
 * pspReference.
 */
export const TechnicalCancelRequest = Type.Object({
  merchantAccount: Type.String(),
  paymentReference: Type.String({ maxLength: 80 }),
  reference: Type.Optional(Type.String({ maxLength: 80 })),
})
export type TechnicalCancelRequest = Type.Static<typeof TechnicalCancelRequest>

/**
 * The answer to every modification. It only confirms the receipt; a webhook reports the outcome.
 * `reference` is the merchant's, the payment has Adyen's reference or (`POST /cancels`) the
 * merchant's, and a refund has its amount.
 */
export const ModificationResponse = Type.Object({
  pspReference: Type.String(),
  status: Type.Literal('received'),
  reference: Type.Optional(Type.String()),
  paymentPspReference: Type.Optional(Type.String()),
  paymentReference: Type.Optional(Type.String()),
  amount: Type.Optional(WireAmount),
})
export type ModificationResponse = Type.Static<typeof ModificationResponse>
