import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  PostgresDialect,
  type QueryResult,
  type TransactionSettings,
} from 'kysely'
import type { Pool, PoolClient, QueryResult as Answer, QueryResultRow } from 'pg'
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

const COMMIT = 'commit'
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
    const begin = `begin isolation level ${isolationLevel} ${accessMode ?? ''}; ${SET_TRANSACTION}`
    await connection.executeQuery(CompiledQuery.raw(begin))
    connection.isInTransaction = true
  }

  async commitTransaction(connection: Connection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(COMMIT))
    connection.isInTransaction = false
  }

  async rollbackTransaction(connection: Connection): Promise<void> {
    connection.isInTransaction = false
    connection.isLost = true
    await connection.executeQuery(CompiledQuery.raw('rollback'))
    connection.isLost = false
  }

  async releaseConnection(connection: Connection): Promise<void> {
    connection.release()
  }

  destroy(): Promise<void> {
    return this.#pool.end()
  }
}

class Connection implements DatabaseConnection {
  readonly #client: PoolClient
  readonly #names: StatementNames | undefined
  isInTransaction = false
  /** It could not be rolled back: nobody knows what state it is in. */
  isLost = false

  constructor(client: PoolClient, names: StatementNames | undefined) {
    this.#client = client
    this.#names = names
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    try {
      const { command, rowCount, rows } = await this.#run<R>(sql, parameters)
      // So it ends where a statement before it failed, and nobody noticed.
      if (sql === COMMIT && command === 'ROLLBACK') throw new TypeError('The transaction was rolled back.')
      return changes.has(command) ? { rows, numAffectedRows: BigInt(rowCount ?? 0) } : { rows }
    } catch (error) {
      throw classifyError(error)
    }
  }

  release(): void {
    this.#client.release(this.isLost)
  }

  async #run<R>(sql: string, parameters: readonly unknown[]): Promise<Answer<R & QueryResultRow>> {
    const name = parameters.length > 0 ? this.#names?.of(sql) : undefined
    const statement = name === undefined ? {} : { name }
    try {
      return await this.#client.query<R & QueryResultRow>({
        ...statement,
        text: sql,
        values: [...parameters],
      })
    } catch (error) {
      if (!isStalePlan(error)) throw error
      this.#names?.renew()
      // A transaction has failed with it, and is run again whole: see transaction.ts.
      if (this.isInTransaction) throw error
      return this.#client.query<R & QueryResultRow>(sql, [...parameters])
    }
  }

  streamQuery(): AsyncIterableIterator<never> {
    throw new Error('Nothing is streamed from PostgreSQL.')
  }
}
