import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import { DatabaseError } from 'pg'
import { ConfigError } from '../config.ts'
import { classifyError, DatabaseUnavailableError } from './availability.ts'
import { createClient, createDb, createPool, type Db, type Trx } from './database.ts'
import { inTransaction } from './transaction.ts'

const WAIT_MS_MAX = 60_000
const PAUSE_MS = 500
const LOCK_PAUSE_MS = 200

/**
 * Prepares the database on connections of its own, while no other server does. Waits until
 * PostgreSQL can be written to: after a crash, a restart or a failover it is not at first. Rejects
 * with the last DatabaseUnavailableError after a minute, and immediately with a ConfigError where
 * waiting cannot help.
 */
export async function prepareDatabase(
  directUrl: string,
  steps: (db: Db) => Promise<void>,
  onUnavailable: (error: Error) => void,
): Promise<void> {
  const end = performance.now() + WAIT_MS_MAX
  for (;;) {
    try {
      await checkSession(directUrl)
      return await prepareAlone(directUrl, steps)
    } catch (error) {
      if (!(error instanceof DatabaseUnavailableError) || performance.now() > end) throw error
      onUnavailable(error)
      await pause(PAUSE_MS)
    }
  }
}

async function prepareAlone(directUrl: string, steps: (db: Db) => Promise<void>): Promise<void> {
  // A connection that breaks is reported by the statement that used it.
  const db = createDb(createPool(directUrl, () => undefined))
  try {
    await inTransaction(db, async (trx) => {
      await lockPreparation(trx)
      await steps(db)
    })
  } finally {
    await db.destroy()
  }
}

/** Servers that start at the same moment would collide where they create the same tables. */
async function lockPreparation(trx: Trx): Promise<void> {
  await sql.raw(`set local idle_in_transaction_session_timeout = ${WAIT_MS_MAX}`).execute(trx)
  const lock = sql<{ locked: boolean }>`select pg_try_advisory_xact_lock(hashtext('prepare')) as locked`
  const end = performance.now() + WAIT_MS_MAX
  while ((await lock.execute(trx)).rows[0]?.locked !== true) {
    if (performance.now() > end)
      throw new DatabaseUnavailableError('another server does not finish preparing it')
    await pause(LOCK_PAUSE_MS)
  }
}

/** What PostgreSQL answers to a wrong address, and the part of the URL that is wrong. */
const refusals: Readonly<Record<string, string>> = {
  '28000': 'user, or the address it connects from',
  '28P01': 'user or password',
  '3D000': 'database',
}

/** Refuses a URL that PostgreSQL refuses, or that leads to a pooler, behind which nothing can be prepared. */
async function checkSession(directUrl: string): Promise<void> {
  if (await leadsToPostgres(directUrl)) return
  throw new ConfigError([
    'DATABASE_URL, or DATABASE_DIRECT_URL where it is set, leads to a connection pooler: set DATABASE_DIRECT_URL to the address of PostgreSQL itself',
  ])
}

/**
 * Whether a URL leads to PostgreSQL itself, and not to a connection pooler. Throws a ConfigError where
 * PostgreSQL refuses the URL.
 */
export async function leadsToPostgres(url: string): Promise<boolean> {
  const client = createClient(url)
  // The statement on it reports that it broke.
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
    return 'processID' in client && client.processID === rows[0]?.pid
  } catch (error) {
    const wrong = error instanceof DatabaseError ? refusals[error.code ?? ''] : undefined
    if (wrong !== undefined) throw new ConfigError([`PostgreSQL refuses the ${wrong} of DATABASE_URL`])
    throw classifyError(error)
  } finally {
    await client.end()
  }
}
