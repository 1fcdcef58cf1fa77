import type { WireAmount } from '@tael/adyen'
import type { Payment } from '../ledger.ts'
import type { World } from '../world.ts'
import { isSigned, type SignedParameters } from './cashier-keys.ts'
import { endCashier, takeMoney } from './settlement.ts'

/** What `wx.requestPayment` tells its callbacks. */
export interface Callback {
  readonly errMsg: string
}

/** What WeChat's cashier shows. */
export interface Cashier {
  readonly prepayId: string
  readonly merchantName: string
  readonly amount: WireAmount
}

const PREFIX = 'requestPayment:'
const parameterNames = ['appId', 'timeStamp', 'nonceStr', 'package', 'signType', 'paySign'] as const

/**
 * What WeChat does with `wx.requestPayment`: opens its cashier, or fails the call. `支付验证签名失败` is WeChat's text
 * for a wrong signature (as reported in developers.weixin.qq.com/community); the other details are the simulator's own words.
 */
export function openCashier(world: World, given: Readonly<Record<string, unknown>>): Cashier | Callback {
  const parameters = readParameters(given)
  if ('errMsg' in parameters) return parameters
  const prepayId = /^prepay_id=(.+)$/.exec(parameters.package)?.[1]
  if (prepayId === undefined) return failed('package must be prepay_id=…')
  if (parameters.appId !== world.config.wechatAppId) return failed('appId is not this Mini Program')
  if (parameters.signType !== 'RSA' || !isSigned(parameters)) return failed('支付验证签名失败')

  const payment = world.ledger.byPrepayId(prepayId)
  if (payment === undefined) return failed('prepay_id is unknown')
  const closed = whyClosed(world, payment)
  if (closed !== undefined) return failed(closed)
  payment.cashier = 'open'
  return { prepayId, merchantName: world.config.merchantAccount, amount: payment.amount }
}

/** The shopper types the password. Undefined for an unknown prepay_id. */
export function payCashier(world: World, prepayId: string): Callback | undefined {
  const payment = world.ledger.byPrepayId(prepayId)
  if (payment === undefined) return undefined
  const closed = whyClosed(world, payment)
  if (closed !== undefined) return failed(closed)
  const { cashier } = payment.scenario
  if (cashier === undefined) takeMoney(world, payment)
  else endCashier(world, payment)
  return cashier === 'refused' ? failed('支付失败') : { errMsg: `${PREFIX}ok` }
}

/** The shopper closes the cashier without paying. Undefined for an unknown prepay_id. */
export function cancelCashier(world: World, prepayId: string): Callback | undefined {
  const payment = world.ledger.byPrepayId(prepayId)
  if (payment === undefined) return undefined
  if (payment.cashier !== 'done') payment.cashier = 'cancelled'
  return { errMsg: `${PREFIX}fail cancel` }
}

/** Why this payment's cashier takes no money (any more); undefined where it would. */
function whyClosed(world: World, payment: Payment): string | undefined {
  if (payment.paidAt !== undefined) return '该订单已支付'
  if (payment.expiresAt <= world.clock.now()) return 'prepay_id is expired'
  if (payment.cashier === 'done' || payment.result !== 'open') return '该订单已关闭'
  return undefined
}

function readParameters(given: Readonly<Record<string, unknown>>): SignedParameters | Callback {
  const values: Record<(typeof parameterNames)[number], string> = {
    appId: '',
    timeStamp: '',
    nonceStr: '',
    package: '',
    signType: '',
    paySign: '',
  }
  for (const name of parameterNames) {
    const value = given[name]
    if (typeof value !== 'string' || value === '') return failed(`parameter.${name} must be a string`)
    values[name] = value
  }
  if (values.nonceStr.length > 32) return failed('parameter.nonceStr is longer than 32 characters')
  return values
}

function failed(detail: string): Callback {
  return { errMsg: `${PREFIX}fail ${detail}` }
}
