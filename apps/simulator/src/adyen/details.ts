import * as Type from '@sinclair/typebox'
import { Check } from '@sinclair/typebox/value'
import type { Target } from '../faults.ts'
import { type Payment, targetOf } from '../ledger.ts'
import { payLate, settle } from '../wechat/settlement.ts'
import type { World } from '../world.ts'
import { type Answer, inProgress, invalid, unexpectedInput } from './answers.ts'
import { transactionIdIn } from './results.ts'
import { resultAnswer } from './shapes.ts'

const Body = Type.Object({
  paymentData: Type.Optional(Type.String({ maxLength: 200_000 })),
  details: Type.Optional(Type.Object({ paymentStatus: Type.Optional(Type.String()) })),
})

/** The payment a request is about; undefined where its paymentData is missing or unknown. */
export function detailedPayment(world: World, body: unknown): Target | undefined {
  const payment = Check(Body, body) ? paymentOf(world, body.paymentData) : undefined
  return payment && targetOf(payment)
}

/**
 * `POST /payments/details`. What the callback said is taken and not believed: the answer is what WeChat knows.
 * A cancelled cashier makes the payment Cancelled only here, so that until then the shopper may change their mind.
 */
export function details(
  world: World,
  version: number,
  body: unknown,
  idempotencyKey: string | undefined,
): Answer {
  if (!Check(Body, body)) return unexpectedInput('a field has another type or is too long')
  if (body.details === undefined) return invalid('100', "Required object 'details' is not provided.")
  if (body.details.paymentStatus?.startsWith('requestPayment:') !== true)
    return invalid('702', 'details.paymentStatus must start with requestPayment:')
  const payment = paymentOf(world, body.paymentData)
  if (payment === undefined) return invalid('702', 'paymentData is missing or unknown')
  // odoo/odoo#287020, adyen-magento2#2211: a repeat without a key is refused, however the payment stands.
  if (payment.detailsAnswered && idempotencyKey === undefined) return inProgress()

  if (payment.result === 'open' && payment.cashier === 'cancelled') {
    payment.result = 'cancelled'
    if (payment.scenario.paidAfterCancelled === true) payLate(world, payment)
  }
  const additionalData = transactionIdIn(world, payment)
  const told = Object.keys(additionalData).length === 0 ? {} : { additionalData }
  const answer: Answer = { status: 200, body: { ...resultAnswer(version, payment), ...told } }
  settle(world, payment)
  payment.detailsAnswered = true
  return answer
}

function paymentOf(world: World, paymentData: string | undefined): Payment | undefined {
  return paymentData === undefined ? undefined : world.ledger.byPaymentData(paymentData)
}
