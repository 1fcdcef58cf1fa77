import {
  type AttentionItem,
  type AttentionKind,
  attentionKinds,
  type AttentionList,
  type AttentionQuery,
} from '@tael/contracts'
import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../db/database.ts'
import { type ItemRow, kinds } from './kinds.ts'

const PAGE_SIZE = 50

/** An item of the list, and how many it stands for. */
interface ListedRow extends ItemRow {
  readonly kind: AttentionKind
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
  return {
    items: page.map(toItem),
    next: rows.length > limit && last !== undefined ? cursorOf(last) : null,
    counts: await countAttention(db),
  }
}

/** The items of every kind, each with its kind and how grave that is: 0 is the gravest. */
export function everyItem(db: Db): RawBuilder<unknown> {
  const selects = attentionKinds.map(
    (kind, gravity) => sql`
      select ${kind}::text as kind, ${gravity}::int as gravity, subject, payment_id, shopper_id,
        date_trunc('milliseconds', since) as since, detail, value, currency
      from (${kinds[kind].items(db)}) as one (subject, payment_id, shopper_id, since, detail, value, currency)`,
  )
  return sql.join(selects, sql` union all `)
}

/** How many items of each kind there are. */
export async function countAttention(db: Db): Promise<AttentionList['counts']> {
  const { rows } = await sql<{ kind: AttentionKind; count: number }>`
    select kind, count(*)::int as count from (${everyItem(db)}) as item group by kind`.execute(db)
  const found = new Map(rows.map(({ kind, count }) => [kind, count]))
  const count = (kind: AttentionKind): number => found.get(kind) ?? 0
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

function toItem(row: ListedRow): AttentionItem {
  return {
    kind: row.kind,
    subject: row.subject,
    paymentId: row.payment_id,
    shopperId: row.shopper_id,
    since: row.since.toISOString(),
    reason: kinds[row.kind].reason(row),
    others: row.others,
  }
}
