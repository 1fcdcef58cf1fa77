import { parseArgs } from 'node:util'
import { type Command, CommandError } from '../cli/command.ts'
import { withDatabase } from '../cli/database.ts'
import { timeOf } from '../cli/time.ts'
import { readDatabase, readMerchantAccount, readParts } from '../config.ts'
import { asJson, asText } from './print.ts'
import { reconcile } from './reconcile.ts'

export const settlement: Command = {
  name: 'settlement',
  summary: "holds Adyen's Settlement details reports against our payments and refunds",
  usage: `<report.csv> ... [--from <time>] [--to <time>] [--json]

  <report.csv>   the Settlement details report of a batch; several are read as one
  --from, --to   when the payments and refunds that must be in the report happened, such as
                 2026-06-01T00:00:00+08:00; else from its first to its last Creation Date
  --json         for programs

It changes nothing. It ends with 0 where report and books agree, with 1 where they differ.`,

  async run(args, { environment, print }) {
    const { values, positionals: files } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { from: { type: 'string' }, to: { type: 'string' }, json: { type: 'boolean' } },
    })
    if (files.length === 0) throw new CommandError('usage', 'Which report?')
    const from = timeOf('--from', values.from)
    const to = timeOf('--to', values.to)
    const { database, merchantAccount } = readParts(environment, (read) => ({
      database: readDatabase(read),
      merchantAccount: readMerchantAccount(read),
    }))
    const found = await withDatabase(database, (db) =>
      db
        .transaction()
        .setAccessMode('read only')
        .setIsolationLevel('repeatable read')
        .execute((trx) => reconcile(trx, { files, merchantAccount, from, to })),
    )
    print(values.json === true ? asJson(found) : asText(found))
    return found.differences.length === 0 ? 'fine' : 'differences'
  },
}
