import { expect } from 'vitest'
import { agreement, inZone, linesOf, shiftHours, test, toCsv } from './settlement-reports.ts'

test('a report agrees in every form in which CSV can be written', async ({ trade, compare }) => {
  const lines = linesOf(trade.report).map((line) => ({ ...line, Reserved4: 'a,\n"b"\r\n' }))
  const columns = ['New', ...Object.keys(lines[0] ?? {}).toReversed()]
  const quoted = toCsv(lines, { columns, newline: '\r\n', quoteAll: true })
  expect(await compare(`\u{FEFF}${quoted}`)).toEqual(agreement(trade))
  const withZeros = trade.report.replaceAll(/,(\d+\.\d\d),/g, ',$1000,')
  expect(withZeros).not.toBe(trade.report)
  expect(await compare(withZeros.trimEnd())).toEqual(agreement(trade))
})

test('Creation Dates are read in their time zone; an ambiguous zone widens the period by a day on each side', async ({
  trade: { report },
  compareAsJson,
}) => {
  const inUtc = await compareAsJson(report, [])
  expect(inUtc.unknownTimeZones).toEqual([])
  expect(await compareAsJson(inZone(report, 'PDT', -7), [])).toEqual(inUtc)

  const inCst = await compareAsJson(inZone(report, 'CST', 8), [])
  expect(inCst.unknownTimeZones).toEqual(['CST'])
  const { from, to } = inUtc.paymentPeriod
  expect(inCst.paymentPeriod).toEqual({ from: shiftHours(from, 8 - 24), to: shiftHours(to, 8 + 24) })
})

test.for<{ name: string; tamper: (csv: string) => string; problem: string }>([
  {
    name: 'without a column',
    tamper: (csv) => csv.replace('Gross Credit (GC)', 'Gross'),
    problem: 'has no column "Gross Credit (GC)"',
  },
  { name: 'that is empty', tamper: () => '', problem: 'report.csv is empty.' },
  {
    name: 'with a comma in an amount',
    tamper: (csv) => csv.replace('12.00', '"12,00"'),
    problem: 'line 4: "Gross Credit (GC)" is not an amount: 12,00',
  },
  {
    name: 'with a fraction of a fen',
    tamper: (csv) => csv.replace('12.00', '12.005'),
    problem: 'line 4: the gross amount is finer than the minor unit of CNY',
  },
  {
    name: 'with an amount without a currency',
    tamper: (csv) => csv.replace(',CNY,,12.00', ',,,12.00'),
    problem: 'line 4: "Gross Currency" is not a currency: ',
  },
  {
    name: 'with a date of another form',
    tamper: (csv) => csv.replace(/\d{4}-(\d\d)-(\d\d) /, '$1/$2/2026 '),
    problem: 'line 2: "Creation Date" is not a time: ',
  },
  {
    name: 'with a quote that is never closed',
    tamper: (csv) => `${csv}"`,
    problem: 'is not CSV: Quote Not Closed',
  },
  {
    name: 'of another merchant account',
    tamper: (csv) => csv.replaceAll('TaelDemoECOM', 'Other'),
    problem: 'has no lines of the merchant account TaelDemoECOM.',
  },
])('a report $name is refused in one line', async ({ tamper, problem }, { trade: { report }, compare }) => {
  const tampered = tamper(report)
  expect(tampered).not.toBe(report)
  const { code, out, err } = await compare(tampered)
  expect({ code, out }).toEqual({ code: 65, out: '' })
  expect(err).toContain(problem)
  expect(err.split('\n')).toHaveLength(2)
})

test('a report that cannot be read has another exit code than one that is wrong', async ({
  trade,
  compare,
}) => {
  expect(await compare(trade.report, ['nowhere.csv'])).toEqual({
    code: 66,
    out: '',
    err: "The report cannot be read: ENOENT: no such file or directory, open 'nowhere.csv'\n",
  })
})
