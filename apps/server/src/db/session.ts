/** The bound on one statement, a wait for a lock included. */
export const STATEMENT_TIMEOUT_MS = 10_000

/**
 * What a transaction relies on, whatever the database, the role or the URL set: bounds, and that a
 * commit is on disk. `begin` repeats it, because behind a connection pooler a transaction runs in
 * any session.
 */
const ofTransactions = {
  statement_timeout: STATEMENT_TIMEOUT_MS,
  idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
  lock_timeout: 0,
  synchronous_commit: 'on',
}

/** What `pg` needs to read times, what SQL text means, and the isolation of single statements. */
const ofSessions = {
  ...ofTransactions,
  datestyle: `'ISO'`,
  timezone: `'UTC'`,
  standard_conforming_strings: 'on',
  default_transaction_isolation: `'read committed'`,
}

/** Sets up a session, in one round trip. */
export const SET_SESSION = assign('set', ofSessions)

/** The statements of `begin` that set up its transaction, in the same round trip. */
export const SET_TRANSACTION = assign('set local', ofTransactions)

function assign(set: string, settings: Readonly<Record<string, string | number>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${set} ${name} = ${value}`)
    .join('; ')
}
