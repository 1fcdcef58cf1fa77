import * as Type from '@sinclair/typebox'
import { Check } from '@sinclair/typebox/value'
import { PREPAY_LIFETIME_MS, WireAmount } from '@tael/adyen'
import { newPaymentData, newPrepayId, newPspReference, type Payment } from '../ledger.ts'
import type { Target } from '../faults.ts'
import { signParameters } from '../wechat/cashier-keys.ts'
import { isOpenidOf } from '../wechat/openid.ts'
import type { World } from '../world.ts'
import { type Answer, invalid, refuse, unexpectedInput, wrongMerchantAccount } from './answers.ts'
import { expire, fail } from './results.ts'
import { cashierAnswer, resultAnswer } from './shapes.ts'

/** What is read of a request. All optional: what is missing gets Adyen's own error, not a schema's. */
const Body = Type.Object({
  merchantAccount: Type.Optional(Type.String()),
  reference: Type.Optional(Type.String({ maxLength: 80 })),
  amount: Type.Optional(WireAmount),
  returnUrl: Type.Optional(Type.String({ maxLength: 1024 })),
  merchantOrderReference: Type.Optional(Type.String({ maxLength: 1000 })),
  paymentMethod: Type.Optional(
    Type.Object({
      type: Type.Optional(Type.String()),
      appId: Type.Optional(Type.String()),
      openid: Type.Optional(Type.String()),
    }),
  ),
})

/** A request that asks for a payment which WeChat would open. */
interface Order {
  readonly reference: string
  readonly amount: WireAmount
  readonly openid: string
  readonly merchantOrderReference: string | undefined
}

/** The payment a request is about, and how it plays; undefined where the request is too broken to tell. */
export function plannedPayment(world: World, body: unknown): Target | undefined {
  if (!Check(Body, body) || body.amount === undefined || body.reference === undefined) return undefined
  const { amount, reference, paymentMethod } = body
  return {
    scenario: world.switchboard.scenarioFor(amount.value),
    reference,
    openid: paymentMethod?.openid ?? '',
  }
}

/** `POST /payments` for `wechatpayMiniProgram`. */
export function payments(world: World, version: number, body: unknown): Answer {
  const order = readOrder(world, body)
  if ('status' in order) return order

  const payment = newPayment(world, order)
  world.ledger.add(payment)
  if (payment.scenario.payments === 'refused') {
    fail(world, payment, 'refused')
    return { status: 200, body: resultAnswer(version, payment) }
  }
  // As Adyen does behind its own door: an order at WeChat, whose prepay_id opens the cashier.
  const answered = world.messages.request('adyen', 'wechat', {
    label: 'prepay order',
    body: { out_trade_no: payment.pspReference, amount: payment.amount, payer: { openid: payment.openid } },
  })
  answered({ label: 'prepay_id', body: { prepay_id: payment.prepayId } })
  world.clock.at(payment.expiresAt, () => expire(world, payment))

  const { package: prepay, ...rest } = signParameters(
    world.config.wechatAppId,
    payment.prepayId,
    world.clock.now(),
  )
  const bag = payment.scenario.payments === 'no_package' ? rest : { ...rest, package: prepay }
  return { status: 200, body: cashierAnswer(version, payment, bag) }
}

/** `POST /paymentMethods`: what a Mini Program may offer. */
export function paymentMethods(world: World, body: unknown): Answer {
  if (!Check(Body, body)) return unexpectedInput('a field has another type or is too long')
  if (body.merchantAccount !== world.config.merchantAccount) return wrongMerchantAccount()
  return { status: 200, body: { paymentMethods: [{ name: 'WeChat Pay', type: 'wechatpayMiniProgram' }] } }
}

/** Checks in the order in which Adyen is likely to; which error wins where several apply is unverified. */
function readOrder(world: World, body: unknown): Order | Answer {
  if (!Check(Body, body)) return unexpectedInput('a field has another type or is too long')
  const { amount, reference, paymentMethod, merchantOrderReference } = body
  if (body.merchantAccount !== world.config.merchantAccount) return wrongMerchantAccount()
  if (amount === undefined) return invalid('100', "Required object 'amount' is not provided.")
  if (amount.value < 1) return invalid('137', 'Invalid amount specified')
  if (!/^[A-Z]{3}$/.test(amount.currency)) return invalid('138', 'Unsupported currency specified')
  if (reference === undefined || reference === '') return invalid('130', 'Reference Missing')
  if (body.returnUrl === undefined || body.returnUrl === '')
    return invalid('14_030', 'Return URL is missing.')
  if (paymentMethod?.type !== 'wechatpayMiniProgram')
    return refuse(500, '905', 'configuration', 'Payment details are not supported')
  const { appId = world.config.wechatAppId, openid = '' } = paymentMethod
  // WeChat's own words, as integrators report them; under which code Adyen passes them on is unverified.
  if (appId !== world.config.wechatAppId) return invalid('000', 'appid和mch_id不匹配')
  if (openid === '') return invalid('000', 'JSAPI支付必须传openid')
  if (!isOpenidOf(appId, openid)) return invalid('000', `appid和openid不匹配: ${openid}`)
  return { reference, amount, openid, merchantOrderReference }
}

function newPayment(world: World, order: Order): Payment {
  return {
    pspReference: newPspReference(),
    merchantReference: order.reference,
    merchantOrderReference: order.merchantOrderReference,
    openid: order.openid,
    amount: { currency: order.amount.currency, value: order.amount.value },
    prepayId: newPrepayId(),
    paymentData: newPaymentData(),
    scenario: world.switchboard.scenarioFor(order.amount.value),
    createdAt: new Date(world.clock.now()).toISOString(),
    expiresAt: world.clock.now() + PREPAY_LIFETIME_MS,
    paidAt: undefined,
    transactionId: undefined,
    result: 'open',
    cashier: 'closed',
    detailsAnswered: false,
    modifications: [],
  }
}
