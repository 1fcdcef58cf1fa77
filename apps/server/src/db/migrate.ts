import { readdir, readFile } from 'node:fs/promises'
import { type QueryExecutorProvider, sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import { DatabaseUnavailableError } from './availability.ts'
import type { Db } from './database.ts'

/** What has become of a database's migrations, by their names. */
export interface Migrated {
  readonly ran: readonly string[]
  /** Those of a newer release, which this one does not know. */
  readonly unknown: readonly string[]
}

/**
 * Runs every migration of `folder` that has not run yet, by number. Kysely's Migrator holds a lock,
 * so several servers may start at the same time. Those that a newer release has run are left alone:
 * migrations only add, so this release works on their tables, and going back needs no change of the
 * database.
 */
export async function migrate(db: Db, folder: URL): Promise<Migrated> {
  let unknown: readonly string[] = []
  const migrator = new Migrator({
    db,
    provider: {
      async getMigrations() {
        const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).toSorted()
        unknown = (await findRun(db)).filter((name) => !files.includes(name))
        const known = files.map((file): [string, Migration] => [
          file,
          { up: (trx) => runFile(trx, new URL(file, folder)) },
        ])
        const skipped = unknown.map((name): [string, Migration] => [name, { up: async () => undefined }])
        return Object.fromEntries([...known, ...skipped])
      },
    },
  })
  const { error, results = [] } = await migrator.migrateToLatest()
  if (error instanceof DatabaseUnavailableError) throw error
  if (error !== undefined) throw new Error('A migration failed and was rolled back.', { cause: error })
  const ran = results.filter(({ status }) => status === 'Success').map(({ migrationName }) => migrationName)
  return { ran, unknown }
}

/** The names of the migrations that have run. The Migrator makes the table before it asks. */
async function findRun(db: Db): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db)
  return rows.map(({ name }) => name)
}

async function runFile(db: QueryExecutorProvider, file: URL): Promise<void> {
  await sql.raw(await readFile(file, 'utf8')).execute(db)
}
