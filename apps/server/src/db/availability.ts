import { setTimeout as pause } from 'node:timers/promises'
import type { Pool } from 'pg'

const WAIT_MS_MAX = 60_000
const PAUSE_MS = 500

/**
 * Waits until PostgreSQL accepts connections: after a crash or a restart it recovers first. Rejects
 * with its last refusal after a minute.
 */
export async function waitForDatabase(pool: Pool, onRefused: (error: unknown) => void): Promise<void> {
  const end = performance.now() + WAIT_MS_MAX
  for (;;) {
    try {
      await pool.query('select 1')
      return
    } catch (error) {
      if (!isUnavailable(error) || performance.now() > end) throw error
      onRefused(error)
      await pause(PAUSE_MS)
    }
  }
}

/** The message of `pg`, without a code, where no connection of the pool was free in time. */
const POOL_TIMEOUT = 'timeout exceeded when trying to connect'
/**
 * PostgreSQL starts, stops or has no free connection (its documentation, appendix A); or no answer.
 */
const unavailableCodes: ReadonlySet<string> = new Set([
  '57P01',
  '57P02',
  '57P03',
  '53300',
  '08006',
  'ECONNREFUSED',
  'ECONNRESET',
])

/** Whether the error means that PostgreSQL cannot be reached right now. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return error.message === POOL_TIMEOUT || ('code' in error && unavailableCodes.has(String(error.code)))
}
