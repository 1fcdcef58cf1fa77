import type { DifferenceKind } from '@tael/contracts'
import type { Trx } from '../db/database.ts'
import type { Decimal } from './decimal.ts'
import { journalOf } from './journal-types.ts'
import { type OurPayment, type OurRefund, type Difference, type Match, matchLine } from './match.ts'
import { isKnownTimeZone, type Period, spanOf, widen } from './period.ts'
import {
  type ReportAmount,
  ReportError,
  readReport,
  type ReportLine,
  type ReportSource,
} from './read-report.ts'
import { type Dated, findRecords, readAuthorisedPayments, readCompletedRefunds } from './store.ts'

/** The number of lines of a kind, and their sum in each currency. */
export interface Tally {
  lines: number
  readonly sums: Map<string, Decimal>
}

/** What to compare. */
export interface ComparisonRequest {
  readonly reports: readonly ReportSource[]
  readonly merchantAccount: string
  /**
   * The period whose payments and refunds are expected; a missing end is taken from the reports.
   */
  readonly from: Date | undefined
  readonly to: Date | undefined
}

/** The result of comparing reports with our records. */
export interface Comparison {
  /** The names of the reports. */
  readonly files: readonly string[]
  readonly merchantAccount: string
  /** The batch numbers of the merchant account's lines. */
  readonly batches: ReadonlySet<string>
  /** Lines on which report and records agree. */
  readonly settled: Tally
  readonly refunded: Tally
  /** Lines of other systems on the merchant account. */
  readonly foreign: Tally
  /** Lines that are not about a single payment, by type. */
  readonly overhead: ReadonlyMap<string, Tally>
  readonly otherAccountLines: number
  /**
   * The period of the payments and refunds expected in the reports; undefined: none were expected.
   */
  readonly paymentPeriod: Period | undefined
  readonly refundPeriod: Period | undefined
  readonly unknownTimeZones: ReadonlySet<string>
  /** In the order of the reports; then what is missing there, by id. */
  readonly differences: readonly Difference[]
}

/** How many lines are looked up in one statement. */
const BATCH_SIZE = 1_000

/**
 * Compares reports with our records. Throws a ReportError where one cannot be read. The reports are read line by line; of each payment and refund
 * found only its id is kept, to detect duplicates and what is missing.
 */
export async function compareReports(trx: Trx, request: ComparisonRequest): Promise<Comparison> {
  const state = newState()
  const files = request.reports.map(({ name }) => name)
  for (const report of request.reports) {
    for await (const lines of inBatches(readReport(report))) await compareBatch(trx, state, request, lines)
  }
  if (state.ourLines === 0 && state.otherAccountLines > 0) {
    throw new ReportError(
      `${files.join(', ')} has no lines of the merchant account ${request.merchantAccount}.`,
    )
  }
  const paymentPeriod = periodOf(request, state.settledSpan)
  const refundPeriod = periodOf(request, state.refundedSpan)
  if (paymentPeriod !== undefined) await findMissing(state, readAuthorisedPayments(trx, paymentPeriod))
  if (refundPeriod !== undefined) await findMissing(state, readCompletedRefunds(trx, refundPeriod))
  return {
    ...state,
    files,
    merchantAccount: request.merchantAccount,
    paymentPeriod,
    refundPeriod,
  }
}

async function findMissing(
  { found, differences }: State,
  expected: AsyncIterable<Dated<OurPayment | OurRefund>>,
): Promise<void> {
  for await (const { at, ours } of expected)
    if (!found.has(ours.id)) differences.push({ kind: 'missing_there', line: undefined, ours, at })
}

interface State {
  readonly batches: Set<string>
  readonly settled: Tally
  readonly refunded: Tally
  readonly foreign: Tally
  readonly overhead: Map<string, Tally>
  ourLines: number
  otherAccountLines: number
  settledSpan: Period | undefined
  refundedSpan: Period | undefined
  readonly unknownTimeZones: Set<string>
  readonly differences: Difference[]
  /** The ids of the payments and refunds found in the reports. */
  readonly found: Set<string>
}

