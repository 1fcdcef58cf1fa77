import type { Attempt } from './attempt.ts'
import type { StoredAttempt } from './tael-pay.ts'

/** The attempt for the program: without its pay token and its key. */
export function toStoredAttempt(attempt: Attempt): StoredAttempt {
  const { key: _, payToken: __, ...stored } = attempt
  return stored
}
