import { type CallResult, type PaymentResponse, readCashierData, readPaymentData } from '@tael/adyen'
import { RequestPaymentParameters, ResultCode } from '@tael/contracts'
import { Check } from '@sinclair/typebox/value'
import { type AdyenCall, type AdyenCallDependencies, type CallToMake, startCall } from '../calls/calls.ts'
import { settleCall } from './settle.ts'
import { wechatTransactionIdOf } from './transaction-id.ts'
import type { AdyenResult, PaymentEvent } from './transition.ts'
import type { PaymentOfOrder, PaymentRow } from './view.ts'

/** Who pays, as Adyen is told. */
export interface Payer {
  readonly id: string
  readonly openid: string
}

/** Starts the payment at Adyen under the stored key and writes down what came of it. */
export async function startAtAdyen(
  dependencies: AdyenCallDependencies,
  payer: Payer,
  payment: PaymentRow,
  idempotencyKey: string,
): Promise<PaymentOfOrder> {
  const { checkout, config } = dependencies
  const result = await checkout.payments(
    {
      merchantAccount: config.adyen.merchantAccount,
      reference: payment.id,
      merchantOrderReference: payment.order_id,
      shopperReference: payer.id,
      shopperInteraction: 'Ecommerce',
      amount: { currency: payment.currency, value: payment.value },
      countryCode: config.shop.countryCode,
      returnUrl: config.adyen.returnUrl,
      paymentMethod: { type: 'wechatpayMiniProgram', appId: config.wechat.appId, openid: payer.openid },
    },
    idempotencyKey,
  )
  const answer = readAnswer(dependencies, 'payments', withoutOpenid(result, payer.openid), payment)
  const event = answer.kind === 'event' ? answer.event : startEvent(answer, config.wechat.appId)
  return settleCall(dependencies, startCall(payment.id), event)
}

/** Adyen's words may repeat what was wrong with a request: the openid goes into no event and no log. */
function withoutOpenid(call: CallResult<PaymentResponse>, openid: string): CallResult<PaymentResponse> {
  const hide = (text: string): string => text.replaceAll(openid, '[openid]')
  if (call.kind === 'rejected') return { ...call, message: hide(call.message) }
  if (call.kind !== 'answered' || call.body.refusalReason === undefined) return call
  return { ...call, body: { ...call.body, refusalReason: hide(call.body.refusalReason) } }
}

/** Asks Adyen how the payment ended, with what the phone said, and writes down the answer. */
export async function askForResult(
  dependencies: AdyenCallDependencies,
  call: AdyenCall,
  payment: PaymentRow,
  { idempotencyKey, paymentStatus }: CallToMake,
): Promise<PaymentOfOrder> {
  if (paymentStatus === null) throw new Error(`The call for the details of ${payment.id} says nothing.`)
  const paymentData = payment.payment_data === null ? {} : { paymentData: payment.payment_data }
  const body = { ...paymentData, details: { paymentStatus } }
  const result = await dependencies.checkout.paymentDetails(body, idempotencyKey)
  const answer = readAnswer(dependencies, 'payments/details', result, payment)
  const event: PaymentEvent =
    answer.kind === 'event' ? answer.event : { type: 'result', result: answer.result }
  return settleCall(dependencies, call, event)
}

/** An answer about our payment, or the event that anything else is. */
type ReadAnswer =
  | { readonly kind: 'answer'; readonly body: PaymentResponse; readonly result: AdyenResult }
  | { readonly kind: 'event'; readonly event: PaymentEvent }

/**
 * Reads the outcome of a call. An answer about another payment, another amount or with a resultCode Adyen does not
 * document tells nothing about ours, and would be the same again: the outcome stays unknown, and Adyen's webhook
 * decides.
 */
function readAnswer(
  { config }: AdyenCallDependencies,
  operation: 'payments' | 'payments/details',
  call: CallResult<PaymentResponse>,
  expected: PaymentRow,
): ReadAnswer {
  if (call.kind === 'unknown') {
    return { kind: 'event', event: { type: 'unanswered', operation, reason: call.reason } }
  }
  if (call.kind === 'rejected') {
    const { status, errorCode, message } = call
    const type = operation === 'payments' ? 'start_rejected' : 'details_rejected'
    return { kind: 'event', event: { type, status, errorCode, message } }
  }
  const { resultCode, merchantReference, amount, pspReference, refusalReason } = call.body
  const unusable = (reason: string): ReadAnswer => ({
    kind: 'event',
    event: { type: 'answer_unusable', operation, reason },
  })
  if (merchantReference !== undefined && merchantReference !== expected.id) {
    return unusable('it is about another reference')
  }
  if (amount !== undefined && (amount.currency !== expected.currency || amount.value !== expected.value)) {
    return unusable('it is about another amount')
  }
  if (!Check(ResultCode, resultCode)) return unusable('its resultCode is unknown')
  const result = {
    resultCode,
    ...(pspReference === undefined ? {} : { pspReference }),
    ...wechatTransactionIdOf(call.body, config.adyen.transactionIdField),
    ...(refusalReason === undefined ? {} : { refusalReason }),
  }
  return { kind: 'answer', body: call.body, result }
}

/** What the answer to `/payments` means: whether a cashier can open counts, not the resultCode beside it. */
function startEvent(
  { body, result: answered }: { readonly body: PaymentResponse; readonly result: AdyenResult },
  appId: string,
): PaymentEvent {
  const paymentData = readPaymentData(body)
  const result = { ...answered, ...(paymentData === undefined ? {} : { paymentData }) }
  const cashier = readCashierData(body, appId)
  const unusable = (problems: readonly string[]): PaymentEvent => ({
    type: 'cashier_unusable',
    problems,
    result,
  })
  if (cashier.kind === 'unusable') return unusable(cashier.problems)
  if (cashier.kind === 'none') {
    return result.resultCode === 'RedirectShopper'
      ? unusable(['there are no parameters'])
      : { type: 'result', result }
  }
  const { parameters } = cashier
  if (!Check(RequestPaymentParameters, parameters))
    return unusable(['a parameter is longer than WeChat takes'])
  return { type: 'cashier_ready', parameters, result }
}
