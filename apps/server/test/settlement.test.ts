import { expect } from 'vitest'
import type { Database } from './actors/index.ts'
import {
  agreement,
  changeLines,
  inZone,
  isAbout,
  type Known,
  type Line,
  linesOf,
  test,
  toCsv,
  without,
} from './settlement-reports.ts'

const describe = ({ id, psp }: Known, rest: string): string => `${id} ${psp} ${rest}`

test('the report of everything that moved agrees with our records', async ({ trade, compare }) => {
  expect(await compare(trade.report)).toEqual(agreement(trade))
})

test('every kind of difference is found, at its line', async ({ operator, trade, compare }) => {
  const { report, first, second, refused, last, refunded, refund } = trade
  const unknown = `pay_${'0'.repeat(32)}`
  const settled = linesOf(report).find(isAbout(first, 'Settled')) ?? {}
  const debited = { 'Gross Credit (GC)': '', 'Gross Debit (GC)': '1.00' }
  const withoutReference = { 'Merchant Reference': '', 'Psp Reference': '' }
  const more: Line[] = [
    {},
    { 'Merchant Reference': unknown, 'Psp Reference': 'UNHEARDOF0000001' },
    { 'Psp Reference': 'TAKENTWICE000001' },
    { 'Merchant Reference': refused.id, 'Psp Reference': refused.psp, 'Gross Credit (GC)': '14.01' },
    { Type: 'Refunded', 'Modification Reference': 'BYHAND0000000001', ...debited },
    { Type: 'Chargeback', 'Modification Reference': 'CHARGEBACK000001', ...debited },
    { Type: 'Mystery' },
    { Type: 'Riddle', ...withoutReference },
    {
      'Merchant Reference': 'theirs',
      'Psp Reference': 'THEIRS',
      'Gross Currency': 'CHF',
      'Gross Credit (GC)': '3.5',
    },
    { 'Merchant Account': 'AnotherShop' },
    { Type: 'Fee', ...withoutReference, ...debited, 'Net Credit (NC)': '', 'Net Debit (NC)': '0.255' },
  ]
  const tampered = linesOf(report).flatMap<Line>((line) => {
    if (isAbout(second, 'Settled')(line)) return []
    if (isAbout(last, 'Settled')(line))
      return { ...line, 'Merchant Reference': 'mine', 'Gross Credit (GC)': '15.01' }
    if (isAbout(refunded, 'Refunded')(line))
      return { ...line, 'Merchant Reference': first.id, 'Gross Debit (GC)': '54' }
    return line
  })
  const { code, out } = await compare(toCsv([...tampered, ...more.map((line) => ({ ...settled, ...line }))]))
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
  const ofFirst = describe(first, 'CNY 12.00 authorised')
  const ofRefund = `Refunded ${first.id} ${refunded.psp} CNY -54.00 ours: ${describe(refund, 'CNY 55.00 refunded')}`
  const ofLast = `Settled mine ${last.psp} CNY 15.01 ours: ${describe(last, 'CNY 15.00 authorised')}`
  const { events } = await operator.getPaymentRecord(second.id)
  const secondAt = events.find(({ toStatus }) => toStatus === 'authorised')?.at
  expect(differences).toBe(`13

In the report under a reference of our form, but we have no such payment: 1
  report.csv:8 Settled ${unknown} UNHEARDOF0000001 CNY 12.00

In the report under our reference, but with another pspReference: 1
  report.csv:9 Settled ${first.id} TAKENTWICE000001 CNY 12.00 ours: ${ofFirst}

In the report under another reference than ours: 2
  report.csv:3 ${ofRefund}
  report.csv:5 ${ofLast}

In the report with another amount: 2
  report.csv:3 ${ofRefund}
  report.csv:5 ${ofLast}

In the report, but by our record the money did not move: 1
  report.csv:10 Settled ${describe(refused, `CNY 14.01 ours: ${describe(refused, 'CNY 14.01 refused')}`)}

In the report more than once: 1
  report.csv:7 Settled ${describe(first, `CNY 12.00 ours: ${ofFirst}`)}

A refund of our payment that we have not recorded: 1
  report.csv:11 Refunded ${describe(first, `CNY -1.00 ours: ${ofFirst}`)}

Money of our payment that moved in a way that we do not record: 1
  report.csv:12 Chargeback ${describe(first, `CNY -1.00 ours: ${ofFirst}`)}

Of an unknown type: 2
  report.csv:13 Mystery ${describe(first, `CNY 12.00 ours: ${ofFirst}`)}
  report.csv:14 Riddle (no reference) CNY 12.00

In our records, but not in the report: 1
  ${describe(second, 'CNY 13.00 authorised')} ${secondAt}
`)
})

test('a refund that is not in the report is missing where refunds are expected', async ({
  trade,
  compare,
  compareAsJson,
}) => {
  const incomplete = changeLines(trade.report, (line) => (line['Type'] === 'Refunded' ? [] : line))
  expect((await compare(incomplete, [])).out).toContain('Refunds of ours were not expected')
  expect((await compareAsJson(incomplete)).differences).toMatchObject([
    {
      kind: 'missing_there',
      report: null,
      ours: { id: trade.refund.id, amount: { currency: 'CNY', decimal: '55.00' } },
    },
  ])
})

test('without --from and --to, payments are expected between the first and the last Creation Date', async ({
  trade: { report, second },
  compareAsJson,
}) => {
  expect((await compareAsJson(without(report, second), [])).differences).toMatchObject([
    { kind: 'missing_there', ours: { id: second.id } },
  ])
  // A report of the hours before misses nothing of now.
  expect((await compareAsJson(inZone(without(report, second), 'UTC', -2), [])).differences).toEqual([])
})

test('several reports are compared as one', async ({ trade, compare, compareAsJson, writeReport }) => {
  const { report, first, always } = trade
  const isFirst = isAbout(first, 'Settled')
  await writeReport(
    'other.csv',
    changeLines(report, (line) => (isFirst(line) ? line : [])),
  )
  expect((await compare(without(report, first), ['other.csv', ...always])).out).toContain('No differences.')
  expect((await compareAsJson(report, ['other.csv', ...always])).differences).toMatchObject([
    { kind: 'duplicate', report: { file: 'other.csv', line: 2 } },
  ])
})

test('a report of many lines is compared in many steps, and nothing is lost between them', async ({
  shop: { database },
  trade: { report, first },
  compare,
}) => {
  const many = 4_321
  const copies = await copyPayment(database, first, many)
  const settled = linesOf(report).find(isAbout(first, 'Settled')) ?? {}
  const lines = copies.map(({ id, psp }) => ({ ...settled, 'Merchant Reference': id, 'Psp Reference': psp }))
  const left = [0, 1_999, 2_000, many - 1]
  const { out } = await compare(toCsv([...linesOf(report), ...lines.filter((_, at) => !left.includes(at))]))
  expect(out).toContain(`  payments that agree     ${4 + many - left.length}  `)
  const missing = out.split('but not in the report: 4\n')[1]?.match(/pay_\w+/g)
  expect(missing).toEqual(left.map((at) => copies[at]?.id))
  const ids = copies.map(({ id }) => id)
  await database.tamper('delete from payment_events where payment_id = any($1)', [ids])
  await database.rows('delete from payments where id = any($1)', [ids])
})

/** More payments like this one, whatever columns its tables have. */
async function copyPayment(database: Database, { id }: Known, many: number): Promise<readonly Known[]> {
  const { rows } = await database.pool.query<Known>(
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
