import { parseArgs } from 'node:util'
import type { Command } from '../cli/command.ts'
import { withDatabase } from '../cli/database.ts'
import { readDatabase, readParts } from '../config.ts'
import { reconcile } from './reconcile.ts'

export const reconcileCommand: Command = {
  name: 'reconcile',
  summary: 'compares every payment, refund, order and stock with the events and webhooks behind it',
  usage: `[--json]

  --json   for programs

It changes nothing. It ends with 0 where everything agrees, with 1 where something differs.`,

  async run(args, { environment, print }) {
    const { values } = parseArgs({ args: [...args], options: { json: { type: 'boolean' } } })
    const reconciliation = await withDatabase(readParts(environment, readDatabase), (db) =>
      db
        .transaction()
        .setAccessMode('read only')
        .setIsolationLevel('repeatable read')
        .execute((trx) => reconcile(trx)),
    )
    const { payments, webhooks, differences } = reconciliation
    if (values.json === true) print(`${JSON.stringify(reconciliation, null, 2)}\n`)
    else {
      for (const { subject, problem } of differences) print(`${subject}: ${problem}\n`)
      print(`${payments} payments, ${webhooks} webhook items, ${differences.length} differences\n`)
    }
    return differences.length === 0 ? 'fine' : 'differences'
  },
}
