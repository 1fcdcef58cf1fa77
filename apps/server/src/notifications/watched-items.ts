import type { HealthKind, OpenItems, WatchedKind } from '@tael/contracts'
import { sql } from 'kysely'
import { everyItem } from '../attention/list.ts'
import { currentTime } from '../db/clock.ts'
import type { Trx } from '../db/database.ts'

/**
 * Records what is found now: every attention item, and these conditions. An item that is new, or
 * changed, opens; one that is found no more is resolved.
 */
export async function recordItems(trx: Trx, conditions: readonly HealthKind[]): Promise<void> {
  await sql`
    with found as (
      select distinct on (kind, subject) kind, subject, since, payment_id, currency,
        -- What went back already, not the amount that is requested.
        case when kind = 'refund_requested' then null else value end as value
      from (${everyItem(trx)}) as item
      union all
      select kind, '', null, null, null, null from unnest(${conditions}::text[]) as condition (kind)
    ), resolved as (
      update watched_items set resolved_at = ${currentTime}
      where resolved_at is null and not exists (
        select from found where found.kind = watched_items.kind and found.subject = watched_items.subject
      )
    )
    insert into watched_items as item (kind, subject, since, payment_id, currency, value)
    select kind, subject, since, payment_id, currency, value from found
    on conflict (kind, subject) do update set since = excluded.since, payment_id = excluded.payment_id,
      currency = excluded.currency, value = excluded.value, opened_at = ${currentTime}, resolved_at = null
    where item.resolved_at is not null or item.since < excluded.since`.execute(trx)
}

/** How many items of each kind are open, and since when the oldest. */
export async function countOpenItems(trx: Trx): Promise<readonly OpenItems[]> {
  const { rows } = await sql<{ kind: WatchedKind; count: number; since: Date }>`
    select kind, count(*)::int as count, min(coalesce(since, opened_at)) as since
    from watched_items where resolved_at is null group by kind order by kind`.execute(trx)
  return rows.map((row) => ({ ...row, since: row.since.toISOString() }))
}
