import { CompiledQuery } from 'kysely'
import type { Db, Trx } from './database.ts'
import { COMMIT, Connection } from './dialect.ts'

/** A statement of Kysely's builder, or raw SQL. */
export interface Query<Row> {
  compile(db: Db): CompiledQuery<Row>
}

/**
 * Ends the transaction with the flight: nothing may be sent in it any more. Where a statement before
 * it fails, the transaction goes on.
 */
export const commit: Query<never> = { compile: () => CompiledQuery.raw(COMMIT) }

type Rows<Queries extends readonly Query<unknown>[]> = {
  -readonly [Place in keyof Queries]: Queries[Place] extends Query<infer Row> ? Row[] : never
}

/**
 * Runs statements that need nothing of each other's results in one flight: they are sent together,
 * and PostgreSQL runs them in this order, and none after the first that fails. Resolves with the
 * rows of each; rejects with the error.
 */
export function inOneFlight<const Queries extends readonly Query<unknown>[]>(
  db: Db,
  ...queries: Queries
): Promise<Rows<Queries>>
export async function inOneFlight(db: Db, ...queries: readonly Query<unknown>[]): Promise<unknown[][]> {
  const compiled = queries.map((query) => query.compile(db))
  const results = await db
    .getExecutor()
    .provideConnection((connection) => Promise.all(compiled.map((query) => connection.executeQuery(query))))
  return results.map(({ rows }) => rows)
}

/**
 * Sets a savepoint in a transaction that has begun, and how long each statement from there may wait
 * for a lock: with the next statement.
 */
export async function setSavepoint(trx: Trx, name: string, lockTimeoutMs: number): Promise<void> {
  await trx.getExecutor().provideConnection(async (connection) => {
    if (!(connection instanceof Connection)) throw new TypeError('The connection is not of this dialect.')
    connection.setSavepoint(name, lockTimeoutMs)
  })
}
