import { isSettled, ProblemError, type Payment } from '@tael/contracts'
import { isExpected } from './errors.ts'
import type { PaymentRequests } from './requests.ts'
import type { TaelPay } from './tael-pay.ts'
import { pause } from './timers.ts'

/** An undecided payment is then still being confirmed, not failed; it is read on, but slowly. */
const UNDECIDED_MS_MAX = 180_000
/** Between two reads of the same version, and the longest between two failed reads. */
const UNCHANGED_MS = 1_000
const FAILED_MS_MAX = 8_000
/** Between two reads of an attempt that ended, which late money may still change. */
const SLOW_MS = 10_000

export function createWatchPayment(read: PaymentRequests['read']): TaelPay['watchPayment'] {
  return async (paymentId, handlers, isStopped, known) => {
    const startedAt = Date.now()
    let last = known
    let failures = 0
    let isDelayed = false
    while (last === undefined || !isSettled(last)) {
      const { payment, error } = await tryToRead(() => read(paymentId, last))
      if (isStopped()) return
      if (payment !== undefined) {
        handlers.onPayment(payment)
        failures = 0
        const { final } = payment.outcome
        if (!final && !isDelayed && Date.now() - startedAt >= UNDECIDED_MS_MAX) {
          isDelayed = true
          handlers.onDelay?.()
        }
        const isUnchanged = payment.version === last?.version
        last = payment
        if (isSettled(payment)) return
        if (isUnchanged) await pause(final || isDelayed ? SLOW_MS : UNCHANGED_MS)
      } else {
        if (isRefused(error)) return handlers.onRefusal?.(error)
        handlers.onRetry?.(error)
        failures += 1
        await pause(Math.min(UNCHANGED_MS * 2 ** failures, FAILED_MS_MAX))
      }
      if (isStopped()) return
    }
  }
}

/** Only the read is tried, so that a bug in a handler is not taken for a failed read. */
async function tryToRead(
  read: () => Promise<Payment>,
): Promise<{ readonly payment?: Payment; readonly error?: unknown }> {
  try {
    return { payment: await read() }
  } catch (error) {
    if (!isExpected(error)) throw error
    return { error }
  }
}

/** By status, which also covers codes that this version does not know. */
function isRefused(error: unknown): boolean {
  if (!(error instanceof ProblemError)) return false
  const { status } = error.problem
  return status >= 400 && status < 500 && status !== 429
}
