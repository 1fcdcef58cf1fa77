import type { RawBuilder } from 'kysely'
import { currentTime, timeAgo, timeIn } from '../db/clock.ts'
import type { Db } from '../db/database.ts'
import type { AdyenCall } from '../db/rows.ts'
import { inTransaction } from '../db/transaction.ts'
import type { JobQueue } from '../jobs/queue.ts'
import { enqueueCall, isCall, KEY_LIFETIME_MS, LEASE_MS } from './calls.ts'
import type { UnitOfWork } from './unit-of-work.ts'

/** The pause before an unanswered call is retried; it doubles with each retry. */
const RETRY_MS = 3_000
const RETRY_MS_MAX = 300_000
/** How many abandoned calls are enqueued in one run. */
const ABANDONED_MAX = 200

/** Enqueues the retry of a call that was not answered, after a pause that grows. */
export async function retryCall({ trx, jobs }: UnitOfWork, call: AdyenCall): Promise<void> {
  const { unanswered } = await trx
    .selectFrom('adyen_calls')
    .select('unanswered')
    .where(isCall(call))
    .executeTakeFirstOrThrow()
  const pauseMs = Math.min(RETRY_MS * 2 ** unanswered, RETRY_MS_MAX)
  await trx
    .updateTable('adyen_calls')
    .set({ leased_until: currentTime, retry_at: timeIn(pauseMs), unanswered: unanswered + 1 })
    .where(isCall(call))
    .execute()
  await enqueueCall({ trx, jobs }, call, pauseMs)
}

/**
 * Enqueues the calls whose retry is due: the process that made them died or failed to record their
 * answer, or the job that retries them was lost. A call that a job waits for is not enqueued again.
 */
export async function enqueueAbandonedCalls(db: Db, jobs: JobQueue): Promise<void> {
  const abandoned = await db
    .selectFrom('adyen_calls')
    .select(['payment_id', 'operation', 'variant'])
    .where('answered_at', 'is', null)
    .where('started_at', '>', timeAgo(KEY_LIFETIME_MS))
    .where('retry_at', '<', currentTime)
    .orderBy('retry_at')
    .limit(ABANDONED_MAX)
    .execute()
  for (const { payment_id: paymentId, operation, variant } of abandoned) {
    await inTransaction(db, (trx) => enqueueCall({ trx, jobs }, { paymentId, operation, variant }))
  }
}

/**
 * Ends the calls that are too old to retry; a job or an operator decides their payments and
 * refunds.
 */
export async function endOldCalls(db: Db): Promise<void> {
  await db
    .updateTable('adyen_calls')
    .set({ answered_at: currentTime })
    .where('answered_at', 'is', null)
    .where('started_at', '<=', newestEnded())
    .execute()
}

/** No call that began before this moment is still in flight, its last retry included. */
export function newestEnded(): RawBuilder<Date> {
  return timeAgo(KEY_LIFETIME_MS + LEASE_MS)
}
