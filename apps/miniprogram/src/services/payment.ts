import {
  shopperRoutes,
  type Amount,
  type Payment,
  type RequestPaymentParameters,
  type StartedPayment,
} from '@tael/contracts'
import { Attempt, nextCall, paymentStatusOf, withoutErrMsg } from './attempt.ts'
import { saveCart } from './cart.ts'
import type { CartLine } from './cart-lines.ts'
import { isExpected, isProblem, isRefusal } from './errors.ts'
import { newIdempotencyKey } from './idempotency-key.ts'
import { confirmNewAmount, openOrder, openResult } from './navigation.ts'
import { createOrder } from './orders.ts'
import { callAsShopper } from './session.ts'
import { forget, readStored, store } from './storage.ts'

const ATTEMPT = 'attempt'

/**
 * Taken in the very moment of the tap and given back when the next page is open: the page under the cashier shows
 * for a moment on the way back, and shoppers have paid twice in that moment.
 */
let locked = false

/** A payment is under way, from the tap to the result page. */
export function isPaying(): boolean {
  return locked
}

async function alone(work: () => Promise<void>): Promise<void> {
  if (locked) return
  locked = true
  try {
    await work()
  } finally {
    locked = false
  }
}

/** Orders the goods of the cart and pays the order at the total the shopper saw. Throws where nothing was ordered. */
export function checkout(lines: readonly CartLine[], shown: Amount): Promise<void> {
  return alone(async () => {
    const order = await createOrder(lines)
    saveCart([])
    try {
      await payOrder(order.id, shown)
    } catch (error) {
      // The order exists: its page tells what went wrong and is where paying it goes on.
      await openOrder(order.id, error)
    }
  })
}

/** Pays an order that exists, at the amount the shopper saw. Throws where no payment was started. */
export function pay(orderId: string, shown: Amount): Promise<void> {
  return alone(() => payOrder(orderId, shown))
}

/** The payment from the tap to the result page, as the sequence diagram of the README draws it. */
async function payOrder(orderId: string, shown: Amount): Promise<void> {
  // What an earlier attempt left untold is told first; where that cannot be done, no second one starts.
  await tellWhatIsOwed().catch(nullWhereServerBroke)

  const started = await startPayment(orderId, shown)
  if (started === 'declined') return openOrder(orderId)

  // No parameters, no cashier: this attempt, or an earlier one of the order, is perhaps paid already.
  const { payment, requestPayment } = started
  if (requestPayment !== null) {
    await openCashier(payment.id, requestPayment)
    // Offline by now? The result page is told that nobody knows yet, and asks again.
    await tellWhatIsOwed().catch(nullUnlessBug)
  }
  await openResult(payment.id)
}

/** POST /payments, its key stored before. An order that costs another amount by now is paid only once confirmed. */
async function startPayment(orderId: string, shown: Amount): Promise<StartedPayment | 'declined'> {
  for (let amount = shown; ;) {
    const attempt: Attempt = { orderId, amount, key: await newIdempotencyKey() }
    store(ATTEMPT, attempt)
    try {
      return await start(attempt)
    } catch (error) {
      if (isRefusal(error)) drop(attempt)
      const changed = isProblem(error, 'amount_changed') ? error.problem.amount : undefined
      if (changed === undefined) throw error
      if (!(await confirmNewAmount(shown, changed))) return 'declined'
      amount = changed
    }
  }
}

async function start(attempt: Attempt): Promise<StartedPayment> {
  const { orderId, amount, key } = attempt
  const body = { orderId, amount }
  const started = await callAsShopper(shopperRoutes.startPayment, { body, idempotencyKey: key })
  advance({ ...attempt, paymentId: started.payment.id })
  return started
}

/** Without the callback for so long after the shopper is back, it is taken for lost, in milliseconds. */
const CALLBACK_MS_MAX = 5_000
let whenBack: () => void = () => {}

/**
 * wx.requestPayment. What its `complete` callback says is stored at once, whatever it says; it decides nothing here.
 * Resolves without it where the shopper is back and it does not come: WeChat gives none when the cashier is closed
 * before its last button (developers.weixin.qq.com/community, pay: success comes with 完成). One that comes later is stored all the same.
 */
function openCashier(paymentId: string, parameters: RequestPaymentParameters): Promise<void> {
  const { timeStamp, nonceStr, package: prepay, signType, paySign } = parameters
  return new Promise((resolve) => {
    whenBack = () => {
      setTimeout(resolve, CALLBACK_MS_MAX)
    }
    wx.requestPayment({
      timeStamp,
      nonceStr,
      package: prepay,
      signType,
      paySign,
      complete: ({ errMsg }) => {
        try {
          const attempt = readStored(ATTEMPT, Attempt)
          if (attempt?.paymentId === paymentId) advance({ ...attempt, errMsg: paymentStatusOf(errMsg) })
        } finally {
          resolve()
        }
      },
    })
  })
}

