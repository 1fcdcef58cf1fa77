import type { Overview } from '@tael/contracts'
import { type RawBuilder, sql } from 'kysely'
import { isUnhandled } from '../attention/handled.ts'
import { timeAgo } from '../db/clock.ts'
import type { Trx } from '../db/database.ts'
import { undecidedStatuses } from '../ledger/transition.ts'
import { toPaymentSummary } from '../records/list.ts'

/** Adyen reports the outcome of a payment sooner than this, as a rule. */
const STUCK_MS = 10 * 60_000
const STUCK_MAX = 10
/** The lag is that of so many items. */
const ITEMS_MAX = 200

/** Written out, so that a prepared statement uses the index of these statuses. */
const isUndecided = sql<boolean>`status in (${sql.join(undecidedStatuses.map((status) => sql.lit(status)))})`

/** Payments without an outcome for too long: how many, and the oldest. */
export async function findStuckPayments(trx: Trx): Promise<Overview['stuck']> {
  const stuck = trx.selectFrom('payments').where(isUndecided).where('created_at', '<', timeAgo(STUCK_MS))
  const { count } = await stuck
    .select((eb) => eb.cast<number>(eb.fn.countAll(), 'integer').as('count'))
    .executeTakeFirstOrThrow()
  const oldest = await stuck.selectAll().orderBy('created_at').limit(STUCK_MAX).execute()
  return { count, payments: oldest.map(toPaymentSummary) }
}

interface Oldest {
  readonly unknown_payment: Date | null
  readonly unapplied_webhook: Date | null
  readonly newest_webhook: Date | null
}

/** When the oldest of what waits began, and the newest webhook item arrived. */
export async function findOldest(trx: Trx): Promise<Oldest> {
  const { rows } = await sql<Oldest>`
    select (select min(created_at) from payments where ${isUndecided}) as unknown_payment, (
        select received_at from webhook_items
        where state = 'attention' and ${isUnhandled('webhook', 'webhook_items.id', 'received_at')}
        order by id limit 1
      ) as unapplied_webhook,
      (select received_at from webhook_items order by id desc limit 1) as newest_webhook`.execute(trx)
  const [found] = rows
  if (found === undefined) throw new Error('A select without a table has one row.')
  return found
}

interface LagRow {
  readonly delivery: Overview['webhooks']['deliveryMs']
  readonly apply: Overview['webhooks']['applyMs']
}

/** How long the newest applied webhook items took. */
export async function measureWebhooks(trx: Trx): Promise<LagRow> {
  const { rows } = await sql<LagRow>`
    with newest as (
      select id, event_date, received_at from webhook_items where state = 'applied' order by id desc limit ${ITEMS_MAX}
    ), lag as (
      select ${msBetween('event_date', 'received_at')} as delivery,
        ${msBetween('received_at', 'payment_events.at')} as apply
      from newest left join payment_events on webhook_id = newest.id
    )
    select ${summaryOf('delivery')} as delivery, ${summaryOf('apply')} as apply from lag`.execute(trx)
  const [found] = rows
  if (found === undefined) throw new Error('An aggregate has one row.')
  return found
}

/** Not below 0, where Adyen's clock is ahead of ours. */
function msBetween(from: string, to: string): RawBuilder<number> {
  return sql`greatest(0, round(extract(epoch from ${sql.ref(to)} - ${sql.ref(from)}) * 1000))::int`
}

function summaryOf(column: string): RawBuilder<unknown> {
  const ms = sql.ref(column)
  return sql`case when count(${ms}) > 0 then jsonb_build_object(
    'median', percentile_disc(0.5) within group (order by ${ms}), 'max', max(${ms})) end`
}
