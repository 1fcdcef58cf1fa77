import { Kysely, PostgresDialect, type KyselyConfig, type Transaction } from 'kysely'
import { Client, Pool, TypeOverrides, types } from 'pg'
import type { Database } from './tables.ts'

export type Db = Kysely<Database>
export type Trx = Transaction<Database>

const CONNECTIONS_MAX = 20
const CONNECT_TIMEOUT_MS = 5_000
/** The bound on one statement, a wait for a lock included. */
export const STATEMENT_TIMEOUT_MS = 10_000

/** Parses a bigint, which arrives as text. Money and counters stay far below 2^53. */
function parseSafeInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value))
    throw new RangeError(`The database holds ${text}, which is not a safe integer.`)
  return value
}

const numbers = new TypeOverrides()
numbers.setTypeParser(types.builtins.INT8, parseSafeInteger)

/**
 * A pool of connections with this program's types and limits. `onLost` is called for each
 * connection that breaks; the statement on it fails and the pool opens another.
 */
export function createPool(url: string, onLost: (error: Error) => void): Pool {
  const pool = new Pool({
    connectionString: url,
    max: CONNECTIONS_MAX,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    application_name: 'tael',
    types: numbers,
  })
  pool.on('error', onLost)
  pool.on('connect', (client) => client.on('error', onLost))
  return pool
}

/** A single connection for LISTEN. Keep-alive detects that the other side is gone. */
export function createClient(url: string): Client {
  return new Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    application_name: 'tael changes',
  })
}

/** Typed SQL over the pool. `log` is called for every statement. */
export function createDb(pool: Pool, log: NonNullable<KyselyConfig['log']>): Db {
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }), log })
}
