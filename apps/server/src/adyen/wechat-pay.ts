import { type PaymentRequest, type PaymentResponse, readCashierData, readPaymentData } from '@tael/adyen'
import { RequestPaymentParameters } from '@tael/contracts'
import { Check } from '@sinclair/typebox/value'
import type { AdyenResult } from '../ledger/transition.ts'
import type { CallEvent } from './call.ts'

/**
 * WeChat Pay in a Mini Program: what `/payments` sends for it, and how its cashier's parameters are
 * read from the answer. Another payment method is another file with these two functions.
 */
export function toPaymentMethod(appId: string, openid: string): PaymentRequest['paymentMethod'] {
  return { type: 'wechatpayMiniProgram', appId, openid }
}

/** The event that an answer causes: whether a cashier can open decides it, not the resultCode. */
export function readCashier(body: PaymentResponse, answered: AdyenResult, appId: string): CallEvent {
  const paymentData = readPaymentData(body)
  const result = { ...answered, ...(paymentData === undefined ? {} : { paymentData }) }
  const cashier = readCashierData(body, appId)
  const unusable = (problems: readonly string[]): CallEvent => ({
    type: 'cashier_unusable',
    problems,
    result,
  })
  if (cashier.kind === 'unusable') return unusable(cashier.problems)
  if (cashier.kind === 'none') {
    return result.resultCode === 'RedirectShopper'
      ? unusable(['the parameters are missing'])
      : { type: 'result', result }
  }
  const { parameters } = cashier
  return Check(RequestPaymentParameters, parameters)
    ? { type: 'cashier_ready', parameters, result }
    : unusable(['a parameter is longer than WeChat accepts'])
}
