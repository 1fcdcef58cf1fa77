import { parseArgs } from 'node:util'
import type { Command } from '../cli/command.ts'
import { withDatabase } from '../cli/database.ts'
import { readDatabase, readEnvironment } from '../config.ts'
import { inSnapshot } from '../db/transaction.ts'
import { reconcile } from './reconcile.ts'

export const reconcileCommand: Command = {
  name: 'reconcile',
  summary: 'compare payments, refunds, orders and stock with the events and webhooks behind them',
  usage: `[--json]

  --json   print JSON

It changes nothing. The exit code is 0 where everything agrees and 1 where something differs.`,

  async run(args, { environment, print }) {
    const { values } = parseArgs({ args: [...args], options: { json: { type: 'boolean' } } })
    const reconciliation = await withDatabase(readEnvironment(environment, readDatabase), (db) =>
      inSnapshot(db, reconcile),
    )
    const { payments, webhooks, differences } = reconciliation
    if (values.json === true) print(`${JSON.stringify(reconciliation, null, 2)}\n`)
    else {
      for (const { subject, problem } of differences) print(`${subject}: ${problem}\n`)
      print(`${payments} payments, ${webhooks} webhook items, ${differences.length} differences\n`)
    }
    return differences.length === 0 ? 'success' : 'differences'
  },
}
