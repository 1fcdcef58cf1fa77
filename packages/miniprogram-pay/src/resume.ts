import type { Payment } from '@tael/contracts'
import type { AttemptStore } from './attempt-store.ts'
import { nullIfExpected } from './errors.ts'
import { isRefusal } from './problems.ts'
import { nullIfServerError, type PaymentRequests } from './requests.ts'
import { toStoredAttempt } from './stored-attempt.ts'
import type { ResumedAttempt } from './tael-pay.ts'

/** Resumes the stored attempt; callers at the same time share the requests. */
export function createResume(
  attempts: AttemptStore,
  requests: PaymentRequests,
): () => Promise<ResumedAttempt | null> {
  let resuming: Promise<ResumedAttempt | null> | null = null

  /** The payment of the stored attempt, after its pending request; null where it is unknown. */
  const readAttemptedPayment = async (): Promise<Payment | null> => {
    const answered = await requests.sendPending().catch(nullIfServerError)
    const attempt = attempts.read()
    if (answered !== null || attempt?.paymentId === undefined) return answered
    try {
      return await requests.get(attempt.paymentId)
    } catch (error) {
      if (isRefusal(error)) attempts.drop(attempt)
      throw error
    }
  }

  const resumeStored = async (): Promise<ResumedAttempt | null> => {
    const payment = await readAttemptedPayment().catch(nullIfExpected)
    const attempt = attempts.read()
    if (attempt === undefined) return null
    return {
      attempt: toStoredAttempt(attempt),
      payment: payment?.id === attempt.paymentId ? payment : null,
    }
  }

  return () => {
    resuming ??= resumeStored().finally(() => {
      resuming = null
    })
    return resuming
  }
}
