import * as Type from '@sinclair/typebox'
import { Check } from '@sinclair/typebox/value'
import { WireAmount } from '@tael/adyen'
import type { Target } from '../faults.ts'
import {
  type Modification,
  type ModificationKind,
  newPspReference,
  type Payment,
  returned,
  targetOf,
} from '../ledger.ts'
import { type Event, eventDate } from '../webhooks.ts'
import type { World } from '../world.ts'
import { type Answer, invalid, unexpectedInput, wrongMerchantAccount } from './answers.ts'
import { eventOf, WEBHOOK_DELAY_MS } from './results.ts'

const Body = Type.Object({
  merchantAccount: Type.Optional(Type.String()),
  amount: Type.Optional(WireAmount),
  reference: Type.Optional(Type.String({ maxLength: 80 })),
  paymentReference: Type.Optional(Type.String({ maxLength: 80 })),
})

/** The payment a request is about: by the pspReference in its path, or by our reference in its body. */
export function modifiedPayment(
  { ledger }: World,
  { pspReference, body }: { readonly pspReference: string; readonly body: unknown },
): Target | undefined {
  const reference = Check(Body, body) ? body.paymentReference : undefined
  const payment =
    ledger.byPsp(pspReference) ?? (reference === undefined ? undefined : ledger.byReference(reference))
  return payment && targetOf(payment)
}

/** How Adyen ends a modification: the text is empty where it succeeded, and else goes into `reason`. */
type Refusal = string

const NOT_CAPTURED = "Transaction hasn't been captured, refund not possible"
const INSUFFICIENT = 'Insufficient balance on payment'
const CAPTURED = 'Transaction has been captured, cancel not possible'
const UNKNOWN_PAYMENT = 'Transaction not found'

/** `POST /payments/{pspReference}/refunds`: full or partial, several until the payment is given back. */
export function refunds(world: World, pspReference: string, body: unknown): Answer {
  if (!Check(Body, body)) return unexpectedInput('a field has another type or is too long')
  const { amount } = body
  if (body.merchantAccount !== world.config.merchantAccount) return wrongMerchantAccount()
  if (amount === undefined) return invalid('100', "Required object 'amount' is not provided.")
  const payment = world.ledger.byPsp(pspReference)
  if (payment === undefined) return invalid('167', 'Original pspReference required for this operation')
  if (amount.value < 1 || amount.currency !== payment.amount.currency)
    return invalid('137', 'Invalid amount specified')

  const refusal = refundRefusal(payment, amount.value)
  const refund = record(world, payment, 'refund', { ...amount }, body.reference)
  finish(world, payment, refund, 'REFUND', refusal, amount)
  return received(world, refund, { paymentPspReference: pspReference, amount })
}

/** `POST /payments/{pspReference}/cancels`: closes an unpaid payment; a paid one stands. */
export function cancels(world: World, pspReference: string, body: unknown): Answer {
  if (!Check(Body, body)) return unexpectedInput('a field has another type or is too long')
  if (body.merchantAccount !== world.config.merchantAccount) return wrongMerchantAccount()
  const payment = world.ledger.byPsp(pspReference)
  if (payment === undefined) return invalid('167', 'Original pspReference required for this operation')

  const cancel = record(world, payment, 'cancel', nothing(payment), body.reference)
  finish(world, payment, cancel, 'CANCELLATION', close(payment), payment.amount)
  return received(world, cancel, { paymentPspReference: pspReference })
}

/** `POST /payments/{pspReference}/reversals`: a refund of all that is left where it was paid, else a cancel. */
export function reversals(world: World, pspReference: string, body: unknown): Answer {
  if (!Check(Body, body)) return unexpectedInput('a field has another type or is too long')
  if (body.merchantAccount !== world.config.merchantAccount) return wrongMerchantAccount()
  const payment = world.ledger.byPsp(pspReference)
  if (payment === undefined) return invalid('167', 'Original pspReference required for this operation')

  const left = payment.amount.value - returned(payment, ['received', 'done'])
  const isRefund = payment.paidAt !== undefined
  const refusal = isRefund ? refundRefusal(payment, Math.max(left, 1)) : close(payment)
  const amount = isRefund ? { ...payment.amount, value: left } : nothing(payment)
  const reversal = record(world, payment, 'reversal', amount, body.reference)
  finish(world, payment, reversal, 'CANCEL_OR_REFUND', refusal, payment.amount, {
    'modification.action': isRefund ? 'refund' : 'cancel',
  })
  return received(world, reversal, { paymentPspReference: pspReference })
}

