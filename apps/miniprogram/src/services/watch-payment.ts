import { isSettled, ProblemError, type Payment } from '@tael/contracts'
import { isExpected } from './errors.ts'
import { readPayment } from './payment.ts'
import { pause } from './retries.ts'

/** An undecided payment is then still being confirmed, not failed; it is read on, but slowly. */
const UNDECIDED_MS_MAX = 180_000
/** Between two reads of the same version, and the longest between two failed reads. */
const UNCHANGED_MS = 1_000
const FAILED_MS_MAX = 8_000
/** Between two reads of an attempt that ended, which late money may still change. */
const SLOW_MS = 10_000

export interface PaymentHandlers {
  readonly onPayment: (payment: Payment) => void
  /** A read failed and is retried: nothing new is known. */
  readonly onRetry?: (error: unknown) => void
  /** The server refuses to answer: there is no such payment, or this shopper may not read it. */
  readonly onRefusal?: (error: unknown) => void
  /** The payment was not decided for minutes. Reading goes on. */
  readonly onDelay?: () => void
}

/**
 * Reads a payment until its money has arrived: slowly once the attempt ended otherwise, because its
 * cashier may still take the money. Begins with what is `known` of it. Rejects with what a handler
 * throws, which is a bug.
 */
export async function watchPayment(
  paymentId: string,
  handlers: PaymentHandlers,
  isStopped: () => boolean,
  known?: Payment,
): Promise<void> {
  const startedAt = Date.now()
  let last = known
  let failures = 0
  let isDelayed = false
  while (last === undefined || !isSettled(last)) {
    const { payment, error } = await tryToRead(paymentId, last)
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

/** Only the read is tried, so that a bug in a handler is not taken for a failed read. */
async function tryToRead(
  paymentId: string,
  last: Payment | undefined,
): Promise<{ readonly payment?: Payment; readonly error?: unknown }> {
  try {
    return { payment: await readPayment(paymentId, last) }
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
