import { healthKinds, type HealthKind } from '@tael/contracts'
import { sql } from 'kysely'
import { currentTime, timeAgo } from '../db/clock.ts'
import type { Db } from '../db/database.ts'
import type { CountedService } from '../db/tables.ts'
import { hasBacklog } from '../jobs/backlog.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

const BACKLOG_MS = 5 * MINUTE_MS

const CALLS_MS = 10 * MINUTE_MS
const FAILED_CALLS_MIN = 5
const FAILED_CALLS_SHARE = 0.2

const FAILED_REFUNDS_MIN = 3
const FAILED_REFUNDS_SHARE = 0.25

/** So many payments must have started in the silence, each long enough ago to have ended. */
const STARTED_MIN = 5
const STARTED_MS = 5 * MINUTE_MS
/** Of so many gaps between webhooks the 95th percentile is the usual one, which one long outage is not. */
const GAPS = 200
const SILENCE_PER_GAP = 3
const SILENCE_SECONDS_MIN = 15 * 60
const SILENCE_SECONDS_MAX = 12 * 3600

/** Whether each condition of the shop holds now, from what the database has. */
const conditions: Readonly<Record<HealthKind, (db: Db) => Promise<boolean>>> = {
  webhooks_silent: areWebhooksSilent,
  jobs_waiting: (db) => hasBacklog(db, BACKLOG_MS),
  adyen_failing: (db) => areCallsFailing(db, 'adyen'),
  wechat_failing: (db) => areCallsFailing(db, 'wechat'),
  refunds_failing: areRefundsFailing,
}

/** The conditions that hold now. */
export async function findConditions(db: Db): Promise<readonly HealthKind[]> {
  const found: HealthKind[] = []
  // One after the other: they may share a transaction.
  for (const kind of healthKinds) if (await conditions[kind](db)) found.push(kind)
  return found
}

/**
 * No AUTHORISATION for three times the usual gap, at least a quarter of an hour and at most half a
 * day, while Adyen accepted payments. Without any AUTHORISATION the silence has no beginning.
 */
async function areWebhooksSilent(db: Db): Promise<boolean> {
  return holds(
    db,
    sql`
    with latest as materialized (
      select received_at from webhook_items where event_code = 'AUTHORISATION'
      order by received_at desc limit ${GAPS + 1}
    ), gap as (
      select extract(epoch from received_at - lag(received_at) over (order by received_at)) as seconds from latest
    ), usual as (
      select coalesce(percentile_cont(0.95) within group (order by seconds), 0) as seconds from gap
    ), silence as (
      select coalesce(max(received_at), '-infinity') as since from latest
    ), started as (
      select from payments, silence
      where created_at > since and created_at < ${timeAgo(STARTED_MS)} and status not in ('starting', 'error')
      limit ${STARTED_MIN}
    )
    select (select count(*) from started) = ${STARTED_MIN} and since < ${currentTime} - make_interval(
      secs => least(greatest(${SILENCE_PER_GAP}::float8 * usual.seconds, ${SILENCE_SECONDS_MIN}), ${SILENCE_SECONDS_MAX})
    ) as holds
    from silence, usual`,
  )
}

/** At least five calls of the last ten minutes failed, and a fifth of all. */
async function areCallsFailing(db: Db, service: CountedService): Promise<boolean> {
  return holds(
    db,
    sql`
    select coalesce(sum(failed), 0) >= greatest(${FAILED_CALLS_MIN}, ${FAILED_CALLS_SHARE}::float8 * sum(made)) as holds
    from call_counts where service = ${service} and minute > ${timeAgo(CALLS_MS)}`,
  )
}

/** Of the refunds that ended in the last day at least three failed, and a quarter of all. */
async function areRefundsFailing(db: Db): Promise<boolean> {
  return holds(
    db,
    sql`
    select count(*) filter (where status = 'failed') >= greatest(${FAILED_REFUNDS_MIN}, ${FAILED_REFUNDS_SHARE}::float8 * count(*)) as holds
    from refunds where updated_at > ${timeAgo(DAY_MS)} and status in ('failed', 'refunded') and value > 0`,
  )
}

async function holds(db: Db, query: ReturnType<typeof sql>): Promise<boolean> {
  const { rows } = await sql<{ holds: boolean }>`${query}`.execute(db)
  return rows[0]?.holds === true
}
