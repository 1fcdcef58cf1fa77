import { sql } from 'kysely'
import { type Config, ConfigError } from '../config.ts'
import { createDb, createPool, type Db } from '../db/database.ts'
import { hasEmbeddedPostgres } from '../db/embedded.ts'
import { openDatabase } from '../db/open.ts'
import { CommandError } from './command.ts'

/**
 * Lets a command work on the server's database, and lets go of it afterwards. The embedded one is started where the
 * server does not run; a command makes no database and no tables, the server does.
 */
export async function withDatabase<T>(config: Config['database'], work: (db: Db) => Promise<T>): Promise<T> {
  if (config.kind === 'embedded' && !(await hasEmbeddedPostgres(config.dataDir)))
    throw new ConfigError([
      `DATABASE_URL is missing, and no embedded database lies in ${config.dataDir} (DATA_DIR)`,
    ])
  const database = await openDatabase(config)
  // Whatever uses a connection that breaks fails by itself and says so.
  const db = createDb(
    createPool(database.url, () => undefined),
    () => undefined,
  )
  try {
    await expectTables(db)
    return await work(db)
  } finally {
    await db.destroy()
    await database.stop()
  }
}

async function expectTables(db: Db): Promise<void> {
  const { rows } = await sql<{ there: boolean }>`select to_regclass('payments') is not null as there`
    .execute(db)
    .catch((error: unknown) => {
      throw new CommandError('unavailable', `The database cannot be used: ${reasonOf(error)}.`)
    })
  if (rows[0]?.there !== true)
    throw new ConfigError([
      'DATABASE_URL names a database without tables: the server makes them when it starts',
    ])
}

/** Where each of several addresses refused, Node gives the reason as a code and no message. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.message === '' && 'code' in error ? String(error.code) : error.message
}