const newTally = (): Tally => ({ lines: 0, sums: new Map() })

function newState(): State {
  return {
    batches: new Set(),
    settled: newTally(),
    refunded: newTally(),
    foreign: newTally(),
    overhead: new Map(),
    ourLines: 0,
    otherAccountLines: 0,
    settledSpan: undefined,
    refundedSpan: undefined,
    unknownTimeZones: new Set(),
    differences: [],
    found: new Set(),
  }
}

async function* inBatches(lines: AsyncIterable<ReportLine>): AsyncGenerator<ReportLine[]> {
  let batch: ReportLine[] = []
  for await (const line of lines) {
    batch.push(line)
    if (batch.length < BATCH_SIZE) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

async function compareBatch(
  trx: Trx,
  state: State,
  { merchantAccount }: ComparisonRequest,
  batch: readonly ReportLine[],
): Promise<void> {
  const lines = batch.filter((line) => line.merchantAccount === merchantAccount)
  state.ourLines += lines.length
  state.otherAccountLines += batch.length - lines.length
  const records = await findRecords(trx, lines)
  for (const line of lines) {
    if (line.batch !== '') state.batches.add(line.batch)
    widenSpan(state, line)
    recordMatch(state, line, matchLine(line, records))
  }
}

/** Widens the span of captures or of refunds to include the line. */
function widenSpan(state: State, line: ReportLine): void {
  const journal = journalOf(line.type)
  if (journal !== 'settled' && journal !== 'refunded') return
  const span = spanOf(line.creationDate, line.timeZone)
  if (span === undefined) {
    const { file, line: number, creationDate } = line
    throw new ReportError(`${file}, line ${number}: "Creation Date" is not a time: ${creationDate}`)
  }
  if (!isKnownTimeZone(line.timeZone)) state.unknownTimeZones.add(line.timeZone)
  if (journal === 'settled') state.settledSpan = widen(state.settledSpan, span)
  else state.refundedSpan = widen(state.refundedSpan, span)
}

function recordMatch(state: State, line: ReportLine, match: Match): void {
  switch (match.about) {
    case 'overhead':
      return addToTally(tallyOf(state.overhead, line.type), line.net)
    case 'foreign':
      return addToTally(state.foreign, line.gross)
    case 'unmatched':
      return addDifferences(state, line, match.kinds, match.ours)
    case 'payment':
      return recordOurs(state, state.settled, line, match)
    case 'refund':
      return recordOurs(state, state.refunded, line, match)
  }
}

function recordOurs(
  state: State,
  agreeing: Tally,
  line: ReportLine,
  { ours, kinds }: Extract<Match, { about: 'payment' | 'refund' }>,
): void {
  if (state.found.has(ours.id)) return addDifferences(state, line, ['duplicate'], ours)
  state.found.add(ours.id)
  if (kinds.length === 0) addToTally(agreeing, line.gross)
  else addDifferences(state, line, kinds, ours)
}

function addDifferences(
  { differences }: State,
  line: ReportLine,
  kinds: readonly DifferenceKind[],
  ours: Difference['ours'],
): void {
  for (const kind of kinds) differences.push({ kind, line, ours, at: undefined })
}

function tallyOf(tallies: Map<string, Tally>, type: string): Tally {
  const tally = tallies.get(type) ?? newTally()
  tallies.set(type, tally)
  return tally
}

function addToTally(tally: Tally, { currency, amount }: ReportAmount): void {
  tally.lines += 1
  if (currency !== '') tally.sums.set(currency, (tally.sums.get(currency) ?? 0n) + amount)
}

function periodOf({ from, to }: ComparisonRequest, span: Period | undefined): Period | undefined {
  const start = from ?? span?.from
  const end = to ?? span?.to
  return start === undefined || end === undefined ? undefined : { from: start, to: end }
}
