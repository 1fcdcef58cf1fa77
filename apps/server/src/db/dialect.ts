import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  PostgresDialect,
  type QueryResult,
  type TransactionSettings,
} from 'kysely'
import type { Pool, PoolClient, QueryConfig, QueryResult as Answer, QueryResultRow } from 'pg'
import { classifyError, DatabaseUnavailableError, isStalePlan } from './availability.ts'
import { SET_TRANSACTION } from './session.ts'
import { StatementNames } from './statement-names.ts'

/** How this program uses PostgreSQL. */
export interface DialectConfig {
  readonly pool: Pool
  /** Whether statements are prepared: not behind a pooler, where each may run in another session. */
  readonly prepares: boolean
}

/**
 * PostgreSQL as this program uses it: statements are prepared, each transaction sets what it relies
 * on, and every error that means the database is away is a DatabaseUnavailableError.
 */
export class Dialect extends PostgresDialect {
  readonly #config: DialectConfig
  constructor(config: DialectConfig) {
    super({ pool: config.pool })
    this.#config = config
  }

  override createDriver(): Driver {
    return new PoolDriver(this.#config)
  }
}

export const COMMIT = 'commit'
const ROLLBACK = 'rollback'
/** The statements that report how many rows they changed. */
const changes: ReadonlySet<string> = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE'])

class PoolDriver implements Driver {
  readonly #pool: Pool
  readonly #names: StatementNames | undefined
  readonly #connections = new WeakMap<PoolClient, Connection>()

  constructor({ pool, prepares }: DialectConfig) {
    this.#pool = pool
    this.#names = prepares ? new StatementNames() : undefined
  }

  async init(): Promise<void> {
    // The pool connects when it is first asked to.
  }

  async acquireConnection(): Promise<Connection> {
    const client = await this.#pool.connect().catch((error: unknown) => {
      throw new DatabaseUnavailableError(error)
    })
    const connection = this.#connections.get(client) ?? new Connection(client, this.#names)
    this.#connections.set(client, connection)
    return connection
  }

  async beginTransaction(
    connection: Connection,
    { isolationLevel = 'read committed', accessMode }: TransactionSettings,
  ): Promise<void> {
    connection.begin(`begin isolation level ${isolationLevel} ${accessMode ?? ''}; ${SET_TRANSACTION}`)
  }

  async commitTransaction(connection: Connection): Promise<void> {
    await connection.end(COMMIT)
  }

  async rollbackTransaction(connection: Connection): Promise<void> {
    await connection.end(ROLLBACK)
  }

  async releaseConnection(connection: Connection): Promise<void> {
    connection.release()
  }

  destroy(): Promise<void> {
    return this.#pool.end()
  }
}

/** How far the transaction of a connection has begun. */
type Transaction =
  | { readonly state: 'none' }
  /** Its `begin`, or a savepoint within it, is sent with the next statement. */
  | { readonly state: 'due'; readonly begin: string; readonly isBegun: boolean }
  | { readonly state: 'beginning'; readonly begun: Promise<unknown>; readsOnly: boolean }
  | { readonly state: 'begun' }
  /** Its commit or rollback is sent. */
  | { readonly state: 'ended'; readonly answered: Promise<void> }

/** A connection of the pool, and how far its transaction is. */
export class Connection implements DatabaseConnection {
  readonly #client: PoolClient
  readonly #names: StatementNames | undefined
  #transaction: Transaction = { state: 'none' }
  /** Its transaction could not be ended: nobody knows what state it is in. */
  #isLost = false
  #isCorked = false

