import {
  shopperRoutes,
  type Address,
  type Amount,
  type Payment,
  type RequestPaymentParameters,
  type StartedPayment,
} from '@tael/contracts'
import { Attempt, nextRequest, paymentStatusOf, withoutErrMsg } from './next-request.ts'
import { saveCart } from './cart.ts'
import type { CartLine } from './cart-lines.ts'
import { isProblem, isRefusal, nullIfExpected } from './errors.ts'
import { newIdempotencyKey } from './idempotency-key.ts'
import { confirmNewAmount, openOrder, openResult } from './navigation.ts'
import { createOrder } from './orders.ts'
import { callAsShopper } from './session.ts'
import { withSlowNotice } from './slow-notice.ts'
import { forget, readStored, store } from './storage.ts'

const ATTEMPT = 'attempt'

/**
 * Taken in the tap itself and released once the next page is open: the page under the cashier shows
 * for a moment on the way back, and shoppers have paid twice in that moment.
 */
let locked = false

/** Whether a payment is under way, from the tap to the result page. */
export function isPaying(): boolean {
  return locked
}

/** Does nothing while another payment holds the lock. */
async function withPaymentLock<T>(work: () => Promise<T>): Promise<T | undefined> {
  if (locked) return undefined
  locked = true
  try {
    return await work()
  } finally {
    locked = false
  }
}

/** The shopper did not confirm another total. */
type Declined = 'declined'

/**
 * Orders the cart at the total shown, or another that the shopper confirms, and pays the order.
 * Declined or where it throws, nothing was ordered, and the cart is as it was.
 */
export function checkout(
  lines: readonly CartLine[],
  shown: Amount,
  deliverTo?: Address,
): Promise<Declined | void> {
  return withPaymentLock(async () => {
    const order = await atConfirmedAmount(shown, (amount) => createOrder(lines, amount, deliverTo))
    if (order === 'declined') return order
    saveCart([])
    try {
      await payOrder(order.id, order.amount)
    } catch (error) {
      // The order exists: its page shows what went wrong, and offers to pay it.
      await openOrder(order.id, error)
    }
    return undefined
  })
}

/** Pays an existing order at the amount shown. Throws where no payment was started. */
export async function pay(orderId: string, shown: Amount): Promise<void> {
  await withPaymentLock(() => payOrder(orderId, shown))
}

/** The payment from the tap to the result page, as in the README's sequence diagram. */
async function payOrder(orderId: string, shown: Amount): Promise<void> {
  // The request of an earlier attempt goes first; where it fails, no second attempt starts.
  await withSlowNotice(sendPendingRequest()).catch(nullIfServerError)

  const started = await startAttempt(orderId, shown)
  if (started === 'declined') return openOrder(orderId)

  // No parameters, no cashier: this attempt or an earlier one of the order may already be paid.
  const { payment, requestPayment } = started
  if (requestPayment !== null) {
    await openCashier(payment.id, requestPayment)
  }
  // It sends the errMsg, and shows until the answer that the payment is being confirmed.
  await openResult(payment.id)
}

/** Stores an attempt and starts it; at a changed amount only once the shopper confirms it. */
function startAttempt(orderId: string, shown: Amount): Promise<StartedPayment | Declined> {
  return atConfirmedAmount(shown, async (amount) => {
    const attempt: Attempt = { orderId, amount, key: await newIdempotencyKey() }
    store(ATTEMPT, attempt)
    try {
      return await submitStart(attempt)
    } catch (error) {
      if (isRefusal(error)) dropAttempt(attempt)
      throw error
    }
  })
}

/** Sends a request with the amount shown, and with each that the server names and they confirm. */
async function atConfirmedAmount<T>(
  shown: Amount,
  send: (amount: Amount) => Promise<T>,
): Promise<T | Declined> {
  for (let amount = shown; ;) {
    try {
      return await withSlowNotice(send(amount))
    } catch (error) {
      const changed = isProblem(error, 'amount_changed') ? error.problem.amount : undefined
      if (changed === undefined) throw error
      if (!(await confirmNewAmount(amount, changed))) return 'declined'
      amount = changed
    }
  }
}

/** POST /payments with the attempt's key. */
async function submitStart(attempt: Attempt): Promise<StartedPayment> {
  const { orderId, amount, key } = attempt
  const body = { orderId, amount }
  const started = await callAsShopper(shopperRoutes.startPayment, { body, idempotencyKey: key })
  updateAttempt({ ...attempt, paymentId: started.payment.id })
  return started
}

/** Milliseconds from the shopper's return until the callback counts as lost. */
const CALLBACK_MS_MAX = 5_000
let startCallbackTimeout: () => void = () => {}

/**
 * wx.requestPayment. The errMsg of its `complete` callback is stored and decides nothing here. A
 * cashier closed before its last button never calls back (developers.weixin.qq.com/community, pay:
 * success comes with 完成), so this also resolves some time after the shopper is back.
 */
