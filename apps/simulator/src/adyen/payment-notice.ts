import { newTransactionId } from '../references.ts'
import type { Payment } from '../state/ledger.ts'
import type { World } from '../state/world.ts'
import { authorise, fail } from './end-payment.ts'

/** How long after the answer Pending or Received a delayed notice arrives. */
const DELAY_MS = 3_000
/**
 * How long a delayed notice takes if nobody calls `/payments/details`, because the Mini Program
 * died.
 */
const DELAY_UNASKED_MS = 60_000
/** How long after the answer Cancelled the money moves in `late_authorisation`. */
const LATE_PAYMENT_MS = 5_000

/** The shopper's money moves now, and WeChat notifies Adyen. */
export function takeMoney(world: World, payment: Payment): void {
  payment.paidAt = new Date(world.clock.now()).toISOString()
  payment.transactionId = newTransactionId()
  finishCashier(world, payment)
}

/**
 * Ends the cashier of a payment. WeChat notifies Adyen immediately, unless the scenario delays the
 * notice.
 */
export function finishCashier(world: World, payment: Payment): void {
  payment.cashier = 'done'
  if (payment.scenario.details === undefined) notifyAdyen(world, payment)
  else delayNotice(world, payment, DELAY_UNASKED_MS)
}

/** Shortens the delay of a pending notice, once the merchant has asked for the result. */
export function hastenNotice(world: World, payment: Payment): void {
  if (payment.delayedNotice?.isSoon === false) delayNotice(world, payment, DELAY_MS)
}

/** Takes the money of a cancelled payment later, because WeChat was slower than the shopper. */
export function takeMoneyLater(world: World, payment: Payment): void {
  world.clock.after(LATE_PAYMENT_MS, () => takeMoney(world, payment))
}

function delayNotice(world: World, payment: Payment, ms: number): void {
  payment.delayedNotice?.cancel()
  const cancel = world.clock.after(ms, () => {
    if (payment.result === 'open') notifyAdyen(world, payment)
  })
  payment.delayedNotice = { isSoon: ms === DELAY_MS, cancel }
}

/** WeChat notifies Adyen of the result, which Adyen's answers and its webhook then report. */
function notifyAdyen(world: World, payment: Payment): void {
  const isPaid = payment.paidAt !== undefined
  const logAnswer = world.callLog.logRequest('wechat', 'adyen', {
    label: `payment notification: ${isPaid ? 'paid' : 'not paid'}`,
    body: { out_trade_no: payment.pspReference, trade_state: isPaid ? 'SUCCESS' : 'PAYERROR' },
  })
  logAnswer({ label: '200', status: 200 })
  if (isPaid) authorise(world, payment)
  else fail(world, payment, payment.scenario.cashier === 'error' ? 'error' : 'refused')
}
