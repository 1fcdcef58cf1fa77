import type { Payment } from '@tael/contracts'
import { Attempt } from './attempt.ts'
import type { Storage } from './storage.ts'

const ATTEMPT = 'attempt'

/** The attempt whose outcome the shopper has not seen: one at most. */
export interface AttemptStore {
  readonly read: () => Attempt | undefined
  /** Stores a new attempt in place of any earlier one. Throws a StorageError. */
  readonly begin: (attempt: Attempt) => void
  /** Does nothing where a newer attempt was stored in the meantime. Throws a StorageError. */
  readonly update: (attempt: Attempt) => void
  /** Does nothing where a newer attempt was stored in the meantime. */
  readonly drop: (attempt: Attempt) => void
  /** Drops the attempt of a final payment. */
  readonly dropFinal: (payment: Payment) => void
}

export function createAttemptStore(storage: Storage): AttemptStore {
  const read = (): Attempt | undefined => storage.read(ATTEMPT, Attempt)
  const drop = (attempt: Attempt): void => {
    if (read()?.key === attempt.key) storage.forget(ATTEMPT)
  }
  return {
    read,
    begin: (attempt) => storage.store(ATTEMPT, attempt),
    update: (attempt) => {
      if (read()?.key === attempt.key) storage.store(ATTEMPT, attempt)
    },
    drop,
    dropFinal: (payment) => {
      const attempt = read()
      if (payment.outcome.final && attempt?.paymentId === payment.id) drop(attempt)
    },
  }
}
