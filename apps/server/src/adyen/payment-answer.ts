import type { CallResult, PaymentResponse } from '@tael/adyen'
import { ResultCode } from '@tael/contracts'
import { Check } from '@sinclair/typebox/value'
import type { AdyenConfig } from '../config.ts'
import type { PaymentRow } from '../db/rows.ts'
import type { AdyenResult } from '../ledger/transition.ts'
import type { CallEvent } from './call.ts'
import { wechatTransactionIdOf } from './transaction-id.ts'

/** A usable answer about our payment, or the event that any other answer causes. */
type PaymentAnswer =
  | { readonly kind: 'answer'; readonly body: PaymentResponse; readonly result: AdyenResult }
  | { readonly kind: 'event'; readonly event: CallEvent }

/**
 * Reads the answer to `/payments` or `/payments/details`. An answer about another payment or
 * amount, an Authorised that says nothing about which payment it is, or an undocumented resultCode
 * would not change with a retry: the outcome stays unknown until Adyen's webhook decides.
 */
export function readPaymentAnswer(
  { transactionIdField }: Pick<AdyenConfig, 'transactionIdField'>,
  operation: 'payments' | 'payments/details',
  call: CallResult<PaymentResponse>,
  expected: PaymentRow,
): PaymentAnswer {
  if (call.kind === 'unknown') {
    const type = call.isFinal ? 'answer_unusable' : 'unanswered'
    return { kind: 'event', event: { type, operation, reason: call.reason } }
  }
  if (call.kind === 'rejected') {
    const { status, errorCode, message } = call
    const type = operation === 'payments' ? 'start_rejected' : 'details_rejected'
    return { kind: 'event', event: { type, status, errorCode, message } }
  }
  const { resultCode, merchantReference, amount, pspReference, refusalReason } = call.body
  const unusable = (reason: string): PaymentAnswer => ({
    kind: 'event',
    event: { type: 'answer_unusable', operation, reason },
  })
  if (merchantReference !== undefined && merchantReference !== expected.id) {
    return unusable('its reference differs from ours')
  }
  if (amount !== undefined && (amount.currency !== expected.currency || amount.value !== expected.value)) {
    return unusable('its amount differs from ours')
  }
  if (!Check(ResultCode, resultCode)) return unusable('its resultCode is unknown')
  if (resultCode === 'Authorised' && !merchantReference && amount === undefined && !pspReference) {
    return unusable('it is Authorised, but names no reference and no amount')
  }
  const result = {
    resultCode,
    ...(pspReference === undefined ? {} : { pspReference }),
    ...wechatTransactionIdOf(call.body, transactionIdField),
    ...(refusalReason === undefined ? {} : { refusalReason }),
  }
  return { kind: 'answer', body: call.body, result }
}