/** `POST /cancels`: by our reference, for when `/payments` gave no answer. An unknown one fails by webhook. */
export function technicalCancels(world: World, body: unknown): Answer {
  if (!Check(Body, body)) return unexpectedInput('a field has another type or is too long')
  const { paymentReference } = body
  if (body.merchantAccount !== world.config.merchantAccount) return wrongMerchantAccount()
  if (paymentReference === undefined || paymentReference === '') return invalid('130', 'Reference Missing')

  const payment = world.ledger.byReference(paymentReference)
  if (payment === undefined) {
    const cancel = newModification(world, 'technical_cancel', { currency: 'CNY', value: 0 }, body.reference)
    announceUnknown(world, cancel, paymentReference)
    return received(world, cancel, { paymentReference })
  }
  const cancel = record(world, payment, 'technical_cancel', nothing(payment), body.reference)
  finish(world, payment, cancel, 'TECHNICAL_CANCEL', close(payment), payment.amount)
  return received(world, cancel, { paymentReference })
}

/** Why this much cannot go back; empty where it can. Refunds still under way count. */
function refundRefusal(payment: Payment, value: number): Refusal {
  if (payment.paidAt === undefined) return NOT_CAPTURED
  return returned(payment, ['received', 'done']) + value > payment.amount.value ? INSUFFICIENT : ''
}

/** Closes an unpaid payment at once, so that the cashier cannot take money for it any more. */
function close(payment: Payment): Refusal {
  if (payment.paidAt !== undefined) return CAPTURED
  if (payment.result === 'open') payment.result = 'cancelled'
  return ''
}

function nothing(payment: Payment): WireAmount {
  return { ...payment.amount, value: 0 }
}

function newModification(
  world: World,
  kind: ModificationKind,
  amount: WireAmount,
  reference: string | undefined,
): Modification {
  const at = new Date(world.clock.now()).toISOString()
  return { pspReference: newPspReference(), kind, reference, at, amount, status: 'received' }
}

function record(
  world: World,
  payment: Payment,
  kind: ModificationKind,
  amount: WireAmount,
  reference: string | undefined,
): Modification {
  const modification = newModification(world, kind, amount, reference)
  payment.modifications.push(modification)
  return modification
}

/** Ends a modification a moment later, and says so by webhook. A refused one never counts as money given back. */
function finish(
  world: World,
  payment: Payment,
  modification: Modification,
  eventCode: string,
  refusal: Refusal,
  amount: WireAmount,
  additionalData: Readonly<Record<string, string>> = {},
): void {
  if (refusal !== '') modification.status = 'failed'
  world.clock.after(WEBHOOK_DELAY_MS, () => {
    if (refusal === '') modification.status = 'done'
    const event = eventOf(world, payment, eventCode, refusal === '')
    world.webhooks.send({
      ...event,
      pspReference: modification.pspReference,
      originalReference: payment.pspReference,
      merchantReference: modification.reference ?? payment.merchantReference,
      amount,
      reason: refusal,
      additionalData: { ...event.additionalData, ...additionalData },
    })
  })
}

function announceUnknown(world: World, cancel: Modification, paymentReference: string): void {
  const event: Event = {
    pspReference: cancel.pspReference,
    merchantAccountCode: world.config.merchantAccount,
    merchantReference: cancel.reference ?? paymentReference,
    amount: cancel.amount,
    eventCode: 'TECHNICAL_CANCEL',
    eventDate: eventDate(world.clock.now()),
    success: 'false',
    reason: UNKNOWN_PAYMENT,
  }
  world.clock.after(WEBHOOK_DELAY_MS, () => {
    world.webhooks.send(event)
  })
}

function received(world: World, { pspReference, reference }: Modification, about: object): Answer {
  const body = {
    merchantAccount: world.config.merchantAccount,
    ...about,
    pspReference,
    ...(reference === undefined ? {} : { reference }),
    status: 'received',
  }
  return { status: 201, body }
}
