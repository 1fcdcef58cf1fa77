import { pipeline, type Readable } from 'node:stream'
import { CsvError, type Info, parse } from 'csv-parse'
import { type Decimal, exponentOf, isWhole, parseDecimal } from './decimal.ts'

/** A report: its name, and what opens it at its beginning. */
export interface ReportSource {
  readonly name: string
  readonly open: () => Readable
}

/** The file of a report cannot be read. */
export class ReportFileError extends Error {
  override readonly name = 'ReportFileError'
}

/** A report is not one that can be compared. The message is for the operator and names the line. */
export class ReportError extends Error {
  override readonly name = 'ReportError'
}

/** An amount of a report: in any currency, negative where it is taken from the merchant. */
export interface ReportAmount {
  readonly currency: string
  readonly amount: Decimal
}

/** One line of a Settlement details report: the columns that we read. */
export interface ReportLine {
  readonly file: string
  readonly line: number
  readonly merchantAccount: string
  /** Adyen's journal type: `Settled`, `Refunded`, `MerchantPayout`. */
  readonly type: string
  /** The batch in which the money is paid out; empty where the report has no such column. */
  readonly batch: string
  /** Adyen's reference of the payment; empty where the line is not about one. */
  readonly pspReference: string
  /** Our reference of the payment. */
  readonly merchantReference: string
  /** Adyen's reference of the capture, refund or chargeback. */
  readonly modificationReference: string
  /** Our reference of the refund. */
  readonly modificationMerchantReference: string
  readonly creationDate: string
  readonly timeZone: string
  /** In the currency of the payment. */
  readonly gross: ReportAmount
  /** In the currency that is paid out. */
  readonly net: ReportAmount
}

/**
 * The required columns, found by name because an account can order them (docs.adyen.com, Settlement
 * details report; the header of a report of 2026 in the tests of
 * wikimedia/wikimedia-fundraising-SmashPig).
 *
 * Unverified with WeChat Pay: that Settled lines have the payment's pspReference and the amount as
 * a gross credit.
 */
const required = {
  merchantAccount: 'Merchant Account',
  type: 'Type',
  pspReference: 'Psp Reference',
  merchantReference: 'Merchant Reference',
  modificationReference: 'Modification Reference',
  creationDate: 'Creation Date',
  timeZone: 'TimeZone',
  grossCurrency: 'Gross Currency',
  grossDebit: 'Gross Debit (GC)',
  grossCredit: 'Gross Credit (GC)',
  netCurrency: 'Net Currency',
  netDebit: 'Net Debit (NC)',
  netCredit: 'Net Credit (NC)',
} as const

const MODIFICATION_MERCHANT_REFERENCE = 'Modification Merchant Reference'
const BATCH_NUMBER = 'Batch Number'

/** Far above any line of a report; only a quote that is never closed reaches it. */
const RECORD_CHARACTERS_MAX = 100_000

/**
 * Reads a report line by line, whatever its size. Throws a ReportError that names an invalid line,
 * or a ReportFileError.
 */
export async function* readReport({ name: file, open }: ReportSource): AsyncGenerator<ReportLine> {
  const parser = parse({
    bom: true,
    info: true,
    skip_empty_lines: true,
    max_record_size: RECORD_CHARACTERS_MAX,
  })
  // A failure of either stream reaches the loop through the parser, which is destroyed with it.
  pipeline(open(), parser, () => undefined)
  const records: AsyncIterable<{ record: string[]; info: Info }> = parser
  let columns: Columns | undefined
  try {
    for await (const { record, info } of records) {
      if (columns === undefined) columns = columnsOf(file, record)
      else yield toLine(file, firstLine(record, info), columns, record)
    }
  } catch (error) {
    throw toReportError(file, error)
  }
  if (columns === undefined) throw new ReportError(`${file} is empty.`)
}

/** The index of each column. */
type Columns = ReadonlyMap<string, number>

function columnsOf(file: string, header: readonly string[]): Columns {
  const columns = new Map(header.map((name, index) => [name.trim(), index]))
  const missing = Object.values(required).filter((name) => !columns.has(name))
  if (missing.length > 0) {
    const names = missing.map((name) => `"${name}"`).join(', ')
    throw new ReportError(`${file} has no column ${names}. Is it a Settlement details report, as CSV?`)
  }
  return columns
}

/** The first line of a record: the parser counts to its last, and a record can span several. */
function firstLine(record: readonly string[], { lines }: Info): number {
  return lines - record.reduce((breaks, field) => breaks + field.split('\n').length - 1, 0)
}

function toLine(file: string, line: number, columns: Columns, record: readonly string[]): ReportLine {
  const at = (column: string): string => record[columns.get(column) ?? -1] ?? ''
  const where = `${file}, line ${line}`
  const amount = (column: string): Decimal => {
    const text = at(column)
    const read = text === '' ? 0n : parseDecimal(text)
    if (read === undefined) throw new ReportError(`${where}: "${column}" is not an amount: ${text}`)
    return read
  }
  const money = (currencyColumn: string, debit: string, credit: string): ReportAmount => {
    const currency = at(currencyColumn)
    const net = amount(credit) - amount(debit)
    if (net !== 0n && !/^[A-Z]{3}$/.test(currency))
      throw new ReportError(`${where}: "${currencyColumn}" is not a currency: ${currency}`)
    return { currency, amount: net }
  }
  const gross = money(required.grossCurrency, required.grossDebit, required.grossCredit)
  const exponent = exponentOf(gross.currency)
  if (exponent !== undefined && !isWhole(gross.amount, exponent))
    throw new ReportError(`${where}: the gross amount is finer than the minor unit of ${gross.currency}`)
  return {
    file,
    line,
    merchantAccount: at(required.merchantAccount),
    type: at(required.type),
    batch: at(BATCH_NUMBER),
    pspReference: at(required.pspReference),
    merchantReference: at(required.merchantReference),
    modificationReference: at(required.modificationReference),
    modificationMerchantReference: at(MODIFICATION_MERCHANT_REFERENCE),
    creationDate: at(required.creationDate),
    timeZone: at(required.timeZone),
    gross,
    net: money(required.netCurrency, required.netDebit, required.netCredit),
  }
}

/** An error of reading a report; any other as it is. */
function toReportError(file: string, error: unknown): unknown {
  if (error instanceof CsvError) return new ReportError(`${file} is not CSV: ${error.message}`)
  return toFileError(error)
}

/** An error of the file system for the operator; any other as it is. */
export function toFileError(error: unknown): unknown {
  if (error instanceof Error && 'syscall' in error)
    return new ReportFileError(`The report cannot be read: ${error.message}`, { cause: error })
  return error
}
