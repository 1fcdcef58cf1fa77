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
import { FlightQuery, type KnownColumns, type ReaderOf } from './flight-query.ts'
import { LOCK_TIMEOUT, SET_TRANSACTION } from './session.ts'
import { StatementNames } from './statement-names.ts'

/** How this program uses PostgreSQL. */
export interface DialectConfig {
  readonly pool: Pool
  /** Whether statements are prepared: not behind a pooler, where each may run in another session. */
  readonly prepares: boolean
  readonly readerOf: ReaderOf
}

/**
 * PostgreSQL as this program uses it: what is sent in one turn is one flight, statements are
 * prepared, and every error that means the database is away is a DatabaseUnavailableError.
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
  readonly #readerOf: ReaderOf
  readonly #names: StatementNames | undefined
  readonly #connections = new WeakMap<PoolClient, Connection>()

  constructor({ pool, prepares, readerOf }: DialectConfig) {
    this.#pool = pool
    this.#readerOf = readerOf
    this.#names = prepares ? new StatementNames() : undefined
  }

  async init(): Promise<void> {
    // The pool connects when it is first asked to.
  }

  async acquireConnection(): Promise<Connection> {
    const client = await this.#pool.connect().catch((error: unknown) => {
      throw new DatabaseUnavailableError(error)
    })
    const connection = this.#connections.get(client) ?? new Connection(client, this.#readerOf, this.#names)
    this.#connections.set(client, connection)
    return connection
  }

  async beginTransaction(
    connection: Connection,
    { isolationLevel = 'read committed', accessMode }: TransactionSettings,
  ): Promise<void> {
    const begin = { text: `begin isolation level ${isolationLevel} ${accessMode ?? ''}` }
    // A session of our own has its settings since it was opened.
    connection.begin(this.#names === undefined ? [begin, SET_TRANSACTION] : [begin])
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
  | { readonly state: 'due'; readonly begin: readonly QueryConfig[]; readonly isBegun: boolean }
  | { readonly state: 'begun' }
  /** Its commit or rollback is sent. */
  | { readonly state: 'ended'; readonly answered: Promise<void> }

/** A connection of the pool, and how far its transaction is. */
export class Connection implements DatabaseConnection {
  readonly #client: PoolClient
  readonly #readerOf: ReaderOf
  readonly #names: StatementNames | undefined
  #transaction: Transaction = { state: 'none' }
  /** Its transaction could not be ended: nobody knows what state it is in. */
  #isLost = false
  /** What statements return that are prepared on this connection. */
  readonly #columns: KnownColumns = new Map()
  /** The statements of this turn. */
  #flight: FlightQuery | undefined

  constructor(client: PoolClient, readerOf: ReaderOf, names: StatementNames | undefined) {
    this.#client = client
    this.#readerOf = readerOf
    this.#names = names
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    try {
      if (this.#transaction.state === 'ended') throw this.#afterEnd()
      this.#begin()
      const isEnd = sql === COMMIT || sql === ROLLBACK
      const { command, rowCount, rows } = await (isEnd ? this.#end<R>(sql) : this.#run<R>(sql, parameters))
      // So it ends where a statement before it failed, and nobody noticed.
      if (sql === COMMIT && command === 'ROLLBACK') throw new TypeError('The transaction was rolled back.')
      return changes.has(command) ? { rows, numAffectedRows: BigInt(rowCount ?? 0) } : { rows }
    } catch (error) {
      throw classifyError(error)
    }
  }

  begin(statements: readonly QueryConfig[]): void {
    this.#transaction = { state: 'due', begin: statements, isBegun: false }
  }

  /**
   * Sets a savepoint before the next statement, and how long each statement from there may wait for
   * a lock.
   */
  setSavepoint(name: string, lockTimeoutMs: number): void {
    const { state } = this.#transaction
    const isBegun = state === 'begun' || (state === 'due' && this.#transaction.isBegun)
    if (!isBegun) throw new TypeError('A savepoint needs a transaction that has begun.')
    const begin = [{ text: `savepoint ${name}` }, { text: LOCK_TIMEOUT, values: [`${lockTimeoutMs}`] }]
    this.#transaction = { state: 'due', begin, isBegun: true }
  }

  /**
   * Commits or rolls back. Nothing is sent of a transaction without statements, or where its commit
   * went with its last statements (flight.ts).
   */
  async end(statement: string): Promise<void> {
    if (this.#transaction.state === 'ended') await this.#transaction.answered
    // A savepoint before nothing.
    if (this.#transaction.state === 'due' && this.#transaction.isBegun) this.#transaction = { state: 'begun' }
    if (this.#transaction.state === 'begun') await this.executeQuery(CompiledQuery.raw(statement))
    this.#transaction = { state: 'none' }
  }

  release(): void {
    this.#client.release(this.#isLost)
  }

  /** Sends what is due, in one flight with the statement that follows, which needs it to succeed. */
  #begin(): void {
    if (this.#transaction.state !== 'due') return
    for (const statement of this.#transaction.begin)
      // The statement that follows reports its failure.
      this.#send(statement).catch(() => undefined)
    this.#transaction = { state: 'begun' }
  }

  /**
   * Sends a commit or rollback. A commit behind a statement that fails is not made: the transaction
   * goes on.
   */
  #end<R>(text: string): Promise<Answer<R & QueryResultRow>> {
    const flight = this.#flight ?? this.#openFlight()
    const place = flight.length
    const ran = flight.add<R & QueryResultRow>({ text }, text === COMMIT)
    const wasSkipped = (): boolean => text === COMMIT && flight.answered < place
    this.#transaction = { state: 'ended', answered: this.#waitForEnd(ran, wasSkipped) }
    return ran
  }

  /** Why nothing can be sent: the transaction was committed before, or nobody knows whether it was. */
  #afterEnd(): Error {
    return this.#isLost
      ? new Error('Nobody knows whether it was committed.')
      : new TypeError('The transaction was committed before.')
  }

  async #waitForEnd(ran: Promise<unknown>, wasSkipped: () => boolean): Promise<void> {
    this.#isLost = true
    const [{ status }] = await Promise.allSettled([ran])
    const goesOn = status === 'rejected' && wasSkipped()
    this.#isLost = status === 'rejected' && !goesOn
    if (goesOn) this.#transaction = { state: 'begun' }
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

  #send<R>(statement: QueryConfig): Promise<Answer<R & QueryResultRow>> {
    return (this.#flight ?? this.#openFlight()).add<R & QueryResultRow>(statement)
  }

  /** What is sent in one turn is one flight: writing to a socket costs more than most statements. */
  #openFlight(): FlightQuery {
    const flight = new FlightQuery(this.#readerOf, this.#columns)
    this.#flight = flight
    process.nextTick(() => {
      this.#flight = undefined
      this.#client.query(flight)
    })
    return flight
  }

  streamQuery(): AsyncIterableIterator<never> {
    throw new Error('Nothing is streamed from PostgreSQL.')
  }
}
