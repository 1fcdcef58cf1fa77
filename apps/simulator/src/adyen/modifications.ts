import * as Type from '@sinclair/typebox'
import { Check } from '@sinclair/typebox/value'
import { WireAmount } from '@tael/adyen'
import { newPspReference } from '../references.ts'
import type { AdyenAnswer } from '../state/idempotency-keys.ts'
import {
  type Modification,
  type ModificationKind,
  type Payment,
  returnedValue,
  targetOf,
} from '../state/ledger.ts'
import type { FaultTarget } from '../state/switchboard.ts'
import { eventDate } from '../state/webhook-queue.ts'
import type { World } from '../state/world.ts'
import { invalid, unexpectedInput, wrongMerchantAccount } from './answers.ts'
import { refuseUnknownFields } from './known-fields.ts'
import { WEBHOOK_DELAY_MS, webhookItem } from './end-payment.ts'

const Body = Type.Object({
  merchantAccount: Type.Optional(Type.String()),
  amount: Type.Optional(WireAmount),
  reference: Type.Optional(Type.String({ maxLength: 80 })),
  paymentReference: Type.Optional(Type.String({ maxLength: 80 })),
})

/**
 * The payment of a request, by the pspReference in its path or by the merchant's reference in its
 * body.
 */
export function findModified(
  { ledger }: World,
  { pspReference, body }: { readonly pspReference: string; readonly body: unknown },
): FaultTarget | undefined {
  const reference = Check(Body, body) ? body.paymentReference : undefined
  const payment =
    ledger.byPsp(pspReference) ?? (reference === undefined ? undefined : ledger.byReference(reference))
  return payment && targetOf(payment)
}

/** Why Adyen refuses a modification, for the webhook's `reason`; empty if it succeeds. */
type Refusal = string

const NOT_CAPTURED = "Transaction hasn't been captured, refund not possible"
const INSUFFICIENT = 'Insufficient balance on payment'
const CAPTURED = 'Transaction has been captured, cancel not possible'
const UNKNOWN_PAYMENT = 'Transaction not found'

/**
 * `POST /payments/{pspReference}/refunds`: full or partial, several until everything is returned.
 */
export function refunds(world: World, pspReference: string, body: unknown): AdyenAnswer {
  if (!Check(Body, body)) return unexpectedInput('a field has another type or is too long')
  const unknown = refuseUnknownFields({ PaymentRefundRequest: body, Amount: body.amount })
  if (unknown !== undefined) return unknown
  const { amount } = body
  if (body.merchantAccount !== world.config.merchantAccount) return wrongMerchantAccount()
  if (amount === undefined) return invalid('100', "Required object 'amount' is not provided.")
  const payment = world.ledger.byPsp(pspReference)
  if (payment === undefined) return invalid('167', 'Original pspReference required for this operation')
  if (amount.value < 1 || amount.currency !== payment.amount.currency)
    return invalid('137', 'Invalid amount specified')

  const refusal = refundRefusal(payment, amount.value)
  const refund = addModification(world, payment, 'refund', { ...amount }, body.reference)
  complete(world, payment, refund, 'REFUND', refusal, amount)
  return received(world, refund, { paymentPspReference: pspReference, amount })
}

/** `POST /payments/{pspReference}/cancels`: closes an unpaid payment and fails for a paid one. */
export function cancels(world: World, pspReference: string, body: unknown): AdyenAnswer {
  if (!Check(Body, body)) return unexpectedInput('a field has another type or is too long')
  const unknown = refuseUnknownFields({ PaymentCancelRequest: body })
  if (unknown !== undefined) return unknown
  if (body.merchantAccount !== world.config.merchantAccount) return wrongMerchantAccount()
  const payment = world.ledger.byPsp(pspReference)
  if (payment === undefined) return invalid('167', 'Original pspReference required for this operation')

  const cancel = addModification(world, payment, 'cancel', zeroOf(payment), body.reference)
  complete(world, payment, cancel, 'CANCELLATION', close(payment), payment.amount)
  return received(world, cancel, { paymentPspReference: pspReference })
}

/**
 * `POST /payments/{pspReference}/reversals`: refunds the rest of a paid payment, cancels an unpaid
 * one.
 */
