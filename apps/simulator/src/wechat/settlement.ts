import { authorise, fail } from '../adyen/results.ts'
import { newTransactionId, type Payment } from '../ledger.ts'
import type { World } from '../world.ts'

/** How long Adyen waits for WeChat after it answered Pending or Received. */
const SETTLE_MS = 3_000
/** How long where nobody asks Adyen: the Mini Program died, `/payments/details` never comes. */
const SETTLE_UNASKED_MS = 60_000
/** How long after the answer Cancelled the money moves in the scenario of that name. */
const LATE_MS = 5_000

/** The shopper's money moves, now. */
export function takeMoney(world: World, payment: Payment): void {
  payment.paidAt = new Date(world.clock.now()).toISOString()
  payment.transactionId = newTransactionId()
  endCashier(world, payment)
}

/** The cashier is done with this payment. Adyen hears how it ended at once, unless the scenario has it wait. */
export function endCashier(world: World, payment: Payment): void {
  payment.cashier = 'done'
  if (payment.scenario.details === undefined) notify(world, payment)
  else settleAfter(world, payment, SETTLE_UNASKED_MS)
}

/** Somebody asked how the payment stands: what WeChat still owes Adyen for a finished payment comes soon. */
export function settle(world: World, payment: Payment): void {
  if (payment.settlement?.isSoon === false) settleAfter(world, payment, SETTLE_MS)
}

/** A cancelled payment is paid after all: WeChat was slower than the shopper. */
export function payLate(world: World, payment: Payment): void {
  world.clock.after(LATE_MS, () => takeMoney(world, payment))
}

function settleAfter(world: World, payment: Payment, ms: number): void {
  payment.settlement?.callOff()
  const callOff = world.clock.after(ms, () => {
    if (payment.result === 'open') notify(world, payment)
  })
  payment.settlement = { isSoon: ms === SETTLE_MS, callOff }
}

/** WeChat tells Adyen how the payment ended; from here on Adyen's answers and its webhook say so. */
function notify(world: World, payment: Payment): void {
  const moved = payment.paidAt !== undefined
  const answered = world.messages.request('wechat', 'adyen', {
    label: `payment notification: ${moved ? 'paid' : 'not paid'}`,
    body: { out_trade_no: payment.pspReference, trade_state: moved ? 'SUCCESS' : 'PAYERROR' },
  })
  answered({ label: '200', status: 200 })
  if (moved) authorise(world, payment)
  else fail(world, payment, payment.scenario.cashier === 'error' ? 'error' : 'refused')
}
