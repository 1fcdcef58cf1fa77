import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import * as Type from '@sinclair/typebox'
import { Parse } from '@sinclair/typebox/value'
import { credentials } from '@tael/stack'
import { parse } from 'csv-parse/sync'
import { HOUR } from './actors/index.ts'
import { test as base } from './fixtures.ts'
import { type Ended, runCommand } from './run-command.ts'
import { until } from './until.ts'

const HOUR_MS = HOUR * 1000

/** One line of a report, by the names of its columns. */
export type Line = Record<string, string>

/** A payment or refund, by our id and Adyen's. */
export interface Known {
  readonly id: string
  readonly psp: string
}

/** A shop's whole life, and the simulator's report of it. */
export interface Trade {
  readonly report: string
  /** The options `--from` and `--to` around all of it. */
  readonly always: readonly [string, string, string, string]
  /** The payments, in the order of the report. */
  readonly refunded: Known
  readonly first: Known
  readonly second: Known
  readonly last: Known
  /** A payment that was refused. */
  readonly refused: Known
  /** The refund of all of `refunded`. */
  readonly refund: Known
}

/** What the command prints with `--json`, as far as the tests read it. */
const Comparison = Type.Object({
  differences: Type.Array(Type.Unknown()),
  unknownTimeZones: Type.Array(Type.String()),
  paymentPeriod: Type.Object({ from: Type.String(), to: Type.String() }),
})

export const test = base
  .extend('trade', { scope: 'file' }, async ({ shopper, operator, adyen, clock }): Promise<Trade> => {
    const from = new Date(Date.now() - HOUR_MS).toISOString()
    const buy = async (price: number): Promise<Known> => {
      const { id } = await shopper.buy(price)
      await adyen.waitForDeliveries()
      const { pspReference } = await operator.getPaymentRecord(id)
      return { id, psp: pspReference ?? '' }
    }
    const refunded = await buy(5500)
    const { id } = await operator.refund({ ...refunded, amount: { currency: 'CNY', value: 5500 } })
    const refundNow = async () => (await operator.getPaymentRecord(refunded.id)).refunds[0]
    await until(async () => {
      await adyen.waitForDeliveries()
      return (await refundNow())?.status === 'refunded'
    })
    const refund = { id, psp: (await refundNow())?.pspReference ?? '' }
    const [first, second, refused] = [await buy(1200), await buy(1300), await buy(1401)]
    // Creation Dates have seconds: an hour puts all the others between the first payment and the
    // last.
    await clock.passSimulatedTime(HOUR)
    const last = await buy(1500)
    const to = new Date(Date.now() + 2 * HOUR_MS).toISOString()
    const report = await adyen.settlementReport()
    return { report, always: ['--from', from, '--to', to], refunded, refund, first, second, refused, last }
  })
  // oxlint-disable-next-line eslint/no-empty-pattern -- Vitest reads what a fixture needs from this pattern.
  .extend('folder', { scope: 'file' }, async ({}, { onCleanup }) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tael-settlement-'))
    onCleanup(() => rm(folder, { recursive: true, force: true }))
    return folder
  })
  /** Writes a report beside the one to compare. */
  .extend(
    'writeReport',
    ({ folder }) =>
      (name: string, csv: string): Promise<void> =>
        writeFile(path.join(folder, name), csv),
  )
  /** Compares a report with the shop's records, as an operator does on the command line. */
  .extend(
    'compare',
    ({ shop, folder, trade, writeReport }) =>
      async (csv: string, args: readonly string[] = trade.always): Promise<Ended> => {
        await writeReport('report.csv', csv)
        const environment = {
          DATABASE_URL: shop.database.url,
          ADYEN_MERCHANT_ACCOUNT: credentials.ADYEN_MERCHANT_ACCOUNT,
        }
        const there = ['report.csv', ...args].map((arg) =>
          arg.endsWith('.csv') ? path.join(folder, arg) : arg,
        )
        const { code, out, err } = await runCommand(['settlement', ...there], environment)
        const below = `${folder}${path.sep}`
        return { code, out: out.replaceAll(below, ''), err: err.replaceAll(below, '') }
      },
  )
  /** The same, as a program reads it. */
  .extend(
    'compareAsJson',
    ({ compare, trade }) =>
      async (csv: string, args: readonly string[] = trade.always) =>
        Parse(Comparison, JSON.parse((await compare(csv, [...args, '--json'])).out)),
  )

export const linesOf = (csv: string): Line[] => parse<Line>(csv, { columns: true })

interface Style {
  readonly columns?: readonly string[]
  readonly newline?: string
  readonly quoteAll?: boolean
}

export function toCsv(lines: readonly Line[], style: Style = {}): string {
  const { columns = Object.keys(lines[0] ?? {}), newline = '\n', quoteAll = false } = style
  const field = (text: string): string =>
    quoteAll || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  const records = [columns, ...lines.map((line) => columns.map((name) => line[name] ?? ''))]
  return records.map((record) => record.map(field).join(',') + newline).join('')
}

/** A report with its lines changed; an empty array leaves a line out. */
export function changeLines(csv: string, change: (line: Line) => Line | readonly Line[]): string {
  const columns = Object.keys(linesOf(csv)[0] ?? {})
  return toCsv(linesOf(csv).flatMap(change), { columns })
}

/** Whether a line is of this type and about this payment. */
export const isAbout =
  ({ id }: Known, type: string) =>
  (line: Line) =>
    line['Merchant Reference'] === id && line['Type'] === type

/** A report without the line of this payment. */
export const without = (csv: string, payment: Known): string =>
  changeLines(csv, (line) => (isAbout(payment, 'Settled')(line) ? [] : line))

/** A report with its Creation Dates so many hours later, and marked as of this time zone. */
export const inZone = (csv: string, zone: string, hours: number): string =>
  changeLines(csv, (line) => {
    const at = shiftHours(`${line['Creation Date']?.replace(' ', 'T')}Z`, hours)
    return { ...line, 'Creation Date': at.slice(0, 19).replace('T', ' '), TimeZone: zone }
  })

export const shiftHours = (iso: string, hours: number): string =>
  new Date(Date.parse(iso) + hours * HOUR_MS).toISOString()

/** What the command prints of a report in which nothing differs. */
export const agreement = ({ always }: Trade): Ended => ({
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
