import { sql } from 'kysely'
import { type Config, ConfigError } from '../config.ts'
import { createDb, createPool, type Db } from '../db/database.ts'
import { hasEmbeddedPostgres } from '../db/embedded.ts'
import { openDatabase } from '../db/open.ts'
import { createJobQueue, type JobQueue } from '../jobs/queue.ts'

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
  const db = createDb(createPool(database.url, () => undefined))
  try {
    await checkTables(db)
    return await work(db)
  } finally {
    await db.destroy()
    await database.stop()
  }
}

/** Runs a command's work on the server's database, with a queue whose jobs the servers run. */
export function withJobQueue<T>(
  config: Config['database'],
  work: (context: { readonly db: Db; readonly jobs: JobQueue }) => Promise<T>,
): Promise<T> {
  return withDatabase(config, async (db) => {
    const jobs = await createJobQueue(db)
    try {
      return await work({ db, jobs })
    } finally {
      await jobs.stop()
    }
  })
}

async function checkTables(db: Db): Promise<void> {
  const tables = sql<{ exists: boolean }>`select to_regclass('payments') is not null as exists`
  const { rows } = await tables.execute(db)
  if (rows[0]?.exists !== true)
    throw new ConfigError([
      'DATABASE_URL names a database without tables: run the command migrate, which creates them',
    ])
}
