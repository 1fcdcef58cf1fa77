import { type RawBuilder, sql } from 'kysely'
import type { Retention } from '../config.ts'
import type { Context } from '../context.ts'
import type { Db } from '../db/database.ts'
import { forgetAddresses } from '../ledger/forget-addresses.ts'
import { inTransaction } from '../db/transaction.ts'
import { moveOpenids } from '../openids/move.ts'
import { ERASED } from '../openids/openids.ts'
import { announceStep } from '../steps.ts'
import { finishErasures } from './erase.ts'

/** How many rows one statement changes or deletes, so that none takes long. */
const SLICE_SIZE = 1_000
/** What is left after so long is left to the next run, which is tomorrow's. The job expires later. */
const RUN_MS_MAX = 20 * 60_000

/** Removes a slice of what is past its time. Returns how many rows; 0: none is left. */
type Slice = (db: Db) => Promise<number>

/** What is removed from each table after its time, by the names of RETENTION_DAYS. */
function slicesOf(retention: Retention, end: number): Readonly<Record<string, Slice>> {
  return {
    orders: (db) => forgetAddresses(db, retention.addresses),
    shoppers: forgetVisitors(retention.visitors, end),
    webhook_items: affecting(sql`
      update webhook_items set item = trim_webhook_item(item), trimmed_at = statement_timestamp()
      where id = any(array(
        select id from webhook_items
        where trimmed_at is null and state <> 'attention' and received_at < ${daysAgo(retention.webhook_details)}
        order by received_at limit ${SLICE_SIZE}
      ))`),
    attention_notes: affecting(sql`
      delete from attention_notes where id = any(array(
        select id from attention_notes where at < ${daysAgo(retention.notes)} limit ${SLICE_SIZE}
      ))`),
    refund_proposals: affecting(sql`
      delete from refund_proposals where refund_id = any(array(
        select refund_id from refund_proposals where expires_at < ${daysAgo(retention.proposals)} limit ${SLICE_SIZE}
      ))`),
    // By a function, because the role of a server may delete no action.
    operator_actions: async (db) => {
      const deleted = sql<{ count: number }>`
        select delete_actions(${daysAgo(retention.audit)}, ${SLICE_SIZE}::int) as count`
      return (await deleted.execute(db)).rows[0]?.count ?? 0
    },
  }
}

/** Erases who logged in long ago and neither ordered anything nor has a session: a later login makes another shopper. */
function forgetVisitors(days: number, end: number): Slice {
  let after = ''
  return async (db) => {
    for (;;) {
      const page = await forgetPage(db, days, after)
      after = page.last ?? after
      if (page.erased > 0) return page.erased
      if (page.examined < SLICE_SIZE || performance.now() >= end) return 0
    }
  }
}

async function forgetPage(db: Db, days: number, after: string) {
  const isVisitor = sql`openid_key is distinct from ${ERASED} and created_at < ${daysAgo(days)}
    and not exists (select from orders where shopper_id = shoppers.id)
    and not exists (select from sessions where shopper_id = shoppers.id)`
  return inTransaction(db, async (trx) => {
    const { rows } = await sql<{ last: string | null; examined: number; visitors: readonly string[] }>`
      with page as (select id from shoppers where id > ${after} order by id limit ${SLICE_SIZE})
      select max(id) as last, count(*)::int as examined,
        array(select id from shoppers where id in (select id from page) and ${isVisitor}) as visitors
      from page`.execute(trx)
    const { last, examined, visitors } = rows[0] ?? { last: null, examined: 0, visitors: [] }
    if (visitors.length === 0) return { last, examined, erased: 0 }
    // Whoever inserts an order or session of theirs waits, or was waited for and is seen by what follows.
    await sql`select from shoppers where id = any(${visitors}) order by id for update`.execute(trx)
    const { numAffectedRows = 0n } = await sql`
      update shoppers set openid = ${ERASED} || ':' || id, openid_sealed = null, openid_key = ${ERASED},
        erased_at = statement_timestamp()
      where id = any(${visitors}) and ${isVisitor}`.execute(trx)
    return { last, examined, erased: Number(numAffectedRows) }
  })
}

function daysAgo(days: number): RawBuilder<Date> {
  return sql`statement_timestamp() - make_interval(days => ${days}::int)`
}

function affecting(statement: RawBuilder<unknown>): Slice {
  return async (db) => Number((await statement.execute(db)).numAffectedRows ?? 0n)
}

/**
 * Removes personal data that is past its time, finishes erasures that processes left unfinished, and stores
 * openids as the configuration wants them. Each slice is a transaction of its own, so that whoever runs this
 * after a process died continues. Logs how many rows of which table; rejects after the last table if one failed.
 */
export async function applyRetention({
  db,
  openids,
  log,
  config: { retention },
}: Pick<Context, 'db' | 'openids' | 'log' | 'config'>): Promise<void> {
  const end = performance.now() + RUN_MS_MAX
  const removed: Record<string, number> = {}
  const failures: unknown[] = []
  for (const [table, slice] of Object.entries(slicesOf(retention, end))) {
    try {
      for (let count = await slice(db); count > 0; count = performance.now() < end ? await slice(db) : 0) {
        removed[table] = (removed[table] ?? 0) + count
        announceStep('retention slice')
      }
    } catch (error) {
      failures.push(error)
    }
  }
  if (Object.keys(removed).length > 0) log.info({ removed }, 'personal data past its time was removed')
  await finishErasures(db, { end, log }).catch((error: unknown) => failures.push(error))
  await moveOpenids(db, openids, { end, log }).catch((error: unknown) => failures.push(error))
  if (failures.length > 0) throw new AggregateError(failures, 'Personal data could not be removed.')
}
