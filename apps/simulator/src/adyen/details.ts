import * as Type from '@sinclair/typebox'
import { Check } from '@sinclair/typebox/value'
import type { AdyenAnswer } from '../state/idempotency-keys.ts'
import { isLeftUnpaid, type Payment, targetOf } from '../state/ledger.ts'
import type { FaultTarget } from '../state/switchboard.ts'
import type { World } from '../state/world.ts'
import { inProgress, invalid, unexpectedInput } from './answers.ts'
import { refuseUnknownFields } from './known-fields.ts'
import { hastenNotice, takeMoneyLater } from './payment-notice.ts'
import { closeOffer, transactionIdData } from './end-payment.ts'
import { resultAnswer } from './shapes.ts'
import { weChatPay } from './wechat-pay.ts'

const Body = Type.Object({
  paymentData: Type.Optional(Type.String({ maxLength: 200_000 })),
  details: Type.Optional(Type.Object({ paymentStatus: Type.Optional(Type.String()) })),
})

/** The payment of a request; undefined if its paymentData is missing or unknown. */
export function findByPaymentData(world: World, body: unknown): FaultTarget | undefined {
  const payment = Check(Body, body) ? paymentOf(world, body.paymentData) : undefined
  if (payment === undefined) return undefined
  const isUnanswered = isLeftUnpaid(payment) && payment.scenario.unpaid === 'nothing'
  return { ...targetOf(payment), isUnanswered }
}

/**
 * `POST /payments/details`. The answer is what WeChat has notified, whatever the callback claims. The
 * offer of a cashier that closed unpaid is closed only here, if at all: until then the shopper may
 * still pay.
 */
export function details(
  world: World,
  version: number,
  body: unknown,
  idempotencyKey: string | undefined,
): AdyenAnswer {
  if (!Check(Body, body)) return unexpectedInput('a field has another type or is too long')
  const unknown = refuseUnknownFields({
    PaymentDetailsRequest: body,
    PaymentCompletionDetails: body.details,
  })
  if (unknown !== undefined) return unknown
  if (body.details === undefined) return invalid('100', "Required object 'details' is not provided.")
  if (!weChatPay.isPaymentStatus(body.details.paymentStatus ?? ''))
    return invalid('702', 'details.paymentStatus must start with requestPayment:')
  const payment = paymentOf(world, body.paymentData)
  if (payment === undefined) return invalid('702', 'paymentData is missing or unknown')
  // odoo/odoo#287020, adyen-magento2#2211: a repeat without a key is refused, whatever the result.
  if (payment.detailsAnswered && idempotencyKey === undefined) return inProgress()

  if (isLeftUnpaid(payment)) endUnpaid(world, payment)
  const data = transactionIdData(world, payment)
  const additionalData = Object.keys(data).length === 0 ? {} : { additionalData: data }
  const answer = { status: 200, body: { ...resultAnswer(version, payment), ...additionalData } }
  hastenNotice(world, payment)
  payment.detailsAnswered = true
  return answer
}

/** Closes the offer of a payment that was left unpaid, if the scenario has Adyen answer so. */
function endUnpaid(world: World, payment: Payment): void {
  const { unpaid = 'Cancelled', paidAfterCancelled } = payment.scenario
  if (unpaid !== 'Cancelled' && unpaid !== 'Refused') return
  closeOffer(world, payment, unpaid === 'Refused' ? 'refused' : 'cancelled')
  if (paidAfterCancelled === true) takeMoneyLater(world, payment)
}

function paymentOf(world: World, paymentData: string | undefined): Payment | undefined {
  return paymentData === undefined ? undefined : world.ledger.byPaymentData(paymentData)
}
