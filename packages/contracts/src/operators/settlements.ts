import * as Type from '@sinclair/typebox'
import { Amount, Currency } from '../amount.ts'
import { LINE, TEXT } from '../text.ts'
import { recordsQuery } from './records-query.ts'

/** The largest report that is kept, in bytes: about 200,000 lines. */
export const REPORT_BYTES_MAX = 50_000_000

/** A Settlement details report, as Adyen made it. It is read as it arrives. */
export const SettlementReport = Type.String({
  contentMediaType: 'text/csv',
  maxLength: REPORT_BYTES_MAX,
  description: 'The report of one batch, as CSV.',
})

const { from, to, before, limit } = recordsQuery

/** The period whose payments and refunds must be in the report; without it, that of its lines. */
const period = { from, to }

/** The name of a report, and its period. */
export const KeepSettlementQuery = Type.Object(
  { name: Type.String({ minLength: 1, maxLength: 200, pattern: LINE }), ...period },
  { title: 'KeepSettlementQuery', additionalProperties: false },
)
export type KeepSettlementQuery = Type.Static<typeof KeepSettlementQuery>

/** Compares a kept report with today's records. */
export const CompareSettlement = Type.Object(period, {
  title: 'CompareSettlement',
  additionalProperties: false,
})
export type CompareSettlement = Type.Static<typeof CompareSettlement>

/**
 * Money as a report states it: exact, in major units of any currency, and finer than its minor unit where it is
 * a cost.
 */
export const ReportMoney = Type.Object(
  { currency: Type.String(), decimal: Type.String({ description: 'Such as `-12.50`.' }) },
  { title: 'ReportMoney', additionalProperties: false },
)
export type ReportMoney = Type.Static<typeof ReportMoney>

