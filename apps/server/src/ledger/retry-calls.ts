import { sql } from 'kysely'
import type { Db } from '../db/database.ts'
import type { AdyenCall } from '../db/rows.ts'
import type { JobQueue } from '../jobs/queue.ts'
import { enqueueCall, isCall, LEASE_MS, oldestRetryable } from './calls.ts'
import type { UnitOfWork } from './unit-of-work.ts'

/** The pause before an unanswered call is retried; it doubles with each retry. */
const RETRY_MS = 3_000
const RETRY_MS_MAX = 300_000
/** How many abandoned calls are enqueued in one run. */
const ABANDONED_MAX = 200

/** Enqueues the retry of a call that was not answered, after a pause that grows. */
export async function retryCall({ trx, jobs }: UnitOfWork, call: AdyenCall): Promise<void> {
  const { unanswered } = await trx
    .updateTable('adyen_calls')
    .set((eb) => ({ leased_until: sql<Date>`now()`, unanswered: eb('unanswered', '+', 1) }))
    .where(isCall(call))
    .returning('unanswered')
    .executeTakeFirstOrThrow()
  await enqueueCall({ trx, jobs }, call, Math.min(RETRY_MS * 2 ** (unanswered - 1), RETRY_MS_MAX))
}

/**
 * Enqueues abandoned calls: the process that made them died, or the job that retries them was lost.
 */
export async function enqueueAbandonedCalls(db: Db, jobs: JobQueue): Promise<void> {
  const abandoned = await db
    .selectFrom('adyen_calls')
    .select(['payment_id', 'operation', 'variant'])
    .where('answered_at', 'is', null)
    .where('started_at', '>', oldestRetryable())
    .where((eb) =>
      eb.or([
        eb.and([eb('unanswered', '=', 0), eb('leased_until', '<', sql<Date>`now()`)]),
        eb('leased_until', '<', new Date(Date.now() - 2 * RETRY_MS_MAX)),
      ]),
    )
    .orderBy('leased_until')
    .limit(ABANDONED_MAX)
    .execute()
  for (const { payment_id: paymentId, operation, variant } of abandoned) {
    await db.transaction().execute((trx) => enqueueCall({ trx, jobs }, { paymentId, operation, variant }))
  }
}

/**
 * Ends the calls that are too old to retry; a job or an operator decides their payments and
 * refunds.
 */
export async function endOldCalls(db: Db): Promise<void> {
  await db
    .updateTable('adyen_calls')
    .set({ answered_at: new Date() })
    .where('answered_at', 'is', null)
    .where('started_at', '<=', newestEnded())
    .execute()
}

/** No call that began before this moment is still in flight, its last retry included. */
export function newestEnded(): Date {
  return new Date(oldestRetryable().getTime() - LEASE_MS)
}
