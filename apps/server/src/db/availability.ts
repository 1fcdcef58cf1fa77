import { setTimeout as pause } from 'node:timers/promises'
import type { Pool } from 'pg'

const WAIT_MS_MAX = 60_000
const PAUSE_MS = 500

/**
 * Waits until PostgreSQL takes connections: one that crashed or restarts a moment ago is still reading its log. Rejects
 * with its last refusal where it takes too long.
 */
export async function waitForDatabase(pool: Pool, onRefused: (error: unknown) => void): Promise<void> {
  const end = Date.now() + WAIT_MS_MAX
  for (;;) {
    try {
      await pool.query('select 1')
      return
    } catch (error) {
      if (!isUnavailable(error) || Date.now() > end) throw error
      onRefused(error)
      await pause(PAUSE_MS)
    }
  }
}

/** What `pg` says where no connection of the pool came free in time; it has no code. */
const POOL_TIMEOUT = 'timeout exceeded when trying to connect'
/** It starts up, shuts down, or has no place left (PostgreSQL documentation, appendix A); it does not listen. */
const unavailableCodes: ReadonlySet<string> = new Set([
  '57P01',
  '57P02',
  '57P03',
  '53300',
  '08006',
  'ECONNREFUSED',
  'ECONNRESET',
])

/** Whether PostgreSQL cannot be reached right now, which says nothing of what it was asked. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return error.message === POOL_TIMEOUT || ('code' in error && unavailableCodes.has(String(error.code)))
}