const lines = Type.Integer({ minimum: 0 })
/** Lines that agree with our records, and their sum in each currency, in minor units. */
const OurTally = Type.Object(
  {
    lines,
    sums: Type.Array(
      Type.Object(
        { currency: Currency, value: Type.Integer({ minimum: 0 }) },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
)
const ReportTally = Type.Object({ lines, sums: Type.Array(ReportMoney) }, { additionalProperties: false })

const Period = Type.Object(
  { from: Type.String(), to: Type.String({ description: 'Exclusive.' }) },
  { additionalProperties: false },
)

/**
 * How a report and our records differ.
 * - `missing_here`: the reference has the form of ours, but we have no such payment.
 * - `psp_reference`: our reference, but another pspReference: money may have been taken twice.
 * - `merchant_reference`: our payment or refund under another reference.
 * - `amount`: another amount, currency or direction.
 * - `status`: the money moved, but not by our record.
 * - `duplicate`: an earlier line was about the same payment or refund.
 * - `unknown_refund`: a refund of our payment that we have not recorded.
 * - `not_in_books`: money of our payment that moved in a way that we do not record.
 * - `unknown_type`: a line of an unknown type, about our payment or about none.
 * - `missing_there`: a payment or refund of ours that is not in the report.
 */
export const DifferenceKind = Type.Union([
  Type.Literal('missing_here'),
  Type.Literal('psp_reference'),
  Type.Literal('merchant_reference'),
  Type.Literal('amount'),
  Type.Literal('status'),
  Type.Literal('duplicate'),
  Type.Literal('unknown_refund'),
  Type.Literal('not_in_books'),
  Type.Literal('unknown_type'),
  Type.Literal('missing_there'),
])
export type DifferenceKind = Type.Static<typeof DifferenceKind>

/** Every kind, in the order in which a comparison lists them. */
export const differenceKinds: readonly DifferenceKind[] = DifferenceKind.anyOf.map((literal) => literal.const)

const count = (description: string) => Type.Integer({ minimum: 0, description })
const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T, description: string) =>
  Type.Union([schema, Type.Null()], { description })

/** The kept result of comparing one report with our records. */
export const SettlementSummary = Type.Object(
  {
    id: Type.String(),
    report: Type.Object(
      {
        name: Type.String(),
        batch: orNull(Type.String(), 'The batch number; null where the report has no such column.'),
        sha256: Type.String({ description: 'In hex: the same file has the same.' }),
        bytes: Type.Integer({ minimum: 0 }),
      },
      { additionalProperties: false },
    ),
    merchantAccount: Type.String(),
    comparedAt: Type.String(),
    comparedBy: Type.String({
      description: 'The id of a key, `command:` and a user, or `adyen`: it was fetched.',
    }),
    payments: orNull(Period, 'Our payments of this period were expected; null: none were.'),
    refunds: orNull(Period, 'Our refunds of this period were expected; null: none were.'),
    differences: count('How many differences there are.'),
    open: count('How many of them no operator has handled.'),
    previousId: orNull(Type.String(), 'The result before this one of the same batch.'),
    added: orNull(count('New since the result before.'), 'Null without one.'),
    gone: orNull(count('Only in the result before.'), 'Null without one.'),
    nextId: orNull(
      Type.String(),
      'The result after this one of the same batch: this one is no longer current.',
    ),
  },
  { title: 'SettlementSummary', additionalProperties: false },
)
export type SettlementSummary = Type.Static<typeof SettlementSummary>

/** What the report's lines add up to. */
export const SettlementTotals = Type.Object(
  {
    settled: OurTally,
    refunded: OurTally,
    foreign: ReportTally,
    overhead: Type.Array(
      Type.Object({ type: Type.String(), ...ReportTally.properties }, { additionalProperties: false }),
      { description: "Costs, and moves of the account's own money, by their type." },
    ),
    otherAccountLines: count('Lines of other merchant accounts, which were left out.'),
    unknownTimeZones: Type.Array(Type.String()),
  },
  { title: 'SettlementTotals', additionalProperties: false },
)
export type SettlementTotals = Type.Static<typeof SettlementTotals>

/** A kept result with its totals. */
export const Settlement = Type.Object(
  { ...SettlementSummary.properties, totals: SettlementTotals },
  { title: 'Settlement', additionalProperties: false },
)
export type Settlement = Type.Static<typeof Settlement>

/** Which results to list. */
export const SettlementsQuery = Type.Object(
  { before, limit },
  { title: 'SettlementsQuery', additionalProperties: false },
)
export type SettlementsQuery = Type.Static<typeof SettlementsQuery>

/** A page of kept results, newest first. */
export const SettlementSummaries = Type.Object(
  {
    settlements: Type.Array(SettlementSummary),
    next: orNull(Type.String(), 'The `before` of the following page.'),
  },
  { title: 'SettlementSummaries', additionalProperties: false },
)
export type SettlementSummaries = Type.Static<typeof SettlementSummaries>

/** The number of a difference in its result. */
export const DifferenceNumber = Type.Integer({ minimum: 1, maximum: 2_147_483_647 })

/** One difference between a report and our records. */
export const SettlementDifference = Type.Object(
  {
    number: DifferenceNumber,
    kind: DifferenceKind,
    text: Type.String({ description: 'What differs, in words for people.' }),
    line: orNull(Type.Integer({ minimum: 1 }), 'The line of the report; null: it is not in the report.'),
    type: orNull(Type.String(), "Adyen's journal type of that line."),
    pspReference: orNull(Type.String(), "Adyen's reference, in the report or else ours."),
    reported: orNull(ReportMoney, 'The amount in the report.'),
    ours: orNull(Amount, 'The amount of our payment or refund.'),
    orderId: orNull(Type.String(), 'Our order that it is about.'),
    paymentId: orNull(Type.String(), 'Our payment that it is about.'),
    refundId: orNull(Type.String(), 'Our refund that it is about.'),
    added: Type.Boolean({ description: 'Whether the result before did not have it.' }),
    handled: orNull(
      Type.Object(
        { at: Type.String(), by: Type.String(), note: Type.String() },
        { additionalProperties: false },
      ),
      'Who handled it, in this result or another of the batch.',
    ),
  },
  { title: 'SettlementDifference', additionalProperties: false },
)
export type SettlementDifference = Type.Static<typeof SettlementDifference>

/** Which differences of a result to list: all, only the new or open ones, or those that are gone since. */
export const SettlementQuery = Type.Object(
  {
    show: Type.Optional(
      Type.Union([Type.Literal('all'), Type.Literal('open'), Type.Literal('added'), Type.Literal('gone')]),
    ),
    after: Type.Optional(DifferenceNumber),
    limit,
  },
  { title: 'SettlementQuery', additionalProperties: false },
)
export type SettlementQuery = Type.Static<typeof SettlementQuery>

/** A kept result with a page of its differences. */
export const SettlementRecord = Type.Object(
  {
    settlement: Settlement,
    differences: Type.Array(SettlementDifference),
    next: orNull(DifferenceNumber, 'The `after` of the following page.'),
  },
  { title: 'SettlementRecord', additionalProperties: false },
)
export type SettlementRecord = Type.Static<typeof SettlementRecord>

/** Marks a difference as handled. */
export const HandleDifference = Type.Object(
  { note: Type.String({ minLength: 1, maxLength: 500, pattern: TEXT }) },
  { title: 'HandleDifference', additionalProperties: false },
)
export type HandleDifference = Type.Static<typeof HandleDifference>
