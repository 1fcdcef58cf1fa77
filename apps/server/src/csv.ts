import { pipeline, Readable } from 'node:stream'
import { stringify } from 'csv-stringify'

/** One cell. A boolean is written as `true` or `false`, null as nothing. */
type Cell = string | boolean | null

/**
 * CSV (RFC 4180) with a header, read from `rows` as fast as the reader takes it: destroying it ends them,
 * and their error ends it. A cell that a spreadsheet would take for a formula begins with an apostrophe.
 */
export function toCsv<Column extends string>(
  columns: readonly Column[],
  rows: AsyncIterable<Readonly<Record<Column, Cell>>>,
): Readable {
  const csv = stringify({
    header: true,
    columns: [...columns],
    record_delimiter: 'windows',
    escape_formulas: true,
    cast: { boolean: String },
  })
  // Its error reaches whoever reads.
  pipeline(Readable.from(rows), csv, () => undefined)
  return csv
}
