import type {
  DifferenceKind,
  Settlement,
  SettlementDifference,
  SettlementQuery,
  SettlementRecord,
  SettlementsQuery,
  SettlementSummaries,
  SettlementSummary,
} from '@tael/contracts'
import { sql } from 'kysely'
import { toAmount } from '../db/amount.ts'
import type { Db, Trx } from '../db/database.ts'
import { cutPage, isBefore } from '../db/pages.ts'

const PAGE_SIZE = 50

/** A page of kept results, newest first. */
export async function listSettlements(
  db: Db,
  { before, limit = PAGE_SIZE }: SettlementsQuery,
): Promise<SettlementSummaries> {
  const rows = await selectSummaries(db)
    .where(isBefore('settlements', before))
    .orderBy('settlements.created_at', 'desc')
    .orderBy('settlements.id', 'desc')
    .limit(limit + 1)
    .execute()
  const { page, next } = cutPage(rows, limit)
  return { settlements: page.map(toSummary), next }
}

/** A kept result. */
export async function findSettlement(db: Db | Trx, id: string): Promise<Settlement | undefined> {
  const row = await selectSummaries(db)
    .select('settlements.totals')
    .where('settlements.id', '=', id)
    .executeTakeFirst()
  return row && { ...toSummary(row), totals: row.totals }
}

/** A kept result with a page of its differences, in their order. */
export async function findSettlementRecord(
  db: Db,
  id: string,
  { show = 'all', after = 0, limit = PAGE_SIZE }: SettlementQuery,
): Promise<SettlementRecord | undefined> {
  const settlement = await findSettlement(db, id)
  if (settlement === undefined) return undefined
  const { previousId } = settlement
  const isGone = show === 'gone'
  // What is gone is in the result before, and has its numbers there.
  const [listed, compared] = isGone ? [previousId, id] : [id, previousId]
  if (listed === null) return { settlement, differences: [], next: null }
  const rows = await selectDifferences(db, listed, compared)
    .where('number', '>', after)
    .$if(show === 'open', (query) => query.where('handled_at', 'is', null))
    .$if(show === 'added' || isGone, (query) => query.where(isOnlyThere(compared)))
    .orderBy('number')
    .limit(limit + 1)
    .execute()
  const page = rows.slice(0, limit)
  return {
    settlement,
    differences: page.map((row) => toDifference(isGone ? { ...row, added: false } : row)),
    next: rows.length > limit ? (page.at(-1)?.number ?? null) : null,
  }
}

/** One difference of a kept result. */
export async function findDifference(
  trx: Trx,
  { id, previousId }: Pick<Settlement, 'id' | 'previousId'>,
  number: number,
): Promise<SettlementDifference | undefined> {
  const row = await selectDifferences(trx, id, previousId).where('number', '=', number).executeTakeFirst()
  return row && toDifference(row)
}

function selectSummaries(db: Db | Trx) {
  return db
    .selectFrom('settlements')
    .innerJoin('settlement_reports', 'settlement_reports.id', 'report_id')
    .leftJoin('settlements as later', 'later.previous_id', 'settlements.id')
    .select([
      'settlements.id',
      'settlements.merchant_account',
      'settlements.batch',
      'settlements.previous_id',
      'settlements.created_at',
      'settlements.actor',
      'settlements.payments_from',
      'settlements.payments_to',
      'settlements.refunds_from',
      'settlements.refunds_to',
      'settlements.differences',
      'settlements.added',
      'settlements.gone',
      'settlement_reports.name',
      'settlement_reports.sha256',
      'settlement_reports.bytes',
      'later.id as next_id',
      sql<number>`(
        select count(*)::int from settlement_handled as handled
        join settlement_differences as one using (identity)
        where handled.series = settlements.series and one.settlement_id = settlements.id
      )`.as('handled'),
    ])
}

type SummaryRow = Awaited<ReturnType<ReturnType<typeof selectSummaries>['execute']>>[number]

function toSummary(row: SummaryRow): SettlementSummary {
  return {
    id: row.id,
    report: { name: row.name, batch: row.batch, sha256: row.sha256.toString('hex'), bytes: row.bytes },
    merchantAccount: row.merchant_account,
    comparedAt: row.created_at.toISOString(),
    comparedBy: row.actor,
    payments: toPeriod(row.payments_from, row.payments_to),
    refunds: toPeriod(row.refunds_from, row.refunds_to),
    differences: row.differences,
    open: row.differences - row.handled,
    previousId: row.previous_id,
    added: row.added,
    gone: row.gone,
    nextId: row.next_id,
  }
}

function toPeriod(from: Date | null, to: Date | null): SettlementSummary['payments'] {
  return from === null || to === null ? null : { from: from.toISOString(), to: to.toISOString() }
}

/** The differences of a result, each with whether `comparedId`, another result of its series, lacks it. */
function selectDifferences(db: Db | Trx, id: string, comparedId: string | null) {
  return db
    .selectFrom('settlement_differences')
    .innerJoin('settlements', 'settlements.id', 'settlement_id')
    .leftJoin('settlement_handled', (join) =>
      join
        .onRef('settlement_handled.series', '=', 'settlements.series')
        .onRef('settlement_handled.identity', '=', 'settlement_differences.identity'),
    )
    .select([
      'number',
      'kind',
      'text',
      'line',
      'type',
      'psp_reference',
      'reported_currency',
      'reported_decimal',
      'our_currency',
      'our_value',
      'order_id',
      'payment_id',
      'refund_id',
      'handled_at',
      'settlement_handled.actor as handled_by',
      'note',
      isOnlyThere(comparedId).as('added'),
    ])
    .where('settlement_id', '=', id)
}

/** Whether the other result lacks a difference; false without another. */
function isOnlyThere(comparedId: string | null) {
  if (comparedId === null) return sql<boolean>`false`
  return sql<boolean>`not exists (
    select from settlement_differences as other
    where other.settlement_id = ${comparedId} and other.identity = settlement_differences.identity
  )`
}

interface DifferenceRow {
  readonly number: number
  readonly kind: DifferenceKind
  readonly text: string
  readonly line: number | null
  readonly type: string | null
  readonly psp_reference: string | null
  readonly reported_currency: string | null
  readonly reported_decimal: string | null
  readonly our_currency: string | null
  readonly our_value: number | null
  readonly order_id: string | null
  readonly payment_id: string | null
  readonly refund_id: string | null
  readonly handled_at: Date | null
  readonly handled_by: string | null
  readonly note: string | null
  readonly added: boolean
}

function toDifference(row: DifferenceRow): SettlementDifference {
  const { reported_currency: currency, reported_decimal: decimal, our_currency, our_value } = row
  const { handled_at: at, handled_by: by, note } = row
  return {
    number: row.number,
    kind: row.kind,
    text: row.text,
    line: row.line,
    type: row.type,
    pspReference: row.psp_reference,
    reported: currency === null || decimal === null ? null : { currency, decimal },
    ours:
      our_currency === null || our_value === null
        ? null
        : toAmount({ currency: our_currency, value: our_value }),
    orderId: row.order_id,
    paymentId: row.payment_id,
    refundId: row.refund_id,
    added: row.added,
    handled: at === null || by === null || note === null ? null : { at: at.toISOString(), by, note },
  }
}
