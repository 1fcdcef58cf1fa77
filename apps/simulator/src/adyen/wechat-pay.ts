import * as Type from '@sinclair/typebox'
import { signParameters } from '../cashier-keys.ts'
import { isOpenidOf } from '../openid.ts'
import type { AdyenAnswer } from '../state/idempotency-keys.ts'
import type { Payment } from '../state/ledger.ts'
import type { World } from '../state/world.ts'
import { invalid } from './answers.ts'
import { expire } from './end-payment.ts'
import { identityFields } from './shapes.ts'

const TYPE = 'wechatpayMiniProgram'

/**
 * The fields of `paymentMethod`. All are optional: a missing one gets Adyen's error, not a
 * schema's.
 */
export const PaymentMethodFields = Type.Object({
  type: Type.Optional(Type.String()),
  appId: Type.Optional(Type.String()),
  openid: Type.Optional(Type.String()),
})
type PaymentMethodFields = Type.Static<typeof PaymentMethodFields>

/** WeChat Pay in a Mini Program, as a payment method of the Checkout API. */
export const weChatPay = {
  type: TYPE,
  name: 'WeChat Pay',
  structure: 'WeChatPayMiniProgramDetails',

  /** The openid of the shopper, or why Adyen refuses the request. */
  readOpenid({ config }: World, { appId = config.wechatAppId, openid = '' }: PaymentMethodFields) {
    // WeChat's own texts, as integrators report them. The code under which Adyen passes them on is
    // unverified.
    if (appId !== config.wechatAppId) return invalid('000', 'appid和mch_id不匹配')
    if (openid === '') return invalid('000', 'JSAPI支付必须传openid')
    if (!isOpenidOf(appId, openid)) return invalid('000', `appid和openid不匹配: ${openid}`)
    return openid
  },

  /**
   * Orders a prepay_id at WeChat, as Adyen does, and answers with the parameters that open the
   * cashier.
   */
  start(world: World, version: number, payment: Payment): AdyenAnswer {
    const logAnswer = world.callLog.logRequest('adyen', 'wechat', {
      label: 'prepay order',
      body: { out_trade_no: payment.pspReference, amount: payment.amount, payer: { openid: payment.openid } },
    })
    logAnswer({ label: 'prepay_id', body: { prepay_id: payment.prepayId } })
    world.clock.at(payment.expiresAt, () => expire(world, payment))
    return { status: 200, body: cashierAnswer(version, payment, cashierParameters(world, payment)) }
  },

  /** Whether `details.paymentStatus` is a callback of `wx.requestPayment`. */
  isPaymentStatus(status: string): boolean {
    return status.startsWith('requestPayment:')
  },
} as const

/** The signed parameters of the cashier, as the scenario has Adyen return them. */
function cashierParameters({ config, clock }: World, { prepayId, scenario }: Payment) {
  const signType = scenario.payments === 'no_sign_type' ? 'default' : 'RSA'
  const parameters = Object.entries(signParameters(config.wechatAppId, prepayId, clock.now(), signType))
  if (scenario.payments === 'no_package')
    return Object.fromEntries(parameters.filter(([name]) => name !== 'package'))
  return Object.fromEntries(
    parameters.map(([name, value], index) => [
      scenario.payments === 'other_spelling' ? respell(name, index) : name,
      value,
    ]),
  )
}

/** `timeStamp` as `TIME_STAMP`, the next name as `nonce-str`, and so on in turn. */
function respell(name: string, index: number): string {
  const words = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  return index % 2 === 0 ? words.replace('_', '-') : words.toUpperCase()
}

/**
 * The answer that opens the cashier. Adyen's samples for the Mini Program are not public: the three
 * shapes are the legal ones of the OpenAPI files, and the parameters have the names of
 * `wx.requestPayment`.
 */
function cashierAnswer(
  version: number,
  payment: Payment,
  parameters: Readonly<Record<string, string>>,
): object {
  const { paymentData } = payment
  if (version <= 66) {
    return {
      resultCode: 'RedirectShopper',
      ...identityFields(version, payment),
      paymentData,
      details: [{ key: 'paymentStatus', type: 'text' }],
      redirect: { method: 'GET', data: parameters },
    }
  }
  if (payment.scenario.payments === 'redirect_action') {
    const action = { type: 'redirect', method: 'GET', paymentMethodType: TYPE, data: parameters }
    return { resultCode: 'RedirectShopper', ...identityFields(version, payment), action }
  }
  const action = { type: 'sdk', paymentMethodType: TYPE, paymentData, sdkData: parameters }
  return { resultCode: 'Pending', ...identityFields(version, payment), action }
}
