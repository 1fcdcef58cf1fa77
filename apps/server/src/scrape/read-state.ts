import {
  type AttentionKind,
  type PaymentStatus,
  type RefundStatus,
  severities,
  type Severity,
} from '@tael/contracts'
import { type RawBuilder, sql } from 'kysely'
import { countItemsUpTo } from '../attention/list.ts'
import { isUnhandled } from '../attention/handled.ts'
import type { Db } from '../db/database.ts'
import { isWritable } from '../http/health.ts'
import { countWaitingJobs, type CountedJobs } from '../jobs/waiting.ts'
import { openStatuses, undecidedStatuses } from '../ledger/transition.ts'

/** Nothing is counted beyond: a number that is this high may be higher. */
const COUNT_MAX = 10_000

const openRefunds = ['requested', 'received'] as const satisfies readonly RefundStatus[]

/** What the database says of the shop. Every server says the same. */
export interface State {
  readonly isWritable: boolean
  readonly payments: ReadonlyMap<PaymentStatus, number>
  readonly refunds: ReadonlyMap<RefundStatus, number>
  /** Ages in seconds, by PostgreSQL's clock; 0 where there is none. */
  readonly oldestUnknownPayment: number
  readonly oldestUnappliedWebhook: number
  readonly jobs: readonly CountedJobs[]
  readonly attention: readonly {
    readonly kind: AttentionKind
    readonly severity: Severity
    readonly count: number
  }[]
}

/** Reads it in four statements, each of which looks up an index and counts to `COUNT_MAX` at most. */
export async function readState(db: Db): Promise<State> {
  const writable = await isWritable(db)
  const open = await countOpen(db)
  const attention = await countItemsUpTo(db, COUNT_MAX)
  return {
    isWritable: writable,
    payments: new Map(openStatuses.map((status) => [status, open[status] ?? 0])),
    refunds: new Map(openRefunds.map((status) => [status, open[status]])),
    oldestUnknownPayment: open.unknown_payment,
    oldestUnappliedWebhook: open.unapplied_webhook,
    jobs: await countWaitingJobs(db, COUNT_MAX),
    attention: attention.map(({ kind, count }) => ({ kind, severity: severities[kind], count })),
  }
}

type OpenRow = Record<(typeof openRefunds)[number] | 'unknown_payment' | 'unapplied_webhook', number> &
  Partial<Record<PaymentStatus, number>>

/** The payments and refunds without an outcome, and how long the oldest of what waits has been waiting. */
async function countOpen(db: Db): Promise<OpenRow> {
  const payments = openStatuses.map((status) => sql`${countUpTo('payments', status)} as ${sql.ref(status)}`)
  const refunds = openRefunds.map((status) => sql`${countUpTo('refunds', status)} as ${sql.ref(status)}`)
  const { rows } = await sql<OpenRow>`
    select ${sql.join([...payments, ...refunds])},
      ${secondsSince(sql`least(${sql.join(undecidedStatuses.map(oldestPayment))})`)} as unknown_payment,
      ${secondsSince(sql`(
        select received_at from webhook_items
        where state = 'attention' and ${isUnhandled('webhook', 'webhook_items.id', 'received_at')}
        order by id limit 1
      )`)} as unapplied_webhook`.execute(db)
  const [row] = rows
  if (row === undefined) throw new Error('A select without a table has one row.')
  return row
}

// Statuses are written out, so that PostgreSQL knows how few rows have them, and reads those alone.
function countUpTo(table: 'payments' | 'refunds', status: PaymentStatus | RefundStatus): RawBuilder<number> {
  return sql`(
    select count(*)::int from (
      select from ${sql.table(table)} where status = ${sql.lit(status)} limit ${sql.lit(COUNT_MAX)}
    ) as one
  )`
}

function oldestPayment(status: PaymentStatus): RawBuilder<Date> {
  return sql`(select created_at from payments where status = ${sql.lit(status)} order by created_at limit 1)`
}

function secondsSince(moment: RawBuilder<unknown>): RawBuilder<number> {
  return sql`coalesce(greatest(0, extract(epoch from now() - ${moment})), 0)::float8`
}
