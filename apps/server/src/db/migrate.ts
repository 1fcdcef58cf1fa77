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
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).toSorted()
  const before = await findRun(db)
  const unknown = before.filter((name) => !files.includes(name))
  // The Migrator reads the whole catalogue of tables before it finds nothing to do.
  if (files.every((file) => before.includes(file))) return { ran: [], unknown }
  const known = files.map((file): [string, Migration] => [
    file,
    { up: (trx) => runFile(trx, new URL(file, folder)) },
  ])
  const skipped = unknown.map((name): [string, Migration] => [name, { up: async () => undefined }])
  const migrations = Object.fromEntries([...known, ...skipped])
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } })
  const { error, results = [] } = await migrator.migrateToLatest()
  if (error instanceof DatabaseUnavailableError) throw error
  if (error !== undefined) throw new Error('A migration failed and was rolled back.', { cause: error })
  const ran = results.filter(({ status }) => status === 'Success').map(({ migrationName }) => migrationName)
  return { ran, unknown }
}

/** The names of the migrations that have run: none on an empty database. */
async function findRun(db: Db): Promise<string[]> {
  const table = sql<{ exists: boolean }>`select to_regclass('kysely_migration') is not null as exists`
  if ((await table.execute(db)).rows[0]?.exists !== true) return []
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db)
  return rows.map(({ name }) => name)
}

async function runFile(db: QueryExecutorProvider, file: URL): Promise<void> {
  // An index of a large table takes longer than a statement of a request may.
  await sql.raw('set local statement_timeout = 0').execute(db)
  await sql.raw(await readFile(file, 'utf8')).execute(db)
}
