import { PREPAY_LIFETIME_MS } from '@tael/adyen'
import type { AdyenCall, PaymentRow } from '../db/rows.ts'
import { applyEvent } from './apply-event.ts'
import { endCall, recordCall, startCall } from './calls.ts'
import type { LockedPayment } from './lock.ts'
import type { Cause, UnitOfWork } from './unit-of-work.ts'

/** How long Adyen's webhook may take to confirm that an attempt is closed. */
const WEBHOOK_GRACE_MS = 10 * 60_000

/** Whether an attempt may be closed: after its shopper returned, only once its prepay_id expired. */
export function mayClose({ status, created_at }: PaymentRow): boolean {
  return status !== 'processing' || Date.now() >= created_at.getTime() + PREPAY_LIFETIME_MS
}

/**
 * The call that closes an attempt, one for each status: a start that was still in flight when Adyen
 * was asked to close it is closed again once it has arrived.
 */
export function cancelCall({ id, status }: PaymentRow): AdyenCall {
  return { paymentId: id, operation: 'cancels', variant: status }
}

/**
 * Records the call that closes an attempt at Adyen, and enqueues the job that abandons the attempt
 * unless a webhook confirms it. Until then it may still be paid: late money pays the order or is
 * refunded.
 */
export async function requestCancel(
  unit: UnitOfWork,
  locked: LockedPayment,
  why: string,
  cause: Cause,
): Promise<void> {
  const { trx, jobs } = unit
  const { id: paymentId } = locked.payment
  if (!(await recordCall(unit, cancelCall(locked.payment)))) return
  // A call that would still start the attempt at Adyen is not retried.
  await endCall(trx, startCall(paymentId))
  await applyEvent(unit, locked, { type: 'cancel_requested', why }, cause)
  await jobs.send(trx, 'abandon-payment', { paymentId }, new Date(Date.now() + WEBHOOK_GRACE_MS))
}
