/** The bound on one statement, a wait for a lock included. */
export const STATEMENT_TIMEOUT_MS = 10_000

/**
 * What a transaction relies on, whatever the database, the role or the URL set: bounds, and that a
 * commit is on disk. Behind a connection pooler `begin` repeats it, because there a transaction runs
 * in any session.
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
export const SET_SESSION = Object.entries(ofSessions)
  .map(([name, value]) => `set ${name} = ${value}`)
  .join('; ')

/** The statement behind `begin` that sets up its transaction. */
export const SET_TRANSACTION = {
  text: `select ${Object.keys(ofTransactions)
    .map((name, index) => `set_config('${name}', $${index + 1}, true)`)
    .join(', ')}`,
  values: Object.values(ofTransactions).map(String),
}

/** Bounds how long each statement of the transaction may wait for a lock, in milliseconds. */
export const LOCK_TIMEOUT = `select set_config('lock_timeout', $1, true)`
