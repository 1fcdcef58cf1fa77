import { isLeftUnpaid, type Payment, type Result } from '../state/ledger.ts'

/** The version of the Checkout API in a path, `v40` to `v72`; undefined for any other. */
export function checkoutVersion(text: string): number | undefined {
  const version = /^v(\d{2})$/.test(text) ? Number(text.slice(1)) : 0
  return version >= 40 && version <= 72 ? version : undefined
}

/**
 * Adyen's answer to each result, and why it took no money. `open` is Pending or Received, by the
 * scenario.
 */
const resultFields = {
  authorised: { resultCode: 'Authorised' },
  refused: { resultCode: 'Refused', refusalReason: 'Refused', refusalReasonCode: '2' },
  error: { resultCode: 'Error', refusalReason: 'Acquirer Error', refusalReasonCode: '4' },
  cancelled: { resultCode: 'Cancelled', refusalReason: 'Shopper Cancelled', refusalReasonCode: '16' },
  expired: { resultCode: 'Refused', refusalReason: 'Expired', refusalReasonCode: '2' },
} as const satisfies Record<Exclude<Result, 'open'>, object>

/** Adyen's text for a payment that WeChat did not take. */
export function refusalReason(result: 'refused' | 'error'): string {
  return resultFields[result].refusalReason
}

/** The fields that identify the payment, as far as the version has them. */
export function identityFields(version: number, payment: Payment): object {
  return {
    ...(version >= 49 ? { merchantReference: payment.merchantReference } : {}),
    ...(version >= 52 ? { amount: payment.amount } : {}),
  }
}

/** The answer with the result of a payment, as far as Adyen knows it. */
export function resultAnswer(version: number, payment: Payment): object {
  const { result, scenario } = payment
  const waiting = (isLeftUnpaid(payment) ? scenario.unpaid : scenario.details) ?? 'Pending'
  const fields = result === 'open' ? { resultCode: waiting } : resultFields[result]
  return { ...fields, pspReference: payment.pspReference, ...identityFields(version, payment) }
}
