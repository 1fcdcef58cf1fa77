import type { NotificationFacts } from '@tael/contracts'
import { type Selectable, sql } from 'kysely'
import type { Sent } from '../channels/channel.ts'
import { currentTime, timeAgo, timeIn } from '../db/clock.ts'
import type { Db, Trx } from '../db/database.ts'
import type { Database } from '../db/tables.ts'
import type { JobQueue } from '../jobs/queue.ts'

export type NotificationRow = Selectable<Database['notifications']>

/** How long a notification is tried: a day later it is no news. */
const RETRY_MS = 24 * 3_600_000
/** Overdue for longer than a job may take: its job was lost. */
const LOST_MS = 5 * 60_000
const LOST_MAX = 100

/** The transaction of the change that is reported, and the queue that enqueues jobs in it. */
interface UnitOfWork {
  readonly trx: Trx
  readonly jobs: JobQueue
}

/** Writes a notification and enqueues the job that sends it. */
export async function writeNotification(
  { trx, jobs }: UnitOfWork,
  channel: string,
  facts: NotificationFacts,
): Promise<void> {
  const { id } = await trx
    .insertInto('notifications')
    .values({
      channel,
      kind: facts.kind,
      facts: JSON.stringify(facts),
      state: 'waiting',
      retry_until: timeIn(RETRY_MS),
      next_try_at: currentTime,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  await enqueue({ trx, jobs }, id, 0)
}

/** Records the test of a channel, which is not tried again. Returns its row. */
export async function recordTest(
  db: Db,
  channel: string,
  facts: NotificationFacts,
  sent: Sent,
): Promise<NotificationRow> {
  const outcome = sent.accepted
    ? ({ state: 'sent', sent_at: currentTime } as const)
    : ({ state: 'failed', failed_at: currentTime, failure: sent.reason } as const)
  return db
    .insertInto('notifications')
    .values({
      channel,
      kind: facts.kind,
      facts: JSON.stringify(facts),
      tries: 1,
      retry_until: currentTime,
      ...outcome,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** A notification that has to be sent, and PostgreSQL's time. Undefined: it was sent, or has failed. */
export async function findWaiting(
  db: Db,
  id: number,
): Promise<(NotificationRow & { readonly now: Date }) | undefined> {
  return db
    .selectFrom('notifications')
    .selectAll()
    .select(currentTime.as('now'))
    .where('id', '=', id)
    .where('state', '=', 'waiting')
    .executeTakeFirst()
}

/** Records that the channel accepted a notification. */
export async function recordSent(db: Db, id: number): Promise<void> {
  await db
    .updateTable('notifications')
    .set((eb) => ({ state: 'sent', sent_at: currentTime, next_try_at: null, tries: eb('tries', '+', 1) }))
    .where('id', '=', id)
    .where('state', '=', 'waiting')
    .execute()
}

/**
 * Records a try that failed, and enqueues the next one after the pause. Returns whether it was the
 * last: after the pause the time of the notification is over.
 */
export async function recordFailure(
  { trx, jobs }: UnitOfWork,
  id: number,
  failure: string,
  pauseMs: number,
): Promise<boolean> {
  const isOver = sql<boolean>`retry_until < ${timeIn(pauseMs)}`
  const recorded = await trx
    .updateTable('notifications')
    .set((eb) => ({
      state: sql<'waiting' | 'failed'>`case when ${isOver} then 'failed' else 'waiting' end`,
      next_try_at: sql<Date | null>`case when ${isOver} then null else ${timeIn(pauseMs)} end`,
      tries: eb('tries', '+', 1),
      failed_at: currentTime,
      failure,
    }))
    .where('id', '=', id)
    .where('state', '=', 'waiting')
    .returning(['state', 'tries'])
    .executeTakeFirst()
  if (recorded?.state === 'waiting') await enqueue({ trx, jobs }, id, recorded.tries, pauseMs)
  return recorded?.state === 'failed'
}

/** Enqueues the notifications whose job was lost. */
export async function enqueueLost({ trx, jobs }: UnitOfWork): Promise<void> {
  const lost = await trx
    .selectFrom('notifications')
    .select(['id', 'tries'])
    .where('state', '=', 'waiting')
    .where('next_try_at', '<', timeAgo(LOST_MS))
    .orderBy('next_try_at')
    .limit(LOST_MAX)
    .execute()
  for (const { id, tries } of lost) await enqueue({ trx, jobs }, id, tries)
}

/** No second job of a notification waits. `tries`: how often it was tried before. */
async function enqueue({ trx, jobs }: UnitOfWork, id: number, tries: number, pauseMs = 0): Promise<void> {
  await jobs.send(trx, 'send-notification', { notificationId: id, tries }, pauseMs, String(id))
}
