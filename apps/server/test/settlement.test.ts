import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { StartedPayment } from '@tael/contracts'
import { credentials } from '@tael/stack'
import { parse } from 'csv-parse/sync'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import {
  exponentOf,
  formatDecimal,
  fromMinorUnits,
  isWhole,
  parseDecimal,
} from '../src/settlement/decimal.ts'
import { type Ended, runCommand } from './run-command.ts'
import {
  atCashier,
  idle,
  logIn,
  openShop,
  operatorKey,
  order,
  pay,
  refund as giveBack,
  row,
  type Shop,
  simulate,
  stringIn,
  submit,
  tamper,
} from './shop.ts'

/** One line of a report, by the names of its columns. */
type Line = Record<string, string>

let shop: Shop
let token: string
let folder: string
/** The simulator's report of everything below. */
let report: string
/** The whole life of this shop. */
let always: string[]
/** Payments in the order of the report, and who was refused. */
let first: Known
let second: Known
let last: Known
let refused: Known
/** A payment that went back. */
let given: Known
let refund: Known

interface Known {
  readonly id: string
  readonly psp: string
}

const HOUR_MS = 3_600_000

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tael-settlement-'))
  shop = await openShop()
  token = await logIn(shop)
  const from = new Date(Date.now() - HOUR_MS).toISOString()
  const returned = await paid(5500)
  given = await payment(returned)
  refund = await givenBack(returned)
  first = await payment(await paid(1200))
  second = await payment(await paid(1300))
  refused = await payment(await paid(1401))
  // Creation Dates have seconds: the last payment is far enough from the others to have all of them in between.
  await simulate(shop, 'POST', '/clock', { forwardMs: HOUR_MS })
  last = await payment(await paid(1500))
  always = ['--from', from, '--to', new Date(Date.now() + 2 * HOUR_MS).toISOString()]
  report = await (await fetch(`${shop.simulator.url}/simulator/settlement.csv`)).text()
})
afterAll(async () => {
  await shop.close()
  await rm(folder, { recursive: true, force: true })
})

async function paid(value: number): Promise<StartedPayment> {
  const started = await pay(shop, token, await order(shop, token, value))
  await submit(shop, token, started.payment.id, await atCashier(shop, started, 'pay'))
  await idle(shop)
  return started
}

/** All of a payment given back, when it is done. */
async function givenBack({ payment: { id, amount } }: StartedPayment): Promise<Known> {
  await giveBack(shop, await operatorKey(shop, 'refunds:write'), id, amount)
  const find = () =>
    row(shop, 'select id, psp_reference as psp, status from refunds where payment_id = $1', [id])
  await vi.waitUntil(
    async () => {
      await idle(shop)
      return (await find())['status'] === 'refunded'
    },
    { timeout: 30_000, interval: 50 },
  )
  const found = await find()
  return { id: stringIn(found, 'id'), psp: stringIn(found, 'psp') }
}

async function payment({ payment: { id } }: StartedPayment): Promise<Known> {
  const found = await row(shop, 'select psp_reference as psp from payments where id = $1', [id])
  return { id, psp: stringIn(found, 'psp') }
}

/** Writes a report and compares it with the shop's records. */
async function settle(content: string, args: readonly string[] = always): Promise<Ended> {
  await writeFile(path.join(folder, 'report.csv'), content)
  const environment = {
    DATABASE_URL: shop.databaseUrl,
    ADYEN_MERCHANT_ACCOUNT: credentials.ADYEN_MERCHANT_ACCOUNT,
  }
  return runCommand(['settlement', 'report.csv', ...args], environment, folder)
}

/** What the command says of a report, as a program reads it. */
async function settleJson(
  content: string,
  args: readonly string[] = always,
): Promise<Record<string, unknown>> {
  const { out } = await settle(content, [...args, '--json'])
  return JSON.parse(out)
}

const differencesIn = async (content: string, args: readonly string[] = always): Promise<unknown> =>
  (await settleJson(content, args))['differences']

const linesOf = (csv: string): Line[] => parse<Line>(csv, { columns: true })

interface Style {
  readonly columns?: readonly string[]
  readonly newline?: string
  readonly quoteAll?: boolean
}

function written(lines: readonly Line[], style: Style = {}): string {
  const { columns = Object.keys(linesOf(report)[0] ?? {}), newline = '\n', quoteAll = false } = style
  const field = (text: string): string =>
    quoteAll || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  const records = [columns, ...lines.map((line) => columns.map((name) => line[name] ?? ''))]
  return records.map((record) => record.map(field).join(',') + newline).join('')
}

/** A report with its lines changed. */
const changed = (change: (line: Line) => Line | Line[], csv = report): string =>
  written(linesOf(csv).flatMap(change))

