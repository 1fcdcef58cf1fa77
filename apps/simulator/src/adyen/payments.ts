import * as Type from '@sinclair/typebox'
import { Check } from '@sinclair/typebox/value'
import { PREPAY_LIFETIME_MS, WireAmount } from '@tael/adyen'
import { newPaymentData, newPrepayId, newPspReference } from '../references.ts'
import type { AdyenAnswer } from '../state/idempotency-keys.ts'
import type { Payment } from '../state/ledger.ts'
import type { FaultTarget } from '../state/switchboard.ts'
import type { World } from '../state/world.ts'
import { invalid, refuse, unexpectedInput, wrongMerchantAccount } from './answers.ts'
import { refuseUnknownFields } from './known-fields.ts'
import { fail } from './end-payment.ts'
import { resultAnswer } from './shapes.ts'
import { PaymentMethodFields, weChatPay } from './wechat-pay.ts'

/** Every payment method of the merchant account. */
const methods = [weChatPay]
type PaymentMethod = (typeof methods)[number]

/** The fields that are read. All are optional: a missing one gets Adyen's error, not a schema's. */
const Body = Type.Object({
  merchantAccount: Type.Optional(Type.String()),
  reference: Type.Optional(Type.String({ maxLength: 80 })),
  amount: Type.Optional(WireAmount),
  returnUrl: Type.Optional(Type.String({ maxLength: 1024 })),
  channel: Type.Optional(Type.Union([Type.Literal('iOS'), Type.Literal('Android'), Type.Literal('Web')])),
  countryCode: Type.Optional(Type.String()),
  shopperReference: Type.Optional(Type.String()),
  merchantOrderReference: Type.Optional(Type.String({ maxLength: 1000 })),
  paymentMethod: Type.Optional(PaymentMethodFields),
})

/** A valid request for a payment. */
interface PaymentRequest {
  readonly method: PaymentMethod
  readonly reference: string
  readonly amount: WireAmount
  readonly openid: string
  readonly merchantOrderReference: string | undefined
}

/**
 * The payment that a request would start, as the target of a fault; undefined if the request is
 * unreadable.
 */
export function findNewPayment(world: World, body: unknown): FaultTarget | undefined {
  if (!Check(Body, body) || body.amount === undefined || body.reference === undefined) return undefined
  const { amount, reference, paymentMethod } = body
  return {
    scenario: world.switchboard.scenarioFor(amount.value),
    reference,
    openid: paymentMethod?.openid ?? '',
  }
}

/** `POST /payments`. */
export function payments(world: World, version: number, body: unknown): AdyenAnswer {
  const request = readRequest(world, body)
  if ('status' in request) return request

  const payment = newPayment(world, request)
  world.ledger.add(payment)
  if (payment.scenario.payments === 'refused') {
    fail(world, payment, 'refused')
    return { status: 200, body: resultAnswer(version, payment) }
  }
  return request.method.start(world, version, payment)
}

/** `POST /paymentMethods`: what a Mini Program may offer. */
export function paymentMethods(world: World, body: unknown): AdyenAnswer {
  if (!Check(Body, body)) return unexpectedInput('a field has another type or is too long')
  const unknown = refuseUnknownFields({ PaymentMethodsRequest: body, Amount: body.amount })
  if (unknown !== undefined) return unknown
  if (body.merchantAccount !== world.config.merchantAccount) return wrongMerchantAccount()
  return { status: 200, body: { paymentMethods: methods.map(({ name, type }) => ({ name, type })) } }
}

/**
 * Checks in the order in which Adyen is likely to; which error wins if several apply is unverified.
 */
function readRequest(world: World, body: unknown): PaymentRequest | AdyenAnswer {
  if (!Check(Body, body)) return unexpectedInput('a field has another type or is too long')
  const { amount, reference, paymentMethod = {}, merchantOrderReference } = body
  const unknown = refuseUnknownFields({ PaymentRequest: body, Amount: amount })
  if (unknown !== undefined) return unknown
  if (body.merchantAccount !== world.config.merchantAccount) return wrongMerchantAccount()
  if (amount === undefined) return invalid('100', "Required object 'amount' is not provided.")
  if (amount.value < 1) return invalid('137', 'Invalid amount specified')
  if (!currencies.has(amount.currency)) return invalid('138', 'Unsupported currency specified')
  if (reference === undefined || reference === '') return invalid('130', 'Reference Missing')
  if (body.returnUrl === undefined || body.returnUrl === '')
    return invalid('14_030', 'Return URL is missing.')
  const wrong = refuseShopper(body)
  if (wrong !== undefined) return wrong
  const method = methods.find(({ type }) => type === paymentMethod.type)
  if (method === undefined) return refuse(500, '905', 'configuration', 'Payment details are not supported')
  const unknownOfMethod = refuseUnknownFields({ [method.structure]: paymentMethod })
  if (unknownOfMethod !== undefined) return unknownOfMethod
  const openid = method.readOpenid(world, paymentMethod)
  return typeof openid === 'string' ? { method, reference, amount, openid, merchantOrderReference } : openid
}

const currencies: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'))
const countries = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })

/**
 * Why Adyen refuses what the request says of the shopper; undefined if it does not. The limits are
 * Adyen's (`PaymentRequest`); codes and texts are unverified.
 */
function refuseShopper({ returnUrl = '', countryCode, shopperReference }: Type.Static<typeof Body>) {
  if (!URL.canParse(returnUrl)) return invalid('702', 'Return URL is invalid.')
  if (countryCode !== undefined && !isCountry(countryCode)) return invalid('702', 'countryCode is invalid.')
  const { length } = shopperReference ?? '...'
  return length < 3 || length > 256
    ? invalid('702', 'shopperReference must have 3 to 256 characters.')
    : undefined
}

function isCountry(code: string): boolean {
  return /^[A-Z]{2}$/.test(code) && code !== 'ZZ' && countries.of(code) !== undefined
}

function newPayment(world: World, request: PaymentRequest): Payment {
  const { method, reference, merchantOrderReference, openid, amount } = request
  return {
    pspReference: newPspReference(),
    merchantReference: reference,
    merchantOrderReference,
    paymentMethod: method.type,
    openid,
    amount: { currency: amount.currency, value: amount.value },
    prepayId: newPrepayId(),
    paymentData: newPaymentData(),
    scenario: world.switchboard.scenarioFor(amount.value),
    createdAt: new Date(world.clock.now()).toISOString(),
    expiresAt: world.clock.now() + PREPAY_LIFETIME_MS,
    paidAt: undefined,
    transactionId: undefined,
    result: 'open',
    cashier: 'closed',
    hasFailed: false,
    detailsAnswered: false,
    modifications: [],
  }
}
