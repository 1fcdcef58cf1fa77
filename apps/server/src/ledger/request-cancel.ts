import { PREPAY_LIFETIME_MS } from '@tael/adyen'
import { msSince } from '../db/clock.ts'
import type { Trx } from '../db/database.ts'
import type { AdyenCall, PaymentRow } from '../db/rows.ts'
import { applyEvent } from './apply-event.ts'
import { endCall, recordCall, startCall } from './calls.ts'
import type { LockedPayment } from './lock.ts'
import type { Cause, UnitOfWork } from './unit-of-work.ts'

/** How long Adyen's webhook may take to confirm that an attempt is closed. */
const WEBHOOK_GRACE_MS = 10 * 60_000

/**
 * How many milliseconds are left until an attempt may be closed: after its shopper returned, until
 * its prepay_id has expired. Not positive where it may be closed now.
 */
export async function msUntilClosable(trx: Trx, { id, status }: PaymentRow): Promise<number> {
  if (status !== 'processing') return 0
  const { sinceStartMs } = await trx
    .selectFrom('payments')
    .select(msSince('created_at').as('sinceStartMs'))
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  return PREPAY_LIFETIME_MS - sinceStartMs
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
  await jobs.send(trx, 'abandon-payment', { paymentId }, WEBHOOK_GRACE_MS)
}
