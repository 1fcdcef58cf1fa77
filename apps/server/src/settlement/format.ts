import { type Amount, type DifferenceKind, differenceKinds } from '@tael/contracts'
import { type Decimal, exponentOf, formatDecimal, fromMinorUnits } from './decimal.ts'
import type { Difference } from './match.ts'
import type { Period } from './period.ts'
import type { ReportAmount } from './read-report.ts'
import type { Comparison, Tally } from './compare.ts'

const headings: Readonly<Record<DifferenceKind, string>> = {
  missing_here: 'In the report under a reference of our form, but we have no such payment',
  psp_reference: 'In the report under our reference, but with another pspReference',
  merchant_reference: 'In the report under another reference than ours',
  amount: 'In the report with another amount',
  status: 'In the report, but by our record the money did not move',
  duplicate: 'In the report more than once',
  unknown_refund: 'A refund of our payment that we have not recorded',
  not_in_books: 'Money of our payment that moved in a way that we do not record',
  unknown_type: 'Of an unknown type',
  missing_there: 'In our records, but not in the report',
}

/** Formats a comparison for people. */
export function formatText(found: Comparison): string {
  const rows: [string, Tally][] = [
    ['payments that agree', found.settled],
    ['refunds that agree', found.refunded],
    ['of other systems', found.foreign],
    ...[...found.overhead].toSorted(([one], [other]) => (one < other ? -1 : 1)),
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  const tallies = rows.map(([name, tally]) => tallyText(name.padEnd(width), tally))
  const { otherAccountLines: others, unknownTimeZones } = found
  const notes = [
    ...(others > 0 ? [`Lines of other merchant accounts, left out: ${others}.`] : []),
    periodText('Payments', 'became authorised here', found.paymentPeriod),
    periodText('Refunds', 'were requested here', found.refundPeriod),
    ...[...unknownTimeZones].map(
      (zone) =>
        `The time zone ${zone || '(none)'} is unknown or ambiguous: the periods are a day longer at either end.`,
    ),
  ]
  return [
    `${found.files.join(', ')} for ${found.merchantAccount}`,
    ...tallies,
    '',
    ...notes,
    '',
    ...differencesText(found.differences),
    '',
  ].join('\n')
}

function tallyText(name: string, { lines, sums }: Tally): string {
  const amounts = sorted(sums).map(([currency, amount]) => moneyText({ currency, amount }))
  return `  ${name}  ${String(lines).padStart(7)}  ${amounts.join(', ')}`.trimEnd()
}

function periodText(what: string, when: string, period: Period | undefined): string {
  return period === undefined
    ? `${what} of ours were not expected: the report has none. Set the period with --from and --to.`
    : `${what} that ${when} from ${period.from.toISOString()} until ${period.to.toISOString()} were expected.`
}

function differencesText(found: readonly Difference[]): string[] {
  if (found.length === 0) return ['No differences.']
  const ofKinds = differenceKinds.flatMap((kind) => {
    const ofKind = found.filter((one) => one.kind === kind)
    return ofKind.length === 0
      ? []
      : ['', `${headings[kind]}: ${ofKind.length}`, ...ofKind.map(differenceText)]
  })
  return [`Differences: ${found.length}`, ...ofKinds]
}

/** One difference in a sentence that can be read without its report. */
export function describeDifference(difference: Difference): string {
  return `${headings[difference.kind]}: ${differenceText(difference).trim()}`
}

function differenceText({ line, ours, at }: Difference): string {
  const inReport =
    line === undefined
      ? []
      : [
          `${line.file}:${line.line}`,
          line.type,
          line.merchantReference || '(no reference)',
          line.pspReference,
          moneyText(line.gross.amount === 0n ? line.net : line.gross),
        ]
  const here =
    ours === undefined
      ? []
      : [
          ...(line === undefined ? [] : ['ours:']),
          ours.id,
          ours.pspReference ?? '(no pspReference)',
          moneyText(moneyOf(ours.amount)),
          ours.status,
          ...(at === undefined ? [] : [at.toISOString()]),
        ]
  return `  ${[...inReport, ...here].filter((word) => word !== '').join(' ')}`
}

function moneyOf(amount: Amount): ReportAmount {
  return { currency: amount.currency, amount: fromMinorUnits(amount) }
}

function moneyText(money: ReportAmount): string {
  return `${money.currency} ${decimalText(money)}`.trimStart()
}

/** An amount as a decimal, with the places of its currency. */
export function decimalText({ currency, amount }: ReportAmount): string {
  return formatDecimal(amount, exponentOf(currency) ?? 2)
}

function sorted(sums: ReadonlyMap<string, Decimal>): [string, Decimal][] {
  return [...sums].toSorted(([one], [other]) => (one < other ? -1 : 1))
}

/** Formats a comparison as JSON. Amounts are decimal texts in major units, as in the report. */
export function formatJson(found: Comparison): string {
  const document = {
    files: found.files,
    merchantAccount: found.merchantAccount,
    settled: tallyJson(found.settled),
    refunded: tallyJson(found.refunded),
    foreign: tallyJson(found.foreign),
    overhead: Object.fromEntries([...found.overhead].map(([type, one]) => [type, tallyJson(one)])),
    otherAccountLines: found.otherAccountLines,
    paymentPeriod: found.paymentPeriod ?? null,
    refundPeriod: found.refundPeriod ?? null,
    unknownTimeZones: [...found.unknownTimeZones],
    differences: found.differences.map(({ kind, line, ours, at }) => ({
      kind,
      report: line === undefined ? null : { ...line, gross: moneyJson(line.gross), net: moneyJson(line.net) },
      ours: ours === undefined ? null : { ...ours, amount: moneyJson(moneyOf(ours.amount)), at },
    })),
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

function tallyJson({ lines, sums }: Tally): object {
  return { lines, sums: sorted(sums).map(([currency, amount]) => moneyJson({ currency, amount })) }
}

function moneyJson(money: ReportAmount): object {
  return { currency: money.currency, decimal: decimalText(money) }
}
