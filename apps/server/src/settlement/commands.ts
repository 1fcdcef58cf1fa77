import { parseArgs } from 'node:util'
import { type Command, CommandError } from '../cli/command.ts'
import { withDatabase } from '../cli/database.ts'
import { parseTime } from '../cli/time.ts'
import { readDatabase, readMerchantAccount, readEnvironment } from '../config.ts'
import { inSnapshot } from '../db/transaction.ts'
import { formatJson, formatText } from './format.ts'
import { compareReports } from './compare.ts'

export const settlementCommand: Command = {
  name: 'settlement',
  summary: "compare Adyen's Settlement details reports with our payments and refunds",
  usage: `<report.csv> ... [--from <time>] [--to <time>] [--json]

Compares Adyen's Settlement details reports with our payments and refunds, and lists what is missing
on either side. It changes nothing. The exit code is 0 where both agree and 1 where they differ.

  <report.csv>   the report of one batch; several are read as one
  --from, --to   the period whose payments and refunds must be in the report, such as
                 2026-06-01T00:00:00+08:00; without it from the first Creation Date to the last
  --json         print JSON`,

  async run(args, { environment, print }) {
    const { values, positionals: files } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { from: { type: 'string' }, to: { type: 'string' }, json: { type: 'boolean' } },
    })
    if (files.length === 0) throw new CommandError('usage', 'Name a report.')
    const from = parseTime('--from', values.from)
    const to = parseTime('--to', values.to)
    if (from !== undefined && to !== undefined && from >= to)
      throw new CommandError('usage', '--to must be later than --from.')
    const { database, merchantAccount } = readEnvironment(environment, (read) => ({
      database: readDatabase(read),
      merchantAccount: readMerchantAccount(read),
    }))
    const found = await withDatabase(database, (db) =>
      inSnapshot(db, (trx) => compareReports(trx, { files, merchantAccount, from, to })),
    )
    print(values.json === true ? formatJson(found) : formatText(found))
    return found.differences.length === 0 ? 'success' : 'differences'
  },
}
