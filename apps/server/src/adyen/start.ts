import { type CallResult, type PaymentResponse, readCashierData, readPaymentData } from '@tael/adyen'
import { RequestPaymentParameters } from '@tael/contracts'
import { Check } from '@sinclair/typebox/value'
import type { AdyenResult } from '../ledger/transition.ts'
import { type CallEvent, eventOutcome, type Operation } from './call.ts'
import { readPaymentAnswer } from './payment-answer.ts'

/** Starts the payment at Adyen: `POST /payments`. */
export const startAtAdyen: Operation = async ({ config, checkout }, { payment, openid, idempotencyKey }) => {
  const { adyen, shop, wechat } = config
  const result = await checkout.payments(
    {
      merchantAccount: adyen.merchantAccount,
      reference: payment.id,
      merchantOrderReference: payment.order_id,
      shopperReference: payment.shopper_id,
      shopperInteraction: 'Ecommerce',
      amount: { currency: payment.currency, value: payment.value },
      countryCode: shop.countryCode,
      returnUrl: adyen.returnUrl,
      paymentMethod: { type: 'wechatpayMiniProgram', appId: wechat.appId, openid },
    },
    idempotencyKey,
  )
  const answer = readPaymentAnswer(adyen, 'payments', hideOpenid(result, openid), payment)
  return eventOutcome(answer.kind === 'event' ? answer.event : readCashier(answer, wechat.appId))
}

/** Adyen's texts may repeat parts of the request: the openid reaches no event and no log. */
function hideOpenid(call: CallResult<PaymentResponse>, openid: string): CallResult<PaymentResponse> {
  const hide = (text: string): string => text.replaceAll(openid, '[openid]')
  if (call.kind === 'rejected') return { ...call, message: hide(call.message) }
  if (call.kind !== 'answered' || call.body.refusalReason === undefined) return call
  return { ...call, body: { ...call.body, refusalReason: hide(call.body.refusalReason) } }
}

/** The event that an answer causes. Whether a cashier can open counts, not the resultCode beside it. */
function readCashier(
  { body, result: answered }: { readonly body: PaymentResponse; readonly result: AdyenResult },
  appId: string,
): CallEvent {
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
      ? unusable(['there are no parameters'])
      : { type: 'result', result }
  }
  const { parameters } = cashier
  if (!Check(RequestPaymentParameters, parameters))
    return unusable(['a parameter is longer than WeChat takes'])
  return { type: 'cashier_ready', parameters, result }
}