/** The Mini Program came to the foreground, perhaps from the cashier. */
export function backInForeground(): void {
  whenBack()
  whenBack = () => {}
}

/** Where a stored attempt stands. `payment` is null as long as nobody could be asked. */
export interface Standing {
  readonly attempt: Attempt
  readonly payment: Payment | null
}

let takingUp: Promise<Standing | null> | null = null

/**
 * Takes up an attempt that was left in the middle: the Mini Program was killed, or the network failed. Null where
 * there is none, or where `pay` is at work on it right now.
 */
export async function takeUp(): Promise<Standing | null> {
  if (locked) return null
  takingUp ??= standingOfStored().finally(() => {
    takingUp = null
  })
  return takingUp
}

async function standingOfStored(): Promise<Standing | null> {
  const payment = await truthOfStored().catch(nullUnlessBug)
  const attempt = readStored(ATTEMPT, Attempt)
  if (attempt === undefined) return null
  return { attempt, payment: payment?.id === attempt.paymentId ? payment : null }
}

/** How the stored attempt stands, after what it owes was told. Null where there is none, or nothing of it is known. */
async function truthOfStored(): Promise<Payment | null> {
  const told = await tellWhatIsOwed().catch(nullWhereServerBroke)
  const attempt = readStored(ATTEMPT, Attempt)
  if (told !== null || attempt?.paymentId === undefined) return told
  try {
    return await readNow(attempt.paymentId)
  } catch (error) {
    if (isRefusal(error)) drop(attempt)
    throw error
  }
}

/**
 * Makes the call that a stored attempt still owes, and answers the payment; null where it owes none. A call the server
 * refuses is owed no longer: there is no such attempt, or, of a payment that exists, no word it can take.
 */
async function tellWhatIsOwed(): Promise<Payment | null> {
  const attempt = readStored(ATTEMPT, Attempt)
  if (attempt === undefined) return null
  const next = nextCall(attempt)
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
      advance(withoutErrMsg(attempt, next.paymentId))
    } else drop(attempt)
    return null
  }
}

/** POST /payments/details, for ok, cancel and fail alike. Adyen judges what the cashier said; we show its judgement. */
async function submitDetails(attempt: Attempt, paymentId: string, errMsg: string): Promise<Payment> {
  const body = { paymentId, details: { paymentStatus: errMsg } }
  const payment = await callAsShopper(shopperRoutes.submitPaymentDetails, { body })
  advance(withoutErrMsg(attempt, payment.id))
  return payment
}

/** The longest one call waits for a change, in milliseconds, and how much longer its answer may take. */
const WAIT_MS = 20_000
const ANSWER_MS = 10_000

/** The payment now; where `after` is given, as soon as it is another than that, or after a bounded wait. */
export async function readPayment(paymentId: string, after?: Payment): Promise<Payment> {
  const attempt = readStored(ATTEMPT, Attempt)
  if (attempt?.paymentId === paymentId && attempt.errMsg !== undefined) {
    const payment = await tellWhatIsOwed().catch(nullWhereServerBroke)
    if (payment !== null) return payment
  }
  if (after === undefined) return readNow(paymentId)
  const query = { afterVersion: after.version, waitMs: WAIT_MS }
  const options = { once: true, timeoutMs: WAIT_MS + ANSWER_MS }
  return callAsShopper(shopperRoutes.getPayment, { params: { paymentId }, query }, options)
}

function readNow(paymentId: string): Promise<Payment> {
  return callAsShopper(shopperRoutes.getPayment, { params: { paymentId } })
}

/** A shopper has read how this payment ended: the phone need not keep its attempt any longer. */
export function wasShown(payment: Payment): void {
  const attempt = readStored(ATTEMPT, Attempt)
  if (payment.outcome.final && attempt?.paymentId === payment.id) drop(attempt)
}

/** Stores what is now known of an attempt, unless a newer one has taken its place while the call was out. */
function advance(attempt: Attempt): void {
  if (readStored(ATTEMPT, Attempt)?.key === attempt.key) store(ATTEMPT, attempt)
}

function drop(attempt: Attempt): void {
  if (readStored(ATTEMPT, Attempt)?.key === attempt.key) forget(ATTEMPT)
}

/**
 * The server broke over an attempt and will perhaps break over it again: what it was to be told comes to it by Adyen's
 * webhook too, and one attempt must not keep the phone from paying for ever.
 */
function nullWhereServerBroke(error: unknown): null {
  if (isProblem(error, 'internal_error')) return null
  throw error
}

/** Nobody could be asked, or nothing kept: that is no news of the payment. Whatever else is thrown is a bug. */
function nullUnlessBug(error: unknown): null {
  if (isExpected(error)) return null
  throw error
}
