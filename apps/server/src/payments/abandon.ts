import { PREPAY_LIFETIME_MS } from '@tael/adyen'
import { sql } from 'kysely'
import type { Context } from '../context.ts'
import { applyEvent } from '../ledger/apply-event.ts'
import { lockPayment } from '../ledger/lock.ts'
import { cancelCall, mayClose, requestCancel } from '../ledger/request-cancel.ts'
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
    const { status, created_at } = locked.payment
    const checkAgain = (at: number): Promise<void> =>
      jobs.send(trx, 'abandon-payment', { paymentId }, new Date(at))
    if (!mayClose(locked.payment)) return checkAgain(created_at.getTime() + PREPAY_LIFETIME_MS)
    const call = await trx
      .selectFrom('adyen_calls')
      .select([
        'answered_at',
        sql<boolean>`started_at < now() - make_interval(secs => ${ANSWER_GRACE_MS / 1000})`.as('overdue'),
      ])
      .where('payment_id', '=', paymentId)
      .where('operation', '=', 'cancels')
      .where('variant', '=', cancelCall(locked.payment).variant)
      .executeTakeFirst()
    if (call === undefined) {
      const why = `it became ${status} while it was being closed`
      return requestCancel({ trx, jobs }, locked, why, { source: 'job' })
    }
    if (call.answered_at === null && !call.overdue) return checkAgain(Date.now() + CHECK_AGAIN_MS)
    await applyEvent({ trx, jobs }, locked, { type: 'abandoned' }, { source: 'job' })
  })
}
