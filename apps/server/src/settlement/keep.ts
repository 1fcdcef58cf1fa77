import { createHash } from 'node:crypto'
import { Currency, type SettlementTotals } from '@tael/contracts'
import { Check } from '@sinclair/typebox/value'
import { sql } from 'kysely'
import { type OperatorAction, recordAction } from '../audit/record-action.ts'
import type { Db, Trx } from '../db/database.ts'
import { newId } from '../db/ids.ts'
import { inSnapshot, inTransaction } from '../db/transaction.ts'
import { plainText } from '../external-text.ts'
import { type Comparison, compareReports, type Tally } from './compare.ts'
import { decimalText, describeDifference } from './format.ts'
import { toMinorUnits } from './decimal.ts'
import type { Difference } from './match.ts'
import { type ReceivedReport, sourceOf } from './receive-report.ts'

/** Who keeps a result. */
export type KeptBy = Pick<OperatorAction, 'actor' | 'requestId'>

/** The period whose payments and refunds must be in a report; without it, that of its lines. */
export interface WantedPeriod {
  readonly from: Date | undefined
  readonly to: Date | undefined
}

/** What is compared, and for which merchant account. */
interface ReportToKeep {
  readonly merchantAccount: string
  readonly report: ReceivedReport
  readonly period: WantedPeriod
}

/**
 * Compares a report with our records and keeps both, with the audit, in one transaction. Returns the id of
 * the result. The same file has one report: it leads to the newest result of it, and nothing is compared. Throws a
 * ReportError where the report cannot be read.
 */
export async function keepSettlement(db: Db, by: KeptBy, kept: ReportToKeep): Promise<string> {
  const before = await findNewestOf(db, kept)
  if (before !== undefined) return before
  const comparison = await compare(db, kept)
  return inTransaction(db, async (trx) => {
    const reportId = await insertReport(trx, kept.report)
    // Another upload of the same file waits for this row, and then finds the result of this one.
    const meanwhile = await findNewestOf(trx, kept)
    if (meanwhile !== undefined) return meanwhile
    return insertSettlement(trx, by, { ...kept, reportId, comparison, id: newId('stl') })
  })
}

/**
 * Compares a kept report with today's records, and keeps that result too. The period is that of the earlier
 * result unless another is given. `claim` runs in the transaction that keeps the new id and returns the id to use, so that
 * a repeated request leads to the result of the first. Undefined: there is no such result.
 */
export async function compareAgain(
  db: Db,
  by: KeptBy,
  settlementId: string,
  period: WantedPeriod,
  claim: (trx: Trx, id: string) => Promise<string>,
): Promise<string | undefined> {
  const earlier = await db
    .selectFrom('settlements')
    .innerJoin('settlement_reports', 'settlement_reports.id', 'report_id')
    .select([
      'report_id',
      'merchant_account',
      'wanted_from',
      'wanted_to',
      'name',
      'sha256',
      'bytes',
      'content',
    ])
    .where('settlements.id', '=', settlementId)
    .executeTakeFirst()
  if (earlier === undefined) return undefined
  const {
    report_id: reportId,
    merchant_account: merchantAccount,
    wanted_from,
    wanted_to,
    ...report
  } = earlier
  const wanted = { from: period.from ?? wanted_from ?? undefined, to: period.to ?? wanted_to ?? undefined }
  const kept = { merchantAccount, report, period: wanted }
  const comparison = await compare(db, kept)
  const id = newId('stl')
  return inTransaction(db, async (trx) => {
    const claimed = await claim(trx, id)
    return claimed === id ? insertSettlement(trx, by, { ...kept, reportId, comparison, id }) : claimed
  })
}

function compare(db: Db, { merchantAccount, report, period }: ReportToKeep): Promise<Comparison> {
  return inSnapshot(db, (trx) =>
    compareReports(trx, { reports: [sourceOf(report)], merchantAccount, ...period }),
  )
}

/** The newest result of this file for this merchant account. */
async function findNewestOf(
  db: Db | Trx,
  { merchantAccount, report }: ReportToKeep,
): Promise<string | undefined> {
  const found = await db
    .selectFrom('settlements')
    .innerJoin('settlement_reports', 'settlement_reports.id', 'report_id')
    .select('settlements.id')
    .where('sha256', '=', report.sha256)
    .where('merchant_account', '=', merchantAccount)
    .orderBy('settlements.created_at', 'desc')
    .orderBy('settlements.id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return found?.id
}

async function insertReport(trx: Trx, { name, sha256, bytes, content }: ReceivedReport): Promise<string> {
  const { id } = await trx
    .insertInto('settlement_reports')
    .values({ id: newId('rep'), sha256, name, bytes, content })
    // Locks the row of an earlier one.
    .onConflict((conflict) => conflict.column('sha256').doUpdateSet({ sha256 }))
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

interface ResultToKeep extends ReportToKeep {
  readonly id: string
  readonly reportId: string
  readonly comparison: Comparison
}

/** Inserts a result as the newest of its series, with its differences and the audit. */
async function insertSettlement(trx: Trx, by: KeptBy, result: ResultToKeep): Promise<string> {
  const { id, merchantAccount, reportId, period, comparison } = result
  const batch = [...comparison.batches]
    .map((one) => plainText(one))
    .toSorted()
    .join(', ')
  const series = batch === '' ? reportId : `${merchantAccount} ${batch}`
  // Two results of one series come one after the other.
  await sql`select pg_advisory_xact_lock(hashtextextended(${series}, 23))`.execute(trx)
  const previous = await findNewestOfSeries(trx, series)
  const { paymentPeriod, refundPeriod, differences } = comparison
  await trx
    .insertInto('settlements')
    .values({
      id,
      report_id: reportId,
      merchant_account: merchantAccount,
      batch: batch === '' ? null : batch,
      series,
      previous_id: previous ?? null,
      actor: by.actor,
      wanted_from: period.from ?? null,
      wanted_to: period.to ?? null,
      payments_from: paymentPeriod?.from ?? null,
      payments_to: paymentPeriod?.to ?? null,
      refunds_from: refundPeriod?.from ?? null,
      refunds_to: refundPeriod?.to ?? null,
      totals: JSON.stringify(totalsOf(comparison)),
      differences: differences.length,
      added: null,
      gone: null,
    })
    .execute()
  await insertDifferences(trx, id, differences)
  if (previous !== undefined) await countChanges(trx, id, previous)
  const detail = { report: result.report.name, batch, differences: differences.length }
  await recordAction(trx, { ...by, action: 'settlement.keep', subject: id, detail })
  return id
}

async function findNewestOfSeries(trx: Trx, series: string): Promise<string | undefined> {
  const found = await trx
    .selectFrom('settlements')
    .select('id')
    .where('series', '=', series)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('settlements as later')
            .select('later.id')
            .whereRef('later.previous_id', '=', 'settlements.id'),
        ),
      ),
    )
    .executeTakeFirst()
  return found?.id
}

