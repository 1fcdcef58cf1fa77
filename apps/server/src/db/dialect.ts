import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  PostgresDialect,
  type PostgresDialectConfig,
  PostgresDriver,
  type QueryResult,
  type TransactionSettings,
} from 'kysely'
import { classifyError, DatabaseUnavailableError } from './availability.ts'
import { SET_TRANSACTION } from './session.ts'

/**
 * PostgreSQL as this program uses it: each transaction sets what it relies on, and every error that
 * means the database is away is a DatabaseUnavailableError.
 */
export class Dialect extends PostgresDialect {
  readonly #config: PostgresDialectConfig
  constructor(config: PostgresDialectConfig) {
    super(config)
    this.#config = config
  }

  override createDriver(): Driver {
    return new ClassifyingDriver(this.#config)
  }
}

type Execution = Parameters<DatabaseConnection['executeQuery']>

class ClassifyingDriver extends PostgresDriver {
  readonly #known = new WeakSet<DatabaseConnection>()

  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await super.acquireConnection().catch((error: unknown) => {
      throw new DatabaseUnavailableError(error)
    })
    if (this.#known.has(connection)) return connection
    this.#known.add(connection)
    // Always called with its connection.
    // oxlint-disable-next-line typescript/unbound-method
    const execute = connection.executeQuery
    connection.executeQuery = async <R>(...args: Execution) => {
      try {
        return await execute.call<DatabaseConnection, Execution, Promise<QueryResult<R>>>(connection, ...args)
      } catch (error) {
        throw classifyError(error)
      }
    }
    return connection
  }

  override async beginTransaction(
    connection: DatabaseConnection,
    { isolationLevel = 'read committed', accessMode }: TransactionSettings,
  ): Promise<void> {
    const begin = `begin isolation level ${isolationLevel} ${accessMode ?? ''}; ${SET_TRANSACTION}`
    await connection.executeQuery(CompiledQuery.raw(begin))
  }
}
