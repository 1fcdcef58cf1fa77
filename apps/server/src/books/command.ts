import { parseArgs } from 'node:util'
import type { Command } from '../cli/command.ts'
import { withDatabase } from '../cli/database.ts'
import { readDatabase, readParts } from '../config.ts'
import { reconcileBooks } from './reconcile.ts'

export const reconcileCommand: Command = {
  name: 'reconcile',
  summary: 'holds every payment, refund, order and stock against the events and webhooks that made it',
  usage: `[--json]

  --json   for programs

It changes nothing. It ends with 0 where everything agrees, with 1 where something differs.`,

  async run(args, { environment, print }) {
    const { values } = parseArgs({ args: [...args], options: { json: { type: 'boolean' } } })
    const books = await withDatabase(readParts(environment, readDatabase), (db) =>
      db
        .transaction()
        .setAccessMode('read only')
        .setIsolationLevel('repeatable read')
        .execute((trx) => reconcileBooks(trx)),
    )
    const { payments, webhooks, differences } = books
    if (values.json === true) print(`${JSON.stringify(books, null, 2)}\n`)
    else {
      for (const { subject, problem } of differences) print(`${subject}: ${problem}\n`)
      print(`${payments} payments, ${webhooks} webhook items, ${differences.length} differences\n`)
    }
    return differences.length === 0 ? 'fine' : 'differences'
  },
}
