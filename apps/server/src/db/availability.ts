import { DatabaseError } from 'pg'

/** PostgreSQL cannot be used right now: the same work may succeed in a moment. */
export class DatabaseUnavailableError extends Error {
  override readonly name = 'DatabaseUnavailableError'
  constructor(cause: unknown) {
    super(`The database is unavailable: ${describe(cause)}`, { cause })
  }
}

/** PostgreSQL refuses the write because it follows another server, or was made read-only. */
export const READ_ONLY = '25006'

/**
 * What PostgreSQL answers where it, and not the statement, is the reason (its documentation,
 * appendix A): connections (08), resources such as disk and connections (53), an operator or a
 * timeout ended the statement (57) or the session (25P03), a disk that fails below it (58), and
 * conflicts with other transactions (40001, 40P01) that `inTransaction` has retried before.
 */
const unavailable = /^(08|53|57|58)|^(25P03|40001|40P01)$/

/**
 * The same error, as a DatabaseUnavailableError where the database is away. What a connection fails
 * with that is neither PostgreSQL's answer nor a mistake in a value is the connection's own end.
 */
export function classifyError(error: unknown): unknown {
  if (error instanceof DatabaseError) {
    const { code = '' } = error
    return code === READ_ONLY || unavailable.test(code) ? new DatabaseUnavailableError(error) : error
  }
  const isMistake = error instanceof TypeError || error instanceof RangeError
  return error instanceof Error && !isMistake ? new DatabaseUnavailableError(error) : error
}

/**
 * Whether a prepared statement is of no use any more, because a newer release has changed a table
 * below it. PostgreSQL has no code of its own for that.
 */
export function isStalePlan(error: unknown): boolean {
  return (
    error instanceof DatabaseError &&
    error.code === '0A000' &&
    error.message === 'cached plan must not change result type'
  )
}

/** Where several addresses refused the connection, Node's error has a code but no message. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.message === '' && 'code' in error ? String(error.code) : error.message
}