const isOf =
  ({ id }: Known, type: string) =>
  (line: Line) =>
    line['Merchant Reference'] === id && line['Type'] === type

const without = (known: Known): string => changed((line) => (isOf(known, 'Settled')(line) ? [] : line))

/** A report with its Creation Dates so many hours later, and said to be of this time zone. */
const inZone = (zone: string, hours: number, csv = report): string =>
  changed((line) => {
    const at = shifted(`${line['Creation Date']?.replace(' ', 'T')}Z`, hours)
    return { ...line, 'Creation Date': at.slice(0, 19).replace('T', ' '), TimeZone: zone }
  }, csv)

const shifted = (iso: string | undefined, hours: number): string =>
  new Date(Date.parse(iso ?? '') + hours * HOUR_MS).toISOString()

const names = (known: Known, rest: string): string => `${known.id} ${known.psp} ${rest}`

/** What the command says of a report in which all is well. */
const agreement = (): Ended => ({
  code: 0,
  err: '',
  out: `report.csv for TaelDemoECOM
  payments that agree        4  CNY 95.00
  refunds that agree         1  CNY -55.00
  of other systems           0
  MerchantPayout             1  CNY -40.00

Payments that became authorised here from ${always[1]} until ${always[3]} were expected.
Refunds that were requested here from ${always[1]} until ${always[3]} were expected.

No differences.
`,
})

test('the report of everything that moved agrees with our records', async () => {
  expect(await settle(report)).toEqual(agreement())
})

test('a report agrees in every way in which CSV can be written', async () => {
  const lines = linesOf(report).map((line) => ({ ...line, Reserved4: 'a,\n"b"\r\n' }))
  const columns = ['New', ...Object.keys(lines[0] ?? {}).toReversed()]
  expect(await settle(`\u{FEFF}${written(lines, { columns, newline: '\r\n', quoteAll: true })}`)).toEqual(
    agreement(),
  )
  const withZeros = report.replaceAll(/,(\d+\.\d\d),/g, ',$1000,')
  expect(withZeros).not.toBe(report)
  expect(await settle(withZeros.trimEnd())).toEqual(agreement())
})

test('every way to differ is found, at its line', async () => {
  const unheard = `pay_${'0'.repeat(32)}`
  const settled = linesOf(report).find(isOf(first, 'Settled')) ?? {}
  const taken = { 'Gross Credit (GC)': '', 'Gross Debit (GC)': '1.00' }
  const ofNone = { 'Merchant Reference': '', 'Psp Reference': '' }
  const more: Line[] = [
    {},
    { 'Merchant Reference': unheard, 'Psp Reference': 'UNHEARDOF0000001' },
    { 'Psp Reference': 'TAKENTWICE000001' },
    { 'Merchant Reference': refused.id, 'Psp Reference': refused.psp, 'Gross Credit (GC)': '14.01' },
    { Type: 'Refunded', 'Modification Reference': 'BYHAND0000000001', ...taken },
    { Type: 'Chargeback', 'Modification Reference': 'CHARGEBACK000001', ...taken },
    { Type: 'Mystery' },
    { Type: 'Riddle', ...ofNone },
    {
      'Merchant Reference': 'theirs',
      'Psp Reference': 'THEIRS',
      'Gross Currency': 'CHF',
      'Gross Credit (GC)': '3.5',
    },
    { 'Merchant Account': 'AnotherShop' },
    { Type: 'Fee', ...ofNone, ...taken, 'Net Credit (NC)': '', 'Net Debit (NC)': '0.255' },
  ]
  const tampered = linesOf(report).flatMap<Line>((line) => {
    if (isOf(second, 'Settled')(line)) return []
    if (isOf(last, 'Settled')(line))
      return { ...line, 'Merchant Reference': 'mine', 'Gross Credit (GC)': '15.01' }
    if (isOf(given, 'Refunded')(line))
      return { ...line, 'Merchant Reference': first.id, 'Gross Debit (GC)': '54' }
    return line
  })
  const { code, out } = await settle(written([...tampered, ...more.map((line) => ({ ...settled, ...line }))]))
  expect(code).toBe(1)
  const [head = '', differences] = out.split('Differences: ')
  expect(head.split('\n').slice(1, 8)).toEqual([
    '  payments that agree        2  CNY 67.00',
    '  refunds that agree         0',
    '  of other systems           1  CHF 3.50',
    '  Fee                        1  CNY -0.255',
    '  MerchantPayout             1  CNY -40.00',
    '',
    'Lines of other merchant accounts, left out: 1.',
  ])
  const authorised = names(first, 'CNY 12.00 authorised')
  const theGiven = `Refunded ${first.id} ${given.psp} CNY -54.00 ours: ${names(refund, 'CNY 55.00 refunded')}`
  const theLast = `Settled mine ${last.psp} CNY 15.01 ours: ${names(last, 'CNY 15.00 authorised')}`
  const secondAt = await row(
    shop,
    `select at from payment_events where payment_id = $1 and to_status = 'authorised' order by id limit 1`,
    [second.id],
  )
  expect(differences).toBe(`13

In the report under a reference of our form, but we have no such payment: 1
  report.csv:8 Settled ${unheard} UNHEARDOF0000001 CNY 12.00

In the report under our reference, but with another pspReference: 1
  report.csv:9 Settled ${first.id} TAKENTWICE000001 CNY 12.00 ours: ${authorised}

In the report under another reference than ours: 2
  report.csv:3 ${theGiven}
  report.csv:5 ${theLast}

In the report with another amount: 2
  report.csv:3 ${theGiven}
  report.csv:5 ${theLast}

In the report, but by our record the money did not move: 1
  report.csv:10 Settled ${names(refused, `CNY 14.01 ours: ${names(refused, 'CNY 14.01 refused')}`)}

In the report more than once: 1
  report.csv:7 Settled ${names(first, `CNY 12.00 ours: ${authorised}`)}

A refund of our payment that we have not recorded: 1
  report.csv:11 Refunded ${names(first, `CNY -1.00 ours: ${authorised}`)}

Money of our payment that moved in a way that we do not record: 1
  report.csv:12 Chargeback ${names(first, `CNY -1.00 ours: ${authorised}`)}

Of an unknown type: 2
  report.csv:13 Mystery ${names(first, `CNY 12.00 ours: ${authorised}`)}
  report.csv:14 Riddle (no reference) CNY 12.00

In our records, but not in the report: 1
  ${names(second, 'CNY 13.00 authorised')} ${secondAt['at'] instanceof Date ? secondAt['at'].toISOString() : ''}
`)
})

