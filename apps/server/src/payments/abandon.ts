import { sql } from 'kysely'
import type { Context } from '../context.ts'
import { timeAgo } from '../db/clock.ts'
import { applyEvent } from '../ledger/apply-event.ts'
import { lockPayment } from '../ledger/lock.ts'
import { cancelCall, msUntilClosable, requestCancel } from '../ledger/request-cancel.ts'
import { isOpen } from '../ledger/transition.ts'

/** How long Adyen may take to answer the request to close an attempt. */
const ANSWER_GRACE_MS = 60 * 60_000
const CHECK_AGAIN_MS = 60_000

/**
 * Abandons an attempt that was being closed and had no outcome in time, so that its order does not
 * wait for ever. Waits longer while Adyen has not answered the request. An attempt whose status
 * changed since the request is closed again, as soon as it may be.
 */
export async function abandonPayment(
  { db, jobs }: Pick<Context, 'db' | 'jobs'>,
  paymentId: string,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const locked = await lockPayment(trx, paymentId)
    if (locked === undefined || !isOpen(locked.payment.status)) return
    const { status } = locked.payment
    const checkAgain = (delayMs: number): Promise<void> =>
      jobs.send(trx, 'abandon-payment', { paymentId }, delayMs)
    const closableInMs = await msUntilClosable(trx, locked.payment)
    if (closableInMs > 0) return checkAgain(closableInMs)
    const call = await trx
      .selectFrom('adyen_calls')
      .select(['answered_at', sql<boolean>`started_at < ${timeAgo(ANSWER_GRACE_MS)}`.as('overdue')])
      .where('payment_id', '=', paymentId)
      .where('operation', '=', 'cancels')
      .where('variant', '=', cancelCall(locked.payment).variant)
      .executeTakeFirst()
    if (call === undefined) {
      const why = `it became ${status} while it was being closed`
      return requestCancel({ trx, jobs }, locked, why, { source: 'job' })
    }
    if (call.answered_at === null && !call.overdue) return checkAgain(CHECK_AGAIN_MS)
    await applyEvent({ trx, jobs }, locked, { type: 'abandoned' }, { source: 'job' })
  })
}
