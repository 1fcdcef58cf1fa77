import * as Type from '@sinclair/typebox'

/**
 * What the shopper can do next.
 * - `open_cashier`: pay this attempt in the WeChat cashier.
 * - `wait`: the outcome is unknown; paying again now could pay twice.
 * - `view_order`: the order cannot be paid, or needs no payment.
 * - `pay_again`: pay the same order with a new attempt.
 */
export const NextAction = Type.Union([
  Type.Literal('open_cashier'),
  Type.Literal('wait'),
  Type.Literal('view_order'),
  Type.Literal('pay_again'),
])
export type NextAction = Type.Static<typeof NextAction>

/** The status of an attempt. While `starting` or `processing`, its outcome is unknown. */
export const PaymentStatus = Type.Union([
  Type.Literal('starting'),
  Type.Literal('awaiting_shopper'),
  Type.Literal('processing'),
  Type.Literal('expired'),
  Type.Literal('error'),
  Type.Literal('cancelled'),
  Type.Literal('refused'),
  Type.Literal('authorised'),
])
export type PaymentStatus = Type.Static<typeof PaymentStatus>

/** Key of the text that shows a shopper the outcome; the Mini Program holds the texts. */
export const ShopperMessage = Type.Union([
  Type.Literal('confirming'),
  Type.Literal('awaiting_shopper'),
  Type.Literal('processing'),
  Type.Literal('expired'),
  Type.Literal('error'),
  Type.Literal('cancelled'),
  Type.Literal('refused'),
  Type.Literal('paid'),
  Type.Literal('surplus'),
  Type.Literal('order_cancelled'),
])
export type ShopperMessage = Type.Static<typeof ShopperMessage>

/** What a status or a resultCode means to a shopper. */
export const Outcome = Type.Object(
  { message: ShopperMessage, nextAction: NextAction, final: Type.Boolean() },
  { title: 'Outcome', additionalProperties: false },
)
export type Outcome = Type.Static<typeof Outcome>

/** What each status means to the shopper while the order can be paid. */
export const outcomes: Readonly<Record<PaymentStatus, Outcome>> = {
  starting: { message: 'confirming', nextAction: 'wait', final: false },
  awaiting_shopper: { message: 'awaiting_shopper', nextAction: 'open_cashier', final: false },
  processing: { message: 'processing', nextAction: 'wait', final: false },
  expired: { message: 'expired', nextAction: 'pay_again', final: true },
  error: { message: 'error', nextAction: 'pay_again', final: true },
  cancelled: { message: 'cancelled', nextAction: 'pay_again', final: true },
  refused: { message: 'refused', nextAction: 'pay_again', final: true },
  authorised: { message: 'paid', nextAction: 'view_order', final: true },
}

/** Money for an order that is already paid or closed: it is refunded automatically. */
export const surplusOutcome: Outcome = { message: 'surplus', nextAction: 'view_order', final: true }

/** Outcomes of an attempt without a payment, by what closed its order. */
const closedOutcomes = {
  paid: { message: 'paid', nextAction: 'view_order', final: true },
  expired: { message: 'expired', nextAction: 'view_order', final: true },
  cancelled: { message: 'order_cancelled', nextAction: 'view_order', final: true },
} as const satisfies Record<string, Outcome>

/**
 * The outcome of an attempt, given the status of its order. While it is unknown whether money moved
 * (`wait`), the order's status does not matter.
 */
export function outcomeOf(
  status: PaymentStatus,
  { surplus, order }: { readonly surplus: boolean; readonly order: 'open' | keyof typeof closedOutcomes },
): Outcome {
  if (surplus) return surplusOutcome
  const outcome = outcomes[status]
  const isUnpaid = outcome.nextAction === 'open_cashier' || outcome.nextAction === 'pay_again'
  return isUnpaid && order !== 'open' ? closedOutcomes[order] : outcome
}

/** Adyen's resultCode of a payment (Checkout v72, `PaymentResponse.resultCode`). */
export const ResultCode = Type.Union([
  Type.Literal('AuthenticationFinished'),
  Type.Literal('AuthenticationNotRequired'),
  Type.Literal('Authorised'),
  Type.Literal('Cancelled'),
  Type.Literal('ChallengeShopper'),
  Type.Literal('Error'),
  Type.Literal('IdentifyShopper'),
  Type.Literal('PartiallyAuthorised'),
  Type.Literal('Pending'),
  Type.Literal('PresentToShopper'),
  Type.Literal('Received'),
  Type.Literal('RedirectShopper'),
  Type.Literal('Refused'),
  Type.Literal('Success'),
])
export type ResultCode = Type.Static<typeof ResultCode>

const meaning = (status: PaymentStatus): Outcome & { readonly status: PaymentStatus } => ({
  status,
  ...outcomes[status],
})

/**
 * Each resultCode's status and outcome.
 *
 * Authorised, Error, Pending, Received and Refused are the ones Adyen lists for WeChat Pay Mini
 * Program (docs.adyen.com, WeChat Pay Mini Program, "Present the payment result"); Cancelled is not
 * in that list but is a final code of the API. The card-only codes should never arrive for WeChat
 * Pay: if one does, its outcome is unknown until Adyen's webhook.
 */
export const resultCodes: Readonly<Record<ResultCode, Outcome & { readonly status: PaymentStatus }>> = {
  Authorised: meaning('authorised'),
  Refused: meaning('refused'),
  Error: meaning('error'),
  Cancelled: meaning('cancelled'),
  Pending: meaning('processing'),
  Received: meaning('processing'),
  RedirectShopper: meaning('awaiting_shopper'),
  AuthenticationFinished: meaning('processing'),
  AuthenticationNotRequired: meaning('processing'),
  ChallengeShopper: meaning('processing'),
  IdentifyShopper: meaning('processing'),
  PartiallyAuthorised: meaning('processing'),
  PresentToShopper: meaning('processing'),
  Success: meaning('processing'),
}
