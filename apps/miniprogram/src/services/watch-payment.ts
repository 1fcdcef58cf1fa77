import { ProblemError, type Payment } from '@tael/contracts'
import { isExpected } from './errors.ts'
import { readPayment } from './payment.ts'
import { pause } from './retries.ts'

/** Watching an undecided payment ends after this long: it is still being confirmed, not failed. */
const WATCH_MS_MAX = 180_000
/** Between two reads of the same version, and the longest between two failed reads. */
const UNCHANGED_MS = 1_000
const FAILED_MS_MAX = 8_000

export interface PaymentHandlers {
  readonly onPayment: (payment: Payment) => void
  /** A read failed and is retried: nothing new is known. */
  readonly onRetry?: (error: unknown) => void
  /** The server refuses to answer: there is no such payment, or this shopper may not read it. */
  readonly onRefusal?: (error: unknown) => void
  /** The payment was not decided within the limit. */
  readonly onTimeout?: () => void
}

/** Reads a payment until it is final. Rejects with what a handler throws, which is a bug. */
export async function watchPayment(
  paymentId: string,
  handlers: PaymentHandlers,
  isStopped: () => boolean,
): Promise<void> {
  const startedAt = Date.now()
  let last: Payment | undefined
  let failures = 0
  while (Date.now() - startedAt < WATCH_MS_MAX) {
    const { payment, error } = await tryToRead(paymentId, last)
    if (isStopped()) return
    if (payment !== undefined) {
      handlers.onPayment(payment)
      if (payment.outcome.final) return
      failures = 0
      if (payment.version === last?.version) await pause(UNCHANGED_MS)
      last = payment
    } else {
      if (isFinal(error)) return handlers.onRefusal?.(error)
      handlers.onRetry?.(error)
      failures += 1
      await pause(Math.min(UNCHANGED_MS * 2 ** failures, FAILED_MS_MAX))
    }
    if (isStopped()) return
  }
  handlers.onTimeout?.()
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
function isFinal(error: unknown): boolean {
  if (!(error instanceof ProblemError)) return false
  const { status } = error.problem
  return status >= 400 && status < 500 && status !== 429
}
