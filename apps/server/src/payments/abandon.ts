import type { Context } from '../context.ts'
import { msSince } from '../db/clock.ts'
import { inTransaction } from '../db/transaction.ts'
import { applyEvent } from '../ledger/apply-event.ts'
import { lockPayment } from '../ledger/lock.ts'
import { cancelCall, msUntilClosable, requestCancel } from '../ledger/request-cancel.ts'
import { isOpen } from '../ledger/transition.ts'

/** How long Adyen may take to answer the request to close an attempt. */
const ANSWER_GRACE_MS = 60 * 60_000
/** The pauses of looking for Adyen's answer: they grow with the request's age, up to the longest. */
const PAUSE_MS = 60_000
const PAUSE_MS_MAX = 15 * 60_000

/**
 * Abandons an attempt that was being closed and had no outcome in time, so that its order does not
 * wait for ever. Waits longer while Adyen has not answered the request. An attempt whose status
 * changed since the request is closed again, as soon as it may be.
 */
export async function abandonPayment(
  { db, jobs }: Pick<Context, 'db' | 'jobs'>,
  paymentId: string,
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const locked = await lockPayment(trx, paymentId)
    if (locked === undefined || !isOpen(locked.payment.status)) return
    const { status } = locked.payment
    const checkAgain = (delayMs: number): Promise<void> =>
      jobs.send(trx, 'abandon-payment', { paymentId }, delayMs)
    const closableInMs = await msUntilClosable(trx, locked.payment)
    if (closableInMs > 0) return checkAgain(closableInMs)
    const call = await trx
      .selectFrom('adyen_calls')
      .select(['answered_at', msSince('started_at').as('ageMs')])
      .where('payment_id', '=', paymentId)
      .where('operation', '=', 'cancels')
      .where('variant', '=', cancelCall(locked.payment).variant)
      .executeTakeFirst()
    if (call === undefined) {
      const why = `it became ${status} while it was being closed`
      return requestCancel({ trx, jobs }, locked, why, { source: 'job' })
    }
    const leftMs = ANSWER_GRACE_MS - call.ageMs
    if (call.answered_at === null && leftMs > 0)
      return checkAgain(Math.min(Math.max(call.ageMs, PAUSE_MS), PAUSE_MS_MAX, leftMs))
    await applyEvent({ trx, jobs }, locked, { type: 'abandoned' }, { source: 'job' })
  })
}