test('a refund that is not in the report is missing where refunds are expected', async () => {
  const incomplete = changed((line) => (line['Type'] === 'Refunded' ? [] : line))
  expect((await settle(incomplete, [])).out).toContain('Refunds of ours were not expected')
  expect(await differencesIn(incomplete)).toMatchObject([
    {
      kind: 'missing_there',
      report: null,
      ours: { id: refund.id, amount: { currency: 'CNY', decimal: '55.00' } },
    },
  ])
})

test('without --from and --to, what is expected lies between the first and the last Creation Date', async () => {
  expect(await differencesIn(without(second), [])).toMatchObject([
    { kind: 'missing_there', ours: { id: second.id } },
  ])
  // In a report of the hours before nobody misses what happened now.
  expect(await differencesIn(inZone('UTC', -2, without(second)), [])).toEqual([])
})

test('Creation Dates are read in their time zone; in one that means several, a day is left on either side', async () => {
  const inUtc = await settleJson(report, [])
  expect(inUtc['unknownTimeZones']).toEqual([])
  expect(await settleJson(inZone('PDT', -7), [])).toEqual(inUtc)

  const chinese = await settleJson(inZone('CST', 8), [])
  expect(chinese['unknownTimeZones']).toEqual(['CST'])
  const [from, to] = JSON.stringify(inUtc['paymentPeriod']).match(/\d{4}-[^"]+/g) ?? []
  expect(chinese['paymentPeriod']).toEqual({
    from: shifted(from, 8 - 24),
    to: shifted(to, 8 + 24),
  })
})

test('several reports are read as one', async () => {
  const isFirst = isOf(first, 'Settled')
  await writeFile(
    path.join(folder, 'other.csv'),
    changed((line) => (isFirst(line) ? line : [])),
  )
  const rest = changed((line) => (isFirst(line) ? [] : line))
  expect((await settle(rest, ['other.csv', ...always])).out).toContain('No differences.')
  expect(await differencesIn(report, ['other.csv', ...always])).toMatchObject([
    { kind: 'duplicate', report: { file: 'other.csv', line: 2 } },
  ])
})

test('a report of many lines is looked up and searched in many steps, and nothing is lost between them', async () => {
  const many = 4_321
  const ids = await copies(first, many)
  const settled = linesOf(report).find(isOf(first, 'Settled')) ?? {}
  const lines = ids.map(({ id, psp }) => ({ ...settled, 'Merchant Reference': id, 'Psp Reference': psp }))
  const left = [0, 1_999, 2_000, many - 1]
  const { out } = await settle(written([...linesOf(report), ...lines.filter((_, at) => !left.includes(at))]))
  expect(out).toContain(`  payments that agree     ${4 + many - left.length}  `)
  expect(out.split('but not in the report: 4\n')[1]?.match(/pay_\w+/g)).toEqual(left.map((at) => ids[at]?.id))
  await tamper(shop, `delete from payment_events where payment_id = any($1)`, [ids.map(({ id }) => id)])
  await shop.db.query(`delete from payments where id = any($1)`, [ids.map(({ id }) => id)])
})

/** More payments like this one, whatever columns its tables have. */
async function copies({ id }: Known, many: number): Promise<Known[]> {
  const { rows } = await shop.db.query<Known>(
    `with copy as (
       select 'ord_copy' || n as order_id, 'COPY' || lpad(n::text, 12, '0') as psp,
         'pay_' || lpad(to_hex((extract(epoch from now()) * 1000)::bigint), 12, '0') || lpad(to_hex(n), 20, '0') as id
       from generate_series(1, $2::int) n
     ), order_copies as (
       insert into orders
       select (jsonb_populate_record(orders, jsonb_build_object('id', copy.order_id))).*
       from orders join payments on payments.order_id = orders.id and payments.id = $1, copy
     ), payment_copies as (
       insert into payments
       select (jsonb_populate_record(payments, jsonb_build_object('id', copy.id, 'order_id', copy.order_id, 'psp_reference', copy.psp))).*
       from payments, copy where payments.id = $1
     ), events as (
       insert into payment_events (payment_id, version, source, type, to_status)
       select copy.id, 1, 'webhook', 'authorisation', 'authorised' from copy
     )
     select id, psp from copy order by id`,
    [id, many],
  )
  return rows
}

test.each<[string, (csv: string) => string, string]>([
  [
    'without a column',
    (csv) => csv.replace('Gross Credit (GC)', 'Gross'),
    'has no column "Gross Credit (GC)"',
  ],
  ['that is empty', () => '', 'report.csv is empty.'],
  [
    'with a comma in an amount',
    (csv) => csv.replace('12.00', '"12,00"'),
    'line 4: "Gross Credit (GC)" is not an amount: 12,00',
  ],
  [
    'with a fraction of a fen',
    (csv) => csv.replace('12.00', '12.005'),
    'line 4: the gross amount is finer than the minor unit of CNY',
  ],
  [
    'with an amount of nothing',
    (csv) => csv.replace(',CNY,,12.00', ',,,12.00'),
    'line 4: "Gross Currency" is not a currency: ',
  ],
  [
    'with a date of another form',
    (csv) => csv.replace(/\d{4}-(\d\d)-(\d\d) /, '$1/$2/2026 '),
    'line 2: "Creation Date" is not a time: ',
  ],
  ['with a quote that is never closed', (csv) => `${csv}"`, 'is not CSV: Quote Not Closed'],
  [
    'of another merchant account',
    (csv) => csv.replaceAll('TaelDemoECOM', 'Other'),
    'has no lines of the merchant account TaelDemoECOM.',
  ],
])('a report %s is refused in words', async (_, tamper, words) => {
  const tampered = tamper(report)
  expect(tampered).not.toBe(report)
  const { code, out, err } = await settle(tampered)
  expect({ code, out }).toEqual({ code: 65, out: '' })
  expect(err).toContain(words)
  expect(err.split('\n')).toHaveLength(2)
})

test('a report that cannot be read is told from one that is wrong', async () => {
  expect(await settle(report, ['nowhere.csv'])).toEqual({
    code: 66,
    out: '',
    err: "The report cannot be read: ENOENT: no such file or directory, open 'nowhere.csv'\n",
  })
})

test('amounts keep their worth from text to minor units and back, in every currency', () => {
  const currency = fc.constantFrom('CNY' as const, 'JPY' as const)
  fc.assert(
    fc.property(currency, fc.maxSafeNat(), fc.integer({ min: 0, max: 5 }), (currency, value, zeros) => {
      const exponent = exponentOf(currency) ?? -1
      const digits = String(value).padStart(exponent + 1, '0')
      const whole = digits.slice(0, digits.length - exponent)
      const text = exponent === 0 ? whole : `${whole}.${digits.slice(-exponent)}`
      const withZeros = zeros === 0 ? text : `${text}${exponent === 0 ? '.' : ''}${'0'.repeat(zeros)}`
      const read = parseDecimal(withZeros) ?? -1n
      expect(read).toBe(fromMinorUnits({ currency, value }))
      expect(isWhole(read, exponent)).toBe(true)
      expect(isWhole(read + 1n, exponent)).toBe(false)
      expect(formatDecimal(read, exponent)).toBe(text)
      expect(formatDecimal(-read, exponent)).toBe(value === 0 ? text : `-${text}`)
      expect(parseDecimal(`-${text}`)).toBe(-read)
    }),
  )
})

test.each(['', '.', '1.', '.5', '1,000.00', '1e3', '0x10', ' 1', '1.0000001', '+1', 'NaN', '1 000'])(
  '%j is no decimal',
  (text) => {
    expect(parseDecimal(text)).toBeUndefined()
  },
)
