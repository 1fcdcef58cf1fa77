import type { WireAmount } from '@tael/adyen'
import { finishCashier, takeMoney } from '../adyen/payment-notice.ts'
import { isSigned, type SignedParameters } from '../cashier-keys.ts'
import type { Payment } from '../state/ledger.ts'
import type { World } from '../state/world.ts'

/** What `wx.requestPayment` passes to its callbacks. */
export interface Callback {
  readonly errMsg: string
}

/** The content of WeChat's cashier. */
export interface Cashier {
  readonly prepayId: string
  readonly merchantName: string
  readonly amount: WireAmount
}

const PREFIX = 'requestPayment:'
const requiredNames = ['appId', 'timeStamp', 'nonceStr', 'package', 'paySign'] as const

/**
 * Opens the cashier or fails, as `wx.requestPayment` does. `支付验证签名失败` is WeChat's text for an
 * invalid signature (reported in developers.weixin.qq.com/community); the other texts are ours.
 */
export function openCashier(world: World, given: Readonly<Record<string, unknown>>): Cashier | Callback {
  const parameters = readParameters(given)
  if ('errMsg' in parameters) return parameters
  const prepayId = /^prepay_id=(.+)$/.exec(parameters.package)?.[1]
  if (prepayId === undefined) return failed('package must be prepay_id=…')
  if (parameters.appId !== world.config.wechatAppId) return failed('appId is not this Mini Program')
  if (!isSigned(parameters)) return failed('支付验证签名失败')

  const payment = world.ledger.byPrepayId(prepayId)
  if (payment === undefined) return failed('prepay_id is unknown')
  const refusal = refuseCashier(world, payment)
  if (refusal !== undefined) return failed(refusal)
  payment.cashier = 'open'
  return { prepayId, merchantName: world.config.merchantAccount, amount: payment.amount }
}

/** The shopper enters the password. Undefined for an unknown prepay_id. */
export function payCashier(world: World, prepayId: string): Callback | undefined {
  const payment = world.ledger.byPrepayId(prepayId)
  if (payment === undefined) return undefined
  const refusal = refuseCashier(world, payment)
  if (refusal !== undefined) return failed(refusal)
  const { cashier } = payment.scenario
  if (cashier === 'fails_once' && !payment.hasFailed) {
    payment.hasFailed = true
    payment.cashier = 'failed'
    return failed('支付失败')
  }
  if (cashier === undefined || cashier === 'fails_once') takeMoney(world, payment)
  else finishCashier(world, payment)
  return cashier === 'refused' ? failed('支付失败') : { errMsg: `${PREFIX}ok` }
}

/** The shopper closes the cashier without paying. Undefined for an unknown prepay_id. */
export function cancelCashier(world: World, prepayId: string): Callback | undefined {
  const payment = world.ledger.byPrepayId(prepayId)
  if (payment === undefined) return undefined
  if (payment.cashier !== 'done') payment.cashier = 'cancelled'
  return { errMsg: `${PREFIX}fail cancel` }
}

/** Why the cashier takes no money for this payment; undefined if it does. */
function refuseCashier(world: World, payment: Payment): string | undefined {
  if (payment.paidAt !== undefined) return '该订单已支付'
  if (payment.expiresAt <= world.clock.now()) return 'prepay_id is expired'
  if (payment.cashier === 'done' || payment.result !== 'open') return '该订单已关闭'
  return undefined
}

function readParameters(given: Readonly<Record<string, unknown>>): SignedParameters | Callback {
  const values: Record<(typeof requiredNames)[number], string> = {
    appId: '',
    timeStamp: '',
    nonceStr: '',
    package: '',
    paySign: '',
  }
  for (const name of requiredNames) {
    const value = given[name]
    if (typeof value !== 'string' || value === '') return failed(`parameter.${name} must be a string`)
    values[name] = value
  }
  if (values.nonceStr.length > 32) return failed('parameter.nonceStr is longer than 32 characters')
  const { signType } = given
  if (signType === undefined) return values
  return typeof signType === 'string'
    ? { ...values, signType }
    : failed('parameter.signType must be a string')
}

function failed(detail: string): Callback {
  return { errMsg: `${PREFIX}fail ${detail}` }
}
