import { sql } from 'kysely'
import { type Config, ConfigError } from '../config.ts'
import { createDb, createPool, type Db } from '../db/database.ts'
import { hasEmbeddedPostgres } from '../db/embedded.ts'
import { openDatabase } from '../db/open.ts'
import { CommandError } from './command.ts'

/**
 * Runs a command's work on the server's database, and closes it afterwards. Starts the embedded
 * PostgreSQL where the server does not run, but creates neither a database nor tables.
 */
export async function withDatabase<T>(config: Config['database'], work: (db: Db) => Promise<T>): Promise<T> {
  if (config.kind === 'embedded' && !(await hasEmbeddedPostgres(config.dataDir)))
    throw new ConfigError([
      `DATABASE_URL is missing, and DATA_DIR (${config.dataDir}) has no embedded database`,
    ])
  const database = await openDatabase(config)
  // A broken connection is reported by the statement that used it.
  const db = createDb(
    createPool(database.url, () => undefined),
    () => undefined,
  )
  try {
    await checkTables(db)
    return await work(db)
  } finally {
    await db.destroy()
    await database.stop()
  }
}

async function checkTables(db: Db): Promise<void> {
  const { rows } = await sql<{ exists: boolean }>`select to_regclass('payments') is not null as exists`
    .execute(db)
    .catch((error: unknown) => {
      throw new CommandError('unavailable', `The database cannot be reached: ${describeError(error)}.`)
    })
  if (rows[0]?.exists !== true)
    throw new ConfigError([
      'DATABASE_URL names a database without tables: run the command migrate, which creates them',
    ])
}

/** Where several addresses refused the connection, Node's error has a code but no message. */
function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.message === '' && 'code' in error ? String(error.code) : error.message
}
