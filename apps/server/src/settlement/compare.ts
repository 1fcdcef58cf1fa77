import { CommandError } from '../cli/command.ts'
import type { Trx } from '../db/database.ts'
import type { Decimal } from './decimal.ts'
import { journalOf } from './journal-types.ts'
import {
  type BookedPayment,
  type BookedRefund,
  type Difference,
  type DifferenceKind,
  type Match,
  matchLine,
} from './match.ts'
import { around, isKnownTimeZone, type Period, spanOf } from './period.ts'
import { type Money, readReport, type ReportLine } from './read-report.ts'
import { type Dated, lookUp, paymentsAuthorised, refundsDone } from './store.ts'

/** How many lines there were of a kind, and how much each currency came to. */
export interface Tally {
  lines: number
  readonly sums: Map<string, Decimal>
}

export interface Question {
  readonly files: readonly string[]
  readonly merchantAccount: string
  /** What was given of the period to expect payments and refunds of; the rest is taken from the reports. */
  readonly from: Date | undefined
  readonly to: Date | undefined
}

/** What came of holding reports against our books. */
export interface Comparison {
  readonly files: readonly string[]
  readonly merchantAccount: string
  /** Lines in which report and books agree. */
  readonly settled: Tally
  readonly refunded: Tally
  /** Lines of other systems on the merchant account. */
  readonly foreign: Tally
  /** Lines that are about no single payment, by type. */
  readonly overhead: ReadonlyMap<string, Tally>
  readonly otherAccountLines: number
  /** Which payments and refunds of ours were expected in the reports; undefined: none, as no period is known. */
  readonly paymentPeriod: Period | undefined
  readonly refundPeriod: Period | undefined
  readonly unknownTimeZones: ReadonlySet<string>
  /** In the order of the reports, then what is missing there, by id. */
  readonly differences: readonly Difference[]
}

/** As many lines are looked up in one statement. */
const BATCH_SIZE = 1_000

/**
 * Holds reports against our books. The reports are read line by line; what is kept of each payment and refund that was
 * found is its id, to know what comes twice and what is missing.
 */
export async function compareReports(trx: Trx, question: Question): Promise<Comparison> {
  const state = newState()
  for (const file of question.files) {
    for await (const lines of inBatches(readReport(file))) await compareBatch(trx, state, question, lines)
  }
  if (state.ourLines === 0 && state.otherAccountLines > 0) {
    const files = question.files.join(', ')
    throw new CommandError(
      'data',
      `${files}: no line is of the merchant account ${question.merchantAccount}.`,
    )
  }
  const paymentPeriod = periodOf(question, state.settledSpan)
  const refundPeriod = periodOf(question, state.refundedSpan)
  if (paymentPeriod !== undefined) await findMissing(state, paymentsAuthorised(trx, paymentPeriod))
  if (refundPeriod !== undefined) await findMissing(state, refundsDone(trx, refundPeriod))
  return {
    ...state,
    files: question.files,
    merchantAccount: question.merchantAccount,
    paymentPeriod,
    refundPeriod,
  }
}

async function findMissing(
  { found, differences }: State,
  expected: AsyncIterable<Dated<BookedPayment | BookedRefund>>,
): Promise<void> {
  for await (const { at, booked } of expected)
    if (!found.has(booked.id)) differences.push({ kind: 'missing_there', line: undefined, booked, at })
}

interface State {
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
  /** The ids of the payments and refunds that a line was about. */
  readonly found: Set<string>
}

const newTally = (): Tally => ({ lines: 0, sums: new Map() })

function newState(): State {
  return {
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
  { merchantAccount }: Question,
  batch: readonly ReportLine[],
): Promise<void> {
  const lines = batch.filter((line) => line.merchantAccount === merchantAccount)
  state.ourLines += lines.length
  state.otherAccountLines += batch.length - lines.length
  const books = await lookUp(trx, lines)
  for (const line of lines) {
    stretchSpan(state, line)
    take(state, line, matchLine(line, books))
  }
}

/** The period of payments is that of the captures in the report, the one of refunds that of its refunds. */
function stretchSpan(state: State, line: ReportLine): void {
  const journal = journalOf(line.type)
  if (journal !== 'settled' && journal !== 'refunded') return
  const span = spanOf(line.creationDate, line.timeZone)
  if (span === undefined) {
    const { file, line: number, creationDate } = line
    throw new CommandError('data', `${file}, line ${number}: "Creation Date" is no time: ${creationDate}`)
  }
  if (!isKnownTimeZone(line.timeZone)) state.unknownTimeZones.add(line.timeZone)
  if (journal === 'settled') state.settledSpan = around(state.settledSpan, span)
  else state.refundedSpan = around(state.refundedSpan, span)
}

function take(state: State, line: ReportLine, match: Match): void {
  switch (match.about) {
    case 'overhead':
      return count(tallyOf(state.overhead, line.type), line.net)
    case 'foreign':
      return count(state.foreign, line.gross)
    case 'unbooked':
      return differ(state, line, match.kinds, match.booked)
    case 'payment':
      return compare(state, state.settled, line, match)
    case 'refund':
      return compare(state, state.refunded, line, match)
  }
}

function compare(
  state: State,
  agreeing: Tally,
  line: ReportLine,
  { booked, kinds }: Extract<Match, { about: 'payment' | 'refund' }>,
): void {
  if (state.found.has(booked.id)) return differ(state, line, ['duplicate'], booked)
  state.found.add(booked.id)
  if (kinds.length === 0) count(agreeing, line.gross)
  else differ(state, line, kinds, booked)
}

function differ(
  { differences }: State,
  line: ReportLine,
  kinds: readonly DifferenceKind[],
  booked: Difference['booked'],
): void {
  for (const kind of kinds) differences.push({ kind, line, booked, at: undefined })
}

function tallyOf(tallies: Map<string, Tally>, type: string): Tally {
  const tally = tallies.get(type) ?? newTally()
  tallies.set(type, tally)
  return tally
}

function count(tally: Tally, { currency, amount }: Money): void {
  tally.lines += 1
  if (currency !== '') tally.sums.set(currency, (tally.sums.get(currency) ?? 0n) + amount)
}

function periodOf({ from, to }: Question, span: Period | undefined): Period | undefined {
  const start = from ?? span?.from
  const end = to ?? span?.to
  return start === undefined || end === undefined ? undefined : { from: start, to: end }
}
