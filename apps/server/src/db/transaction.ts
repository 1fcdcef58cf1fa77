import { setTimeout as pause } from 'node:timers/promises'
import { DatabaseError } from 'pg'
import { DatabaseUnavailableError, isStalePlan } from './availability.ts'
import { reportCommitted } from './committed.ts'
import type { Db, Trx } from './database.ts'

const TRIES_MAX = 4
const RETRY_MS = 20

/**
 * Runs `work` in one transaction, and again where PostgreSQL ended it over a conflict with another
 * one. Until it commits `work` changes nothing but the database.
 */
export function inTransaction<T>(db: Db, work: (trx: Trx) => Promise<T>): Promise<T> {
  return retryConflicts(async () => {
    const { result, trx } = await db
      .transaction()
      .execute(async (begun) => ({ result: await work(begun), trx: begun }))
    reportCommitted(db, trx)
    return result
  })
}

/** Reads in one snapshot of the database: what it reads belongs together. Writes nothing. */
export function inSnapshot<T>(db: Db, read: (trx: Trx) => Promise<T>): Promise<T> {
  return db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(read)
}

/**
 * Tries what may be repeated whole, because PostgreSQL has rolled it back: a deadlock or a
 * serialization failure (its documentation, 13.5), or a table that changed below what was prepared.
 * Rejects with the last of them.
 */
export async function retryConflicts<T>(action: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await action()
    } catch (error) {
      if (tries === TRIES_MAX || !isConflict(error)) throw error
      // Two that met once must not meet again.
      await pause(Math.random() * RETRY_MS * 2 ** tries)
    }
  }
}

function isConflict(error: unknown): boolean {
  if (isStalePlan(error)) return true
  const cause = error instanceof DatabaseUnavailableError ? error.cause : error
  return cause instanceof DatabaseError && (cause.code === '40001' || cause.code === '40P01')
}