  constructor(client: PoolClient, names: StatementNames | undefined) {
    this.#client = client
    this.#names = names
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    try {
      if (this.#transaction.state === 'ended') throw new TypeError('The transaction was committed before.')
      const begun = this.#begin()
      if (!this.#mayGoWithBegin(sql)) await begun
      const ran = this.#run<R>(sql, parameters)
      if (sql === COMMIT || sql === ROLLBACK)
        this.#transaction = { state: 'ended', answered: this.#waitForEnd(ran) }
      const [{ command, rowCount, rows }] = await Promise.all([ran, begun])
      // So it ends where a statement before it failed, and nobody noticed.
      if (sql === COMMIT && command === 'ROLLBACK') throw new TypeError('The transaction was rolled back.')
      return changes.has(command) ? { rows, numAffectedRows: BigInt(rowCount ?? 0) } : { rows }
    } catch (error) {
      throw classifyError(error)
    }
  }

  begin(statements: string): void {
    this.#transaction = { state: 'due', begin: statements, isBegun: false }
  }

  /** Sets a savepoint before the next statement, and what holds from there. */
  setSavepoint(statements: string): void {
    const { state } = this.#transaction
    const isBegun = state === 'begun' || (state === 'due' && this.#transaction.isBegun)
    if (!isBegun) throw new TypeError('A savepoint needs a transaction that has begun.')
    this.#transaction = { state: 'due', begin: statements, isBegun: true }
  }

  /**
   * Commits or rolls back. Nothing is sent of a transaction without statements, or where its commit
   * went with its last statements (flight.ts).
   */
  async end(statement: string): Promise<void> {
    const { state } = this.#transaction
    if (state === 'ended') await this.#transaction.answered
    else if (state !== 'due' || this.#transaction.isBegun)
      await this.executeQuery(CompiledQuery.raw(statement))
    this.#transaction = { state: 'none' }
  }

  async #waitForEnd(ran: Promise<unknown>): Promise<void> {
    this.#isLost = true
    const [{ status }] = await Promise.allSettled([ran])
    this.#isLost = status === 'rejected'
  }

  release(): void {
    this.#client.release(this.#isLost)
  }

  /** Sends the `begin` that is due, and resolves when it is answered. */
  async #begin(): Promise<void> {
    if (this.#transaction.state === 'due') {
      const begun = this.#send({ text: this.#transaction.begin })
      this.#transaction = { state: 'beginning', begun, readsOnly: true }
    }
    if (this.#transaction.state !== 'beginning') return
    await this.#transaction.begun
    if (this.#transaction.state === 'beginning') this.#transaction = { state: 'begun' }
  }

  /**
   * Whether a statement may be sent before `begin` is answered: it only reads, which does no harm
   * without its transaction, and none before it writes.
   */
  #mayGoWithBegin(sql: string): boolean {
    if (this.#transaction.state !== 'beginning') return true
    this.#transaction.readsOnly &&= /^\s*select /.test(sql)
    return this.#transaction.readsOnly
  }

  async #run<R>(sql: string, values: readonly unknown[]): Promise<Answer<R & QueryResultRow>> {
    const name = values.length > 0 ? this.#names?.of(sql) : undefined
    const statement = { text: sql, values: [...values] }
    try {
      return await this.#send<R>(name === undefined ? statement : { ...statement, name })
    } catch (error) {
      if (!isStalePlan(error)) throw error
      this.#names?.renew()
      // A transaction has failed with it, and is run again whole: see transaction.ts.
      if (this.#transaction.state !== 'none') throw error
      return this.#send<R>(statement)
    }
  }

  /** What is sent in one turn reaches PostgreSQL in one packet: writing to a socket costs more than most statements. */
  #send<R>(statement: QueryConfig): Promise<Answer<R & QueryResultRow>> {
    if (!this.#isCorked) {
      const { stream } = this.#client.connection
      this.#isCorked = true
      stream.cork()
      process.nextTick(() => {
        this.#isCorked = false
        stream.uncork()
      })
    }
    return this.#client.query<R & QueryResultRow>(statement)
  }

  streamQuery(): AsyncIterableIterator<never> {
    throw new Error('Nothing is streamed from PostgreSQL.')
  }
}