function openCashier(paymentId: string, parameters: RequestPaymentParameters): Promise<void> {
  const { timeStamp, nonceStr, package: prepay, signType, paySign } = parameters
  return new Promise((resolve) => {
    startCallbackTimeout = () => {
      setTimeout(resolve, CALLBACK_MS_MAX)
    }
    wx.requestPayment({
      timeStamp,
      nonceStr,
      package: prepay,
      paySign,
      ...(signType === undefined ? {} : { signType }),
      complete: ({ errMsg }) => {
        try {
          const attempt = storedAttempt()
          if (attempt?.paymentId === paymentId) updateAttempt({ ...attempt, errMsg: paymentStatusOf(errMsg) })
        } finally {
          resolve()
        }
      },
    })
  })
}

/** Call when the Mini Program comes to the foreground, which may be from the cashier. */
export function handleAppShow(): void {
  startCallbackTimeout()
  startCallbackTimeout = () => {}
}

/** The stored attempt and its payment; null while that is unknown. */
export interface ResumedAttempt {
  readonly attempt: Attempt
  readonly payment: Payment | null
}

/** The attempt whose outcome the shopper has not seen. */
export function storedAttempt(): Attempt | undefined {
  return readStored(ATTEMPT, Attempt)
}

let resuming: Promise<ResumedAttempt | null> | null = null

/**
 * Resumes an attempt that was interrupted: the Mini Program was killed, or the network failed.
 * Null where there is none, or while `pay` is working on it.
 */
export async function resumeAttempt(): Promise<ResumedAttempt | null> {
  if (locked) return null
  resuming ??= resumeStoredAttempt().finally(() => {
    resuming = null
  })
  return resuming
}

async function resumeStoredAttempt(): Promise<ResumedAttempt | null> {
  const payment = await readAttemptedPayment().catch(nullIfExpected)
  const attempt = storedAttempt()
  if (attempt === undefined) return null
  return { attempt, payment: payment?.id === attempt.paymentId ? payment : null }
}

/** The payment of the stored attempt, after its pending request; null where it is unknown. */
async function readAttemptedPayment(): Promise<Payment | null> {
  const answered = await sendPendingRequest().catch(nullIfServerError)
  const attempt = storedAttempt()
  if (answered !== null || attempt?.paymentId === undefined) return answered
  try {
    return await getPayment(attempt.paymentId)
  } catch (error) {
    if (isRefusal(error)) dropAttempt(attempt)
    throw error
  }
}

/**
 * Sends the request of the stored attempt that was not answered yet, and returns the payment; null
 * where there is none. A refused request is not pending any more: its payment does not exist, or
 * does not accept the errMsg.
 */
async function sendPendingRequest(): Promise<Payment | null> {
  const attempt = storedAttempt()
  if (attempt === undefined) return null
  const next = nextRequest(attempt)
  try {
    switch (next.kind) {
      case 'start':
        return (await submitStart(attempt)).payment
      case 'details':
        return await submitDetails(attempt, next.paymentId, next.errMsg)
      case 'read':
        return null
    }
  } catch (error) {
    if (!isRefusal(error)) throw error
    if (next.kind === 'details' && !isProblem(error, 'payment_not_found')) {
      updateAttempt(withoutErrMsg(attempt, next.paymentId))
    } else dropAttempt(attempt)
    return null
  }
}

/** POST /payments/details, for ok, cancel and fail alike: Adyen judges the errMsg. */
async function submitDetails(attempt: Attempt, paymentId: string, errMsg: string): Promise<Payment> {
  const body = { paymentId, details: { paymentStatus: errMsg } }
  const payment = await callAsShopper(shopperRoutes.submitPaymentDetails, { body })
  updateAttempt(withoutErrMsg(attempt, payment.id))
  return payment
}

/** Milliseconds that a request waits for a change, and that its answer may take beyond that. */
const WAIT_MS = 20_000
const ANSWER_MS = 10_000

/** The payment now; with `after`, once its version differs, or after a limited wait. */
export async function readPayment(paymentId: string, after?: Payment): Promise<Payment> {
  const attempt = storedAttempt()
  if (attempt?.paymentId === paymentId && attempt.errMsg !== undefined) {
    const payment = await sendPendingRequest().catch(nullIfServerError)
    if (payment !== null) return payment
  }
  if (after === undefined) return getPayment(paymentId)
  const query = { afterVersion: after.version, waitMs: WAIT_MS }
  const options = { once: true, timeoutMs: WAIT_MS + ANSWER_MS }
  return callAsShopper(shopperRoutes.getPayment, { params: { paymentId }, query }, options)
}

function getPayment(paymentId: string): Promise<Payment> {
  return callAsShopper(shopperRoutes.getPayment, { params: { paymentId } })
}

/** Drops the attempt of a final payment. Call once the shopper has seen the outcome. */
export function dropFinalAttempt(payment: Payment): void {
  const attempt = storedAttempt()
  if (payment.outcome.final && attempt?.paymentId === payment.id) dropAttempt(attempt)
}

/** Does nothing where a newer attempt was stored in the meantime. */
function updateAttempt(attempt: Attempt): void {
  if (storedAttempt()?.key === attempt.key) store(ATTEMPT, attempt)
}

function dropAttempt(attempt: Attempt): void {
  if (storedAttempt()?.key === attempt.key) forget(ATTEMPT)
}

/**
 * The server failed on an attempt and may fail on it again. Adyen's webhook brings it the outcome
 * anyway, and one attempt must not keep the phone from paying forever.
 */
function nullIfServerError(error: unknown): null {
  if (isProblem(error, 'internal_error')) return null
  throw error
}
