import { readdir, readFile } from 'node:fs/promises'
import { type QueryExecutorProvider, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import type { Db } from './database.ts'

/**
 * Runs every migration of `folder` that this database has not seen, in the order of their numbers, each once, also
 * when several servers start at the same moment (Kysely's Migrator holds a lock). Returns the names that ran.
 */
export async function migrate(db: Db, folder: URL): Promise<string[]> {
  const migrator = new Migrator({
    db,
    provider: {
      async getMigrations() {
        const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).toSorted()
        return Object.fromEntries(
          files.map((file) => [file, { up: (trx) => runFile(trx, new URL(file, folder)) }]),
        )
      },
    },
  })
  const { error, results = [] } = await migrator.migrateToLatest()
  if (error !== undefined) throw new Error('A migration failed; nothing of it was kept.', { cause: error })
  return results.filter(({ status }) => status === 'Success').map(({ migrationName }) => migrationName)
}

/** Runs a file of plain SQL. */
async function runFile(db: QueryExecutorProvider, file: URL): Promise<void> {
  await sql.raw(await readFile(file, 'utf8')).execute(db)
}
