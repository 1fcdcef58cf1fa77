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
      if (!isPassing(error) || Date.now() > end) throw error
      onRefused(error)
      await pause(PAUSE_MS)
    }
  }
}

/** It starts up (57P03), shuts down (57P01, 57P02), or does not listen yet (PostgreSQL documentation, appendix A). */
function isPassing(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false
  return ['57P01', '57P02', '57P03', 'ECONNREFUSED', 'ECONNRESET'].includes(String(error.code))
}
