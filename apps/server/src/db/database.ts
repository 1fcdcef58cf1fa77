import { Kysely, type KyselyConfig, type Transaction } from 'kysely'
import { Client, type ClientBase, DatabaseError, Pool, type PoolClient, types } from 'pg'
import { READ_ONLY } from './availability.ts'
import { Dialect } from './dialect.ts'
import { SET_SESSION, STATEMENT_TIMEOUT_MS } from './session.ts'
import { breakWhenSilent, SilentConnectionError } from './silence.ts'
import type { Database } from './tables.ts'

export type Db = Kysely<Database>
export type Trx = Transaction<Database>

/** How many connections the pool of a process opens at most. */
export const CONNECTIONS_MAX = 20
const CONNECT_TIMEOUT_MS = 5_000
/** The bound on an answer. PostgreSQL itself ends a statement earlier, and says so. */
const SILENCE_MS = STATEMENT_TIMEOUT_MS + 3_000

/** Parses a bigint, which arrives as text. Money and counters stay far below 2^53. */
function parseSafeInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value))
    throw new RangeError(`The database holds ${text}, which is not a safe integer.`)
  return value
}

const INT8: number = types.builtins.INT8

/** How the texts of a type are read, by its number in PostgreSQL. */
function readerOf(type: number): (text: string) => unknown {
  if (type === INT8) return parseSafeInteger
  // Its types list the numbers of PostgreSQL's own types, and it reads all others as text.
  // oxlint-disable-next-line typescript/no-unsafe-enum-assignment
  return types.getTypeParser(type)
}

/**
 * A pool of connections with this program's types, settings and limits. `onLost` is called for each
 * connection that breaks; the statement on it fails and the pool opens another.
 */
export function createPool(url: string, onLost: (error: Error) => void): Pool {
  const pool = new Pool({
    connectionString: url,
    max: CONNECTIONS_MAX,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    application_name: 'tael',
    types: { getTypeParser: readerOf },
    // The pool waits for it, which its types do not show.
    // oxlint-disable-next-line typescript/no-misused-promises
    onConnect: setUp,
  })
  pool.on('error', onLost)
  pool.on('connect', (client) => client.on('error', onLost))
  retireSuspects(pool)
  return pool
}

/** The settings are a statement, because poolers refuse them as parameters of the connection. */
async function setUp(client: ClientBase): Promise<void> {
  if (client instanceof Client) breakWhenSilent(client, SILENCE_MS)
  await client.query(SET_SESSION)
}

/**
 * Where one connection fell silent, those that idle are dead as well; where PostgreSQL became
 * read-only, another server writes now. So the pool opens new ones instead of trying them in turn.
 */
function retireSuspects(pool: Pool): void {
  const idle = new Set<PoolClient>()
  const busy = new Set<PoolClient>()
  const suspects = new WeakSet<PoolClient>()
  const retireIdle = (): void => {
    for (const client of idle) {
      // The pool removes an idle connection that reports an error.
      client.emit('error', new Error('Another connection to the database failed.'))
      client.connection.stream.destroy()
    }
    idle.clear()
  }
  pool.on('connect', (client) => {
    client.on('error', (error) => {
      if (busy.has(client) && error instanceof SilentConnectionError) retireIdle()
    })
    client.connection.on('errorMessage', (error: unknown) => {
      if (!(error instanceof DatabaseError) || error.code !== READ_ONLY) return
      suspects.add(client)
      retireIdle()
    })
  })
  pool.on('acquire', (client) => {
    idle.delete(client)
    busy.add(client)
  })
  pool.on('release', (_error, client) => {
    busy.delete(client)
    if (suspects.has(client)) void client.end()
    else idle.add(client)
  })
  pool.on('remove', (client) => idle.delete(client))
}

/** A single connection. */
export function createClient(url: string): Client {
  return new Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    application_name: 'tael',
  })
}

/** Typed SQL over the pool. `log` is called for every statement; see dialect.ts for `prepares`. */
export function createDb(pool: Pool, log?: KyselyConfig['log'], prepares = false): Db {
  const dialect = new Dialect({ pool, prepares, readerOf })
  return new Kysely<Database>(log === undefined ? { dialect } : { dialect, log })
}
