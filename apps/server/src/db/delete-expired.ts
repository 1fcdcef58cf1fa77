import { type RawBuilder, sql } from 'kysely'
import type { Retention } from '../config.ts'
import type { Db } from './database.ts'

/** How many rows one statement deletes, so that none takes long. */
const SLICE_SIZE = 10_000

/**
 * Expired sessions, drained levels of requests, and old idempotency keys of shoppers. Operators' keys
 * are kept, because they guard refunds. Resolved items are kept for longer than the longest quiet time
 * of config/notifications.ts.
 */
const expired = (retention: Pick<Retention, 'idempotency_keys' | 'notifications'>) => ({
  sessions: sql`expires_at < now()`,
  console_sessions: sql`ends_at < now()`,
  sign_in_links: sql`expires_at < now()`,
  request_levels: sql`at < now() - interval '1 hour'`,
  idempotency_keys: sql`caller_id like 'sh\\_%' and created_at < now() - make_interval(days => ${retention.idempotency_keys}::int)`,
  notifications: sql`state <> 'waiting' and created_at < now() - make_interval(days => ${retention.notifications}::int)`,
  watched_items: sql`resolved_at < now() - interval '8 days'`,
  call_counts: sql`minute < now() - interval '1 day'`,
})

/**
 * Deletes the rows that have expired, table by table. Rejects after the last table if one failed.
 */
export async function deleteExpired(db: Db, retention: Retention): Promise<void> {
  const failures: unknown[] = []
  for (const [table, condition] of Object.entries(expired(retention))) {
    await deleteInSlices(db, table, condition).catch((error: unknown) => failures.push(error))
  }
  if (failures.length > 0) throw new AggregateError(failures, 'Expired rows could not be deleted.')
}

async function deleteInSlices(db: Db, table: string, condition: RawBuilder<unknown>): Promise<void> {
  const deleteSlice = sql`
    delete from ${sql.table(table)} where ctid = any(array(
      select ctid from ${sql.table(table)} where ${condition} limit ${SLICE_SIZE}
    ))`
  let deleted: bigint | undefined
  do deleted = (await deleteSlice.execute(db)).numAffectedRows
  while (deleted === BigInt(SLICE_SIZE))
}
