import { parseArgs } from 'node:util'
import type { Command } from './cli/command.ts'
import { readDatabase, readEnvironment } from './config.ts'
import { waitForDatabase } from './db/availability.ts'
import { createDb, createPool } from './db/database.ts'
import { migrate } from './db/migrate.ts'
import { openDatabase } from './db/open.ts'
import { createLog } from './http/log.ts'
import { createJobs } from './jobs/queue.ts'

export const migrateCommand: Command = {
  name: 'migrate',
  summary: 'create the tables, or bring them up to date, as the role that owns them',
  usage: `

  A server does this itself when it starts, unless its role owns nothing (docs/operating.md). Run it
  before the servers of a new release start, with the DATABASE_URL of the owner.`,

  async run(args, { environment, print }) {
    parseArgs({ args: [...args], options: {} })
    const database = await openDatabase(readEnvironment(environment, readDatabase))
    const pool = createPool(database.url, () => undefined)
    const db = createDb(pool, () => undefined)
    try {
      await waitForDatabase(pool, (error) => print(`The database is not ready yet: ${String(error)}\n`))
      const { ran } = await migrate(db, new URL('../migrations/', import.meta.url))
      for (const name of ran) print(`${name}\n`)
      const jobs = await createJobs(pool, createLog('error'), [])
      await jobs.stop()
    } finally {
      await db.destroy()
      await database.stop()
    }
    print('The tables are up to date.\n')
    return 'success'
  },
}