export function reversals(world: World, pspReference: string, body: unknown): AdyenAnswer {
  if (!Check(Body, body)) return unexpectedInput('a field has another type or is too long')
  const unknown = refuseUnknownFields({ PaymentReversalRequest: body })
  if (unknown !== undefined) return unknown
  if (body.merchantAccount !== world.config.merchantAccount) return wrongMerchantAccount()
  const payment = world.ledger.byPsp(pspReference)
  if (payment === undefined) return invalid('167', 'Original pspReference required for this operation')

  const left = payment.amount.value - returnedValue(payment, ['received', 'done'])
  const isRefund = payment.paidAt !== undefined
  const refusal = isRefund ? refundRefusal(payment, Math.max(left, 1)) : close(payment)
  const amount = isRefund ? { ...payment.amount, value: left } : zeroOf(payment)
  const reversal = addModification(world, payment, 'reversal', amount, body.reference)
  complete(world, payment, reversal, 'CANCEL_OR_REFUND', refusal, payment.amount, {
    'modification.action': isRefund ? 'refund' : 'cancel',
  })
  return received(world, reversal, { paymentPspReference: pspReference })
}

/**
 * `POST /cancels`: by the merchant's reference, if `/payments` had no answer. An unknown one fails
 * by webhook.
 */
export function technicalCancels(world: World, body: unknown): AdyenAnswer {
  if (!Check(Body, body)) return unexpectedInput('a field has another type or is too long')
  const unknown = refuseUnknownFields({ StandalonePaymentCancelRequest: body })
  if (unknown !== undefined) return unknown
  const { paymentReference } = body
  if (body.merchantAccount !== world.config.merchantAccount) return wrongMerchantAccount()
  if (paymentReference === undefined || paymentReference === '') return invalid('130', 'Reference Missing')

  const payment = world.ledger.byReference(paymentReference)
  if (payment === undefined) {
    const cancel = newModification(world, 'technical_cancel', { currency: 'CNY', value: 0 }, body.reference)
    failUnknown(world, cancel, paymentReference)
    return received(world, cancel, { paymentReference })
  }
  const cancel = addModification(world, payment, 'technical_cancel', zeroOf(payment), body.reference)
  complete(world, payment, cancel, 'TECHNICAL_CANCEL', close(payment), payment.amount)
  return received(world, cancel, { paymentReference })
}

/** Why this much cannot be refunded, counting refunds in progress; empty if it can. */
function refundRefusal(payment: Payment, value: number): Refusal {
  if (payment.paidAt === undefined) return NOT_CAPTURED
  return returnedValue(payment, ['received', 'done']) + value > payment.amount.value ? INSUFFICIENT : ''
}

/** Closes an unpaid payment immediately: its cashier takes no more money. */
function close(payment: Payment): Refusal {
  if (payment.paidAt !== undefined) return CAPTURED
  if (payment.result === 'open') payment.result = 'cancelled'
  return ''
}

function zeroOf(payment: Payment): WireAmount {
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

function addModification(
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

/**
 * Completes a modification after a delay and sends its webhook. A refused one never counts as
 * returned money.
 */
function complete(
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
    const item = webhookItem(world, payment, eventCode, refusal === '')
    world.webhooks.send({
      ...item,
      pspReference: modification.pspReference,
      originalReference: payment.pspReference,
      merchantReference: modification.reference ?? payment.merchantReference,
      amount,
      reason: refusal,
      additionalData: { ...item.additionalData, ...additionalData },
    })
  })
}

/** Sends the webhook that a technical cancel of an unknown payment failed. */
function failUnknown(world: World, cancel: Modification, paymentReference: string): void {
  const item = {
    pspReference: cancel.pspReference,
    merchantAccountCode: world.config.merchantAccount,
    merchantReference: cancel.reference ?? paymentReference,
    amount: cancel.amount,
    eventCode: 'TECHNICAL_CANCEL',
    eventDate: eventDate(world.clock.now()),
    success: 'false',
    reason: UNKNOWN_PAYMENT,
  } as const
  world.clock.after(WEBHOOK_DELAY_MS, () => {
    world.webhooks.send(item)
  })
}

function received(world: World, { pspReference, reference }: Modification, identity: object): AdyenAnswer {
  const body = {
    merchantAccount: world.config.merchantAccount,
    ...identity,
    pspReference,
    ...(reference === undefined ? {} : { reference }),
    status: 'received',
  }
  return { status: 201, body }
}
