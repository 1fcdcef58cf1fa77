import { readdir, readFile } from 'node:fs/promises'
import { type QueryExecutorProvider, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import type { Db } from './database.ts'

/**
 * Runs every migration of `folder` that has not run yet, by number. Kysely's Migrator holds a lock,
 * so several servers may start at the same time. Returns the names that ran.
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
  if (error !== undefined) throw new Error('A migration failed and was rolled back.', { cause: error })
  return results.filter(({ status }) => status === 'Success').map(({ migrationName }) => migrationName)
}

async function runFile(db: QueryExecutorProvider, file: URL): Promise<void> {
  await sql.raw(await readFile(file, 'utf8')).execute(db)
}
