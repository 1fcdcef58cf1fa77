import { NoAnswerError, ProblemError } from '@tael/contracts'
import { retryOf } from './problems.ts'
import { pause } from './timers.ts'

const TRIES_MAX = 4
const BACKOFF_MS = 400
/** No retry starts later than this after the first try, which limits how long a shopper waits. */
const RETRY_WITHIN_MS = 10_000
const RETRY_AFTER_MS_MAX = 3_000

/**
 * How long to wait before the same request is sent again, in milliseconds; null where it is not.
 * Every request that goes through here may be repeated: it only reads, or carries an idempotency
 * key, or passes on an errMsg, which the server accepts twice.
 */
export function retryDelayMs(error: unknown, tries: number, elapsedMs: number): number | null {
  if (tries >= TRIES_MAX || elapsedMs > RETRY_WITHIN_MS) return null
  if (error instanceof NoAnswerError) return BACKOFF_MS * 2 ** (tries - 1)
  if (!(error instanceof ProblemError) || retryOf(error) !== 'later') return null
  const waitMs = (error.problem.retryAfterSeconds ?? 1) * 1_000
  return waitMs <= RETRY_AFTER_MS_MAX ? waitMs : null
}

/** Repeats a request while `retryDelayMs` allows it. */
export async function withRetries<T>(request: () => Promise<T>): Promise<T> {
  const startedAt = Date.now()
  for (let tries = 1; ; tries += 1) {
    try {
      return await request()
    } catch (error) {
      const delayMs = retryDelayMs(error, tries, Date.now() - startedAt)
      if (delayMs === null) throw error
      await pause(delayMs)
    }
  }
}
