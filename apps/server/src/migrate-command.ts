import { parseArgs } from 'node:util'
import type { Command } from './cli/command.ts'
import { readDatabase, readEnvironment } from './config.ts'
import { createPool } from './db/database.ts'
import { migrate } from './db/migrate.ts'
import { openDatabase } from './db/open.ts'
import { prepareDatabase } from './db/prepare.ts'
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
    const pool = createPool(database.directUrl, () => undefined)
    const jobs = createJobs(pool, createLog('error'), [])
    try {
      await prepareDatabase(
        database.directUrl,
        async (db) => {
          const { ran } = await migrate(db, new URL('../migrations/', import.meta.url))
          for (const name of ran) print(`${name}\n`)
          await jobs.prepare()
        },
        (error) => print(`The database is not ready yet: ${error.message}\n`),
      )
    } finally {
      await jobs.stop()
      await pool.end()
      await database.stop()
    }
    print('The tables are up to date.\n')
    return 'success'
  },
}
