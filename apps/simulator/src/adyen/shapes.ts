import type { Payment, Result } from '../ledger.ts'

/** The version of the Checkout API in a path, `v40` to `v72`; undefined for any other. */
export function checkoutVersion(text: string): number | undefined {
  const version = /^v(\d{2})$/.test(text) ? Number(text.slice(1)) : 0
  return version >= 40 && version <= 72 ? version : undefined
}

/** What the shopper's cashier is opened with, as WeChat's parameters are named. */
export type CashierBag = Readonly<Record<string, string>>

/** What Adyen answers for each result, and why it took no money. `open` is Pending or Received, by the scenario. */
const answers = {
  authorised: { resultCode: 'Authorised' },
  refused: { resultCode: 'Refused', refusalReason: 'Refused', refusalReasonCode: '2' },
  error: { resultCode: 'Error', refusalReason: 'Acquirer Error', refusalReasonCode: '4' },
  cancelled: { resultCode: 'Cancelled', refusalReason: 'Shopper Cancelled', refusalReasonCode: '16' },
  expired: { resultCode: 'Refused', refusalReason: 'Expired', refusalReasonCode: '2' },
} as const satisfies Record<Exclude<Result, 'open'>, object>

/** Adyen's words for a payment that WeChat did not take. */
export function refusalReason(result: 'refused' | 'error'): string {
  return answers[result].refusalReason
}

/** The fields that name the payment, as far as the version knows them. */
function identity(version: number, payment: Payment): object {
  return {
    ...(version >= 49 ? { merchantReference: payment.merchantReference } : {}),
    ...(version >= 52 ? { amount: payment.amount } : {}),
  }
}

/**
 * The answer to `/payments` that opens the cashier. Adyen's samples for the Mini Program are not public: the three
 * shapes are the legal ones of the OpenAPI files, and the names in the bag are those of `wx.requestPayment`.
 */
export function cashierAnswer(version: number, payment: Payment, bag: CashierBag): object {
  const { paymentData } = payment
  if (version <= 66) {
    return {
      resultCode: 'RedirectShopper',
      ...identity(version, payment),
      paymentData,
      details: [{ key: 'paymentStatus', type: 'text' }],
      redirect: { method: 'GET', data: bag },
    }
  }
  const paymentMethodType = 'wechatpayMiniProgram'
  if (payment.scenario.payments === 'redirect_action') {
    const action = { type: 'redirect', method: 'GET', paymentMethodType, data: bag }
    return { resultCode: 'RedirectShopper', ...identity(version, payment), action }
  }
  const action = { type: 'sdk', paymentMethodType, paymentData, sdkData: bag }
  return { resultCode: 'Pending', ...identity(version, payment), action }
}

/** The answer that says how the payment stands, as far as Adyen knows. */
export function resultAnswer(version: number, payment: Payment): object {
  const { result, scenario } = payment
  const answer = result === 'open' ? { resultCode: scenario.details ?? 'Pending' } : answers[result]
  return { ...answer, pspReference: payment.pspReference, ...identity(version, payment) }
}
