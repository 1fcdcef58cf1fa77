import { ProblemError, type Payment } from '@tael/contracts'
import { readPayment } from './payment.ts'
import { pause } from './retries.ts'

/** After so long without a decision the page stops asking and says that it is still being confirmed, never failed. */
const LISTEN_MS_MAX = 180_000
/** Between two answers that say the same, and the longest between two calls that got none. */
const UNCHANGED_MS = 1_000
const TROUBLE_MS_MAX = 8_000

export interface Listener {
  readonly onPayment: (payment: Payment) => void
  /** A call failed and is made again: nobody knows anything new. */
  readonly onTrouble: (error: unknown) => void
  /** The server says that asking is of no use: there is no such payment, or not for this shopper. */
  readonly onEnd: (error: unknown) => void
  /** Nothing was decided within the bound. */
  readonly onQuiet: () => void
}

/** Reads a payment and goes on listening until it is final. Returns what stops it. */
export function listen(paymentId: string, listener: Listener): () => void {
  let stopped = false
  void follow(paymentId, listener, () => stopped)
  return () => {
    stopped = true
  }
}

async function follow(paymentId: string, listener: Listener, stopped: () => boolean): Promise<void> {
  const startedAt = Date.now()
  let last: Payment | undefined
  let troubles = 0
  while (Date.now() - startedAt < LISTEN_MS_MAX) {
    try {
      const payment = await readPayment(paymentId, last)
      if (stopped()) return
      listener.onPayment(payment)
      if (payment.outcome.final) return
      troubles = 0
      if (payment.version === last?.version) await pause(UNCHANGED_MS)
      last = payment
    } catch (error) {
      if (stopped()) return
      if (isEnd(error)) return listener.onEnd(error)
      listener.onTrouble(error)
      troubles += 1
      await pause(Math.min(UNCHANGED_MS * 2 ** troubles, TROUBLE_MS_MAX))
    }
    if (stopped()) return
  }
  listener.onQuiet()
}

function isEnd(error: unknown): boolean {
  if (!(error instanceof ProblemError)) return false
  const { status } = error.problem
  return status >= 400 && status < 500 && status !== 429
}
