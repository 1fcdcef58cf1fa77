import {
  findActionData,
  type PaymentRequest,
  type PaymentResponse,
  readCashierData,
  readPaymentData,
} from '@tael/adyen'
import { RequestPaymentParameters } from '@tael/contracts'
import { Check } from '@sinclair/typebox/value'
import type { AdyenResult, CashierAnswer } from '../ledger/transition.ts'
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
    ? { type: 'cashier_ready', parameters, result, answer: describeAnswer(body, parameters.signType) }
    : unusable(['a parameter is longer than WeChat accepts'])
}

/** A name that Adyen may give a parameter. */
const NAME = /^[\w.-]{1,40}$/
const NAMES_MAX = 20
/** The names of `wx.requestPayment`, beside which an appId may come. */
const plainNames: ReadonlySet<string> = new Set([
  'appId',
  ...Object.keys(RequestPaymentParameters.properties),
])

/** The form of the answer, without any value: no page of Adyen's shows one for Mini Programs. */
function describeAnswer(body: PaymentResponse, signType: string | undefined): CashierAnswer {
  const { shape, data } = findActionData(body) ?? { shape: 'none', data: {} }
  const names = Object.keys(data)
  const others = names.filter((name) => !plainNames.has(name) && NAME.test(name))
  return {
    shape,
    names:
      others.length === 0
        ? 'the names of wx.requestPayment'
        : `other names: ${others.slice(0, NAMES_MAX).toSorted().join(' ')}`,
    ...(signType === undefined ? {} : { signType }),
    withReference: body.pspReference !== undefined,
    withData: readPaymentData(body) !== undefined,
  }
}
