import type { Attempt } from './attempt.ts'
import type { StoredAttempt } from './tael-pay.ts'

/** The attempt for the program: without its pay token and its key. */
export function toStoredAttempt({ orderId, amount, paymentId, errMsg }: Attempt): StoredAttempt {
  return {
    orderId,
    amount,
    ...(paymentId === undefined ? {} : { paymentId }),
    ...(errMsg === undefined ? {} : { errMsg }),
  }
}
