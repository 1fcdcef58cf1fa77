import { readdir } from 'node:fs/promises'
import { sql } from 'kysely'
import { type Config, ConfigError } from '../config.ts'
import { classifyError, DatabaseUnavailableError } from '../db/availability.ts'
import { CONNECTIONS_MAX, createDb, createPool, type Db } from '../db/database.ts'
import { hasEmbeddedPostgres } from '../db/embedded.ts'
import { openDatabase } from '../db/open.ts'
import { leadsToPostgres } from '../db/prepare.ts'
import { allUnknown, fail, type Finding, pass, passIf, unknown } from './finding.ts'

const VERSION_MIN = 15

/** A database that answered, or why none did. */
export interface ReachedDatabase {
  readonly findings: readonly Finding[]
  readonly db: Db | undefined
  close(): Promise<void>
}

const nothing = async (): Promise<void> => undefined

/** Connects to the database as a server does. */
export async function reachDatabase(config: Config['database']): Promise<ReachedDatabase> {
  if (config.kind === 'embedded' && !(await hasEmbeddedPostgres(config.dataDir)))
    return unreached(`DATABASE_URL is not set, and DATA_DIR (${config.dataDir}) has no embedded database yet`)
  if (config.kind === 'url' && (config.url === '' || config.directUrl === ''))
    return unreached('DATABASE_URL or DATABASE_DIRECT_URL is not valid')
  let pooled: boolean
  let database: Awaited<ReturnType<typeof openDatabase>>
  try {
    database = await openDatabase(config)
    pooled = !(await leadsToPostgres(database.directUrl))
    if (database.url !== database.directUrl) await leadsToPostgres(database.url)
  } catch (error) {
    return unreached(describe(error))
  }
  const db = createDb(
    // A broken connection is reported by the statement that used it.
    createPool(database.url, () => undefined),
  )
  return {
    findings: [
      pass('database.reached', `connected (${config.kind === 'embedded' ? 'embedded' : 'DATABASE_URL'})`),
      passIf(!pooled, 'database.pooler', pooled ? 'it leads to a connection pooler' : 'no pooler in between'),
    ],
    db,
    async close() {
      await db.destroy()
      await database.stop()
    },
  }
}

const unreached = (found: string): ReachedDatabase => ({
  findings: [fail('database.reached', found)],
  db: undefined,
  close: nothing,
})

/** Without the address, in which the password is. */
function describe(error: unknown): string {
  if (error instanceof ConfigError) return error.problems.join('; ')
  const known = classifyError(error)
  return known instanceof DatabaseUnavailableError ? known.message : 'DATABASE_URL is not valid'
}

interface Settings {
  readonly version: number
  readonly encoding: string
  readonly fsync: string
  readonly pages: string
  readonly readOnly: string
  readonly connections: number
  readonly role: string
  readonly isSuperuser: boolean
}

/** What PostgreSQL is set to, which migrations have run, and what the role may do. */
export async function examineDatabase(reached: ReachedDatabase, migrations: URL): Promise<Finding[]> {
  const { db, findings } = reached
  if (db === undefined)
    return [...findings, ...allUnknown('database', 'the database is not reached', findings)]
  const settings = (await readSettings.execute(db)).rows[0]
  if (settings === undefined) throw new Error('PostgreSQL answered no row.')
  const { version, encoding, fsync, pages, readOnly, connections, role, isSuperuser } = settings
  const major = Math.floor(version / 10_000)
  const missing = await findMissingRights(db)
  return [
    ...findings,
    passIf(major >= VERSION_MIN, 'database.version', `PostgreSQL ${major}`),
    passIf(
      readOnly === 'off',
      'database.writable',
      `transactions are ${readOnly === 'off' ? 'read-write' : 'read-only'}`,
    ),
    passIf(encoding === 'UTF8', 'database.encoding', encoding),
    passIf(
      fsync === 'on' && pages === 'on',
      'database.durable',
      `fsync is ${fsync}, full_page_writes ${pages}`,
    ),
    passIf(
      connections >= CONNECTIONS_MAX,
      'database.connections',
      `${connections} connections, of which a server uses ${CONNECTIONS_MAX}`,
    ),
    await examineMigrations(db, migrations),
    missing.length === 0
      ? pass(
          'database.role',
          isSuperuser ? `${role}, a superuser: docs/runtime-role.sql makes one that owns nothing` : role,
        )
      : fail('database.role', `${role} may not use ${missing.slice(0, 5).join(', ')} as a server does`),
  ]
}

const readSettings = sql<Settings>`
  select current_setting('server_version_num')::int as version,
    current_setting('server_encoding') as encoding,
    current_setting('fsync') as fsync,
    current_setting('full_page_writes') as pages,
    current_setting('transaction_read_only') as "readOnly",
    least(
      current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int,
      (select nullif(rolconnlimit, -1) from pg_roles where rolname = current_user),
      (select nullif(datconnlimit, -1) from pg_database where datname = current_database())
    ) as connections,
    current_user as role,
    (select rolsuper from pg_roles where rolname = current_user) as "isSuperuser"`

async function examineMigrations(db: Db, folder: URL): Promise<Finding> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql'))
  const table = sql<{ exists: boolean }>`select to_regclass('kysely_migration') is not null as exists`
  if ((await table.execute(db)).rows[0]?.exists !== true)
    return fail('database.migrations', 'the database has no tables')
  const rights = sql<{ may: boolean }>`select has_table_privilege('kysely_migration', 'select') as may`
  if ((await rights.execute(db)).rows[0]?.may !== true)
    return unknown('database.migrations', 'the role may not read which migrations have run')
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db)
  const run = new Set(rows.map(({ name }) => name))
  const missing = files.filter((file) => !run.has(file)).toSorted()
  if (missing.length > 0) return fail('database.migrations', `these have not run: ${missing.join(', ')}`)
  const newer = rows.length - files.length
  return pass(
    'database.migrations',
    newer > 0 ? `all have run, and ${newer} of a newer release` : `all ${files.length} have run`,
  )
}

/** The tables that the role cannot use as docs/runtime-role.sql lets it. */
async function findMissingRights(db: Db): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select format('%s.%s', n.nspname, c.relname) as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('public', 'pgboss') and c.relkind in ('r', 'p')
      and not (has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select') and (
        c.relname like 'kysely_migration%' or (
          has_table_privilege(c.oid, 'insert')
          and (c.relname in ('payment_events', 'operator_actions') or has_table_privilege(c.oid, 'update'))
        )
      ))
    order by name`.execute(db)
  return rows.map(({ name }) => name)
}