/** How many differences are inserted in one statement. */
const BATCH_SIZE = 1_000

async function insertDifferences(
  trx: Trx,
  settlementId: string,
  differences: readonly Difference[],
): Promise<void> {
  const identify = newIdentities()
  for (let start = 0; start < differences.length; start += BATCH_SIZE) {
    const rows = differences.slice(start, start + BATCH_SIZE).map((difference, index) => ({
      settlement_id: settlementId,
      number: start + index + 1,
      identity: identify(difference),
      ...columnsOf(difference),
    }))
    await trx.insertInto('settlement_differences').values(rows).execute()
  }
}

function columnsOf(difference: Difference) {
  const { kind, line, ours } = difference
  const money = line === undefined ? undefined : line.gross.amount === 0n ? line.net : line.gross
  const isRefund = ours !== undefined && 'paymentId' in ours
  return {
    kind,
    text: plainText(describeDifference(difference)),
    line: line?.line ?? null,
    type: line === undefined ? null : plainText(line.type),
    psp_reference: line === undefined ? (ours?.pspReference ?? null) : plainText(line.pspReference),
    reported_currency: money?.currency ?? null,
    reported_decimal: money === undefined ? null : decimalText(money),
    our_currency: ours?.amount.currency ?? null,
    our_value: ours?.amount.value ?? null,
    order_id: ours?.orderId ?? null,
    payment_id: ours === undefined ? null : isRefund ? ours.paymentId : ours.id,
    refund_id: isRefund ? ours.id : null,
  }
}

/**
 * What identifies a difference in every result of a series: its kind, the references and amount of its line, and our
 * record; and where several are alike, their order.
 */
function newIdentities(): (difference: Difference) => Buffer {
  const alike = new Map<string, number>()
  return ({ kind, line, ours }) => {
    const ofLine =
      line === undefined
        ? []
        : [
            line.type,
            line.pspReference,
            line.merchantReference,
            line.modificationReference,
            line.gross.currency,
            String(line.gross.amount),
            String(line.net.amount),
          ]
    const key = JSON.stringify([kind, ofLine, ours?.id ?? ''])
    const number = alike.get(key) ?? 0
    alike.set(key, number + 1)
    return createHash('sha256').update(`${number} ${key}`).digest()
  }
}

/** Records how many differences are new since the result before, and how many are gone. */
async function countChanges(trx: Trx, id: string, previousId: string): Promise<void> {
  await trx
    .updateTable('settlements')
    .set({ added: countOnlyIn(id, previousId), gone: countOnlyIn(previousId, id) })
    .where('id', '=', id)
    .execute()
}

/** How many differences of one result another does not have. */
function countOnlyIn(one: string, other: string) {
  return sql<number>`(
    select count(*)::int from settlement_differences as one where settlement_id = ${one} and not exists (
      select from settlement_differences as other
      where other.settlement_id = ${other} and other.identity = one.identity
    )
  )`
}

function totalsOf(found: Comparison): SettlementTotals {
  return {
    settled: ourTally(found.settled),
    refunded: ourTally(found.refunded),
    foreign: reportTally(found.foreign),
    overhead: [...found.overhead].map(([type, tally]) => ({ type: plainText(type), ...reportTally(tally) })),
    otherAccountLines: found.otherAccountLines,
    unknownTimeZones: [...found.unknownTimeZones].map((zone) => plainText(zone)),
  }
}

/** Of lines that agree with our records, whose amounts are whole and of a currency of ours. */
function ourTally({ lines, sums }: Tally): SettlementTotals['settled'] {
  return {
    lines,
    sums: [...sums].flatMap(([currency, amount]) =>
      Check(Currency, currency)
        ? [{ currency, value: toMinorUnits(amount < 0n ? -amount : amount, currency) }]
        : [],
    ),
  }
}

function reportTally({ lines, sums }: Tally): SettlementTotals['foreign'] {
  const decimals = [...sums].map(([currency, amount]) => ({
    currency,
    decimal: decimalText({ currency, amount }),
  }))
  return { lines, sums: decimals }
}
