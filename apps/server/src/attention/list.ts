import {
  type AttentionItem,
  type AttentionKind,
  attentionKinds,
  type AttentionList,
  type AttentionQuery,
} from '@tael/contracts'
import { type RawBuilder, sql } from 'kysely'
import { asAmount } from '../db/amount.ts'
import type { Db } from '../db/database.ts'
import { eventCodesOf, itemColumns, type ItemRow, kinds } from './kinds.ts'
import { keyOf, readWork, type Work } from './work.ts'

const PAGE_SIZE = 50

/** An item of the list, and how many it stands for. */
interface ListedRow extends ItemRow {
  readonly kind: AttentionKind
  readonly due_at: Date
  readonly others: number
}

/**
 * A page of what operators must look at and have not handled since it last changed, gravest first,
 * and how many items of each kind there are. So that no shopper can hide what others need, the
 * items of one kind and shopper are listed as one, the oldest; those of one `shopperId` are listed
 * each.
 */
export async function listAttention(
  db: Db,
  { kind, shopperId, after, limit = PAGE_SIZE }: AttentionQuery,
): Promise<AttentionList> {
  const group = shopperId === undefined ? sql`coalesce(shopper_id, subject)` : sql`subject`
  const { rows } = await sql<ListedRow>`
    with item as (${everyItem(db)}), listed as (
      select *,
        row_number() over (partition by kind, ${group} order by since, subject) as place,
        (count(*) over (partition by kind, ${group}))::int - 1 as others
      from item
      where ${kind === undefined ? sql`true` : sql`kind = ${kind}`}
        and ${shopperId === undefined ? sql`true` : sql`shopper_id = ${shopperId}`}
    )
    select * from listed where place = 1 and ${isAfter(after)}
    order by gravity, since, subject limit ${limit + 1}`.execute(db)
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  const work = await readWork(db, page)
  return {
    items: page.map((row) => toItem(row, work)),
    next: rows.length > limit && last !== undefined ? cursorOf(last) : null,
    ...(await countAttention(db)),
  }
}

/** The items of every kind, each with its kind and how grave that is: 0 is the gravest. */
export function everyItem(db: Db): RawBuilder<unknown> {
  const selects = attentionKinds.map(
    (kind, gravity) => sql`
      select ${kind}::text as kind, ${gravity}::int as gravity, subject, payment_id, order_id, shopper_id,
        date_trunc('milliseconds', since) as since, detail, value, currency,
        date_trunc('milliseconds', since) + make_interval(hours => ${kinds[kind].dueAfterHours}::int) as due_at
      from (${kinds[kind].items(db)}) as one (${itemColumns})`,
  )
  return sql.join(selects, sql` union all `)
}

interface Counts {
  readonly kind: AttentionKind
  readonly count: number
  readonly overdue: number
}

/** How many items of each kind there are, and how many should have been handled before now. */
export async function countAttention(db: Db): Promise<Pick<AttentionList, 'counts' | 'overdue'>> {
  const { rows } = await sql<Counts>`
    select kind, count(*)::int as count, (count(*) filter (where due_at <= now()))::int as overdue
    from (${everyItem(db)}) as item group by kind`.execute(db)
  return {
    counts: byKind((kind) => rows.find((row) => row.kind === kind)?.count ?? 0),
    overdue: byKind((kind) => rows.find((row) => row.kind === kind)?.overdue ?? 0),
  }
}

/** How many items of each kind there are; none is counted beyond `max`. */
export async function countItemsUpTo(
  db: Db,
  max: number,
): Promise<readonly { readonly kind: AttentionKind; readonly count: number }[]> {
  const counts = attentionKinds.map(
    (kind) => sql`
      select ${kind}::text as kind, count(*)::int as count
      from (select from (${kinds[kind].items(db)}) as item limit ${max}) as one`,
  )
  const { rows } = await sql<{ kind: AttentionKind; count: number }>`
    ${sql.join(counts, sql` union all `)}`.execute(db)
  return rows
}

function byKind(count: (kind: AttentionKind) => number): AttentionList['counts'] {
  return {
    refund_failed: count('refund_failed'),
    payment_reversed: count('payment_reversed'),
    settlement_difference: count('settlement_difference'),
    webhook: count('webhook'),
    event_undelivered: count('event_undelivered'),
    payment_unknown: count('payment_unknown'),
    refund_unsent: count('refund_unsent'),
    refund_unconfirmed: count('refund_unconfirmed'),
    shipping_failed: count('shipping_failed'),
    refund_proposed: count('refund_proposed'),
    refund_requested: count('refund_requested'),
  }
}

/** A cursor of the form that the contract checks: the kind, milliseconds, the subject. */
function cursorOf({ kind, since, subject }: ListedRow): string {
  return `${kind}~${since.getTime()}~${subject}`
}

function isAfter(cursor: string | undefined): RawBuilder<boolean> {
  if (cursor === undefined) return sql`true`
  const [kind, at, subject] = cursor.split('~')
  const gravity = attentionKinds.findIndex((one) => one === kind)
  return sql`(gravity, since, subject) > (${gravity}::int, ${new Date(Number(at))}::timestamptz, ${subject}::text)`
}

function toItem(row: ListedRow, { owners, notes }: Work): AttentionItem {
  const { kind, subject, currency, value } = row
  const key = keyOf(row)
  return {
    kind,
    subject,
    paymentId: row.payment_id,
    orderId: row.order_id,
    shopperId: row.shopper_id,
    since: row.since.toISOString(),
    dueAt: row.due_at.toISOString(),
    reason: kinds[kind].reason(row),
    amount: currency === null || value === null ? null : asAmount({ currency, value }),
    eventCodes: kind === 'payment_reversed' ? [...eventCodesOf(row)] : [],
    owner: owners.get(key) ?? null,
    notes: [...(notes.get(key) ?? [])],
    actions: kinds[kind].actions(row),
    others: row.others,
  }
}
