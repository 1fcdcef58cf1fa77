import { shopperRoutes, type Payment, type StartedPayment } from '@tael/contracts'
import { type Attempt, nextRequest, withoutErrMsg } from './attempt.ts'
import type { AttemptStore } from './attempt-store.ts'
import { isProblem, isRefusal } from './problems.ts'
import type { CallAsShopper } from './session.ts'

/** Milliseconds that a request waits for a change, and that its answer may take beyond that. */
const WAIT_MS = 20_000
const ANSWER_MS = 10_000

/** The requests of a payment; what each answer brings is stored before it is returned. */
export interface PaymentRequests {
  /** POST /payments with the attempt's key. */
  readonly start: (attempt: Attempt) => Promise<StartedPayment>
  /**
   * Sends the request of the stored attempt that was not answered yet, and returns the payment; null
   * where there is none. A refused request is not pending any more: its payment does not exist, or
   * does not accept the errMsg.
   */
  readonly sendPending: () => Promise<Payment | null>
  /** The payment as the server has it now. */
  readonly get: (paymentId: string) => Promise<Payment>
  /**
   * The payment, after its pending details. With `after`, once its version differs, or after a
   * limited wait.
   */
  readonly read: (paymentId: string, after?: Payment) => Promise<Payment>
}

export function createPaymentRequests(callAsShopper: CallAsShopper, attempts: AttemptStore): PaymentRequests {
  const start: PaymentRequests['start'] = async (attempt) => {
    const { orderId, amount, payToken, key } = attempt
    const body = { orderId, amount, ...(payToken === undefined ? {} : { payToken }) }
    const started = await callAsShopper(shopperRoutes.startPayment, { body, idempotencyKey: key })
    attempts.update({ ...attempt, paymentId: started.payment.id })
    return started
  }

  /** POST /payments/details, for ok, cancel and fail alike: Adyen judges the errMsg. */
  const submitDetails = async (attempt: Attempt, paymentId: string, errMsg: string): Promise<Payment> => {
    const body = { paymentId, details: { paymentStatus: errMsg } }
    const payment = await callAsShopper(shopperRoutes.submitPaymentDetails, { body })
    attempts.update(withoutErrMsg(attempt, payment.id))
    return payment
  }

  const sendPending: PaymentRequests['sendPending'] = async () => {
    const attempt = attempts.read()
    if (attempt === undefined) return null
    const next = nextRequest(attempt)
    try {
      switch (next.kind) {
        case 'start':
          return (await start(attempt)).payment
        case 'details':
          return await submitDetails(attempt, next.paymentId, next.errMsg)
        case 'read':
          return null
      }
    } catch (error) {
      if (!isRefusal(error)) throw error
      if (next.kind === 'details' && !isProblem(error, 'payment_not_found')) {
        attempts.update(withoutErrMsg(attempt, next.paymentId))
      } else attempts.drop(attempt)
      return null
    }
  }

  const get = (paymentId: string): Promise<Payment> =>
    callAsShopper(shopperRoutes.getPayment, { params: { paymentId } })

  const read: PaymentRequests['read'] = async (paymentId, after) => {
    const attempt = attempts.read()
    if (attempt?.paymentId === paymentId && attempt.errMsg !== undefined) {
      const payment = await sendPending().catch(nullIfServerError)
      if (payment !== null) return payment
    }
    if (after === undefined) return get(paymentId)
    const query = { afterVersion: after.version, waitMs: WAIT_MS }
    const options = { once: true, timeoutMs: WAIT_MS + ANSWER_MS }
    return callAsShopper(shopperRoutes.getPayment, { params: { paymentId }, query }, options)
  }

  return { start, sendPending, get, read }
}

/**
 * The server failed on an attempt and may fail on it again. Adyen's webhook brings it the outcome
 * anyway, and one attempt must not keep the phone from paying forever.
 */
export function nullIfServerError(error: unknown): null {
  if (isProblem(error, 'internal_error')) return null
  throw error
}
