import type { PaymentDetails } from '@tael/contracts'
import { ProblemError } from '../http/problem.ts'
import type { Shopper } from '../http/sessions.ts'
import { reached } from '../steps.ts'
import { type AdyenCall, type CallToMake, callDone, newCall, reclaimCall } from '../calls/calls.ts'
import { applyEvent, type Books } from './apply.ts'
import { askForResult } from './ask-adyen.ts'
import type { PaymentDependencies } from './start.ts'
import { findPayment, lockPayment } from './store.ts'
import type { PaymentOfOrder } from './view.ts'

/**
 * Passes on what `wx.requestPayment` said and writes down what Adyen makes of it. Whether it said ok, cancel or
 * anything else, Adyen is asked, once for each of the three: the phone's word decides nothing. Late and repeated calls
 * change nothing and answer how the payment stands.
 */
export async function submitPaymentDetails(
  dependencies: PaymentDependencies,
  shopper: Shopper,
  { paymentId, details: { paymentStatus } }: PaymentDetails,
): Promise<PaymentOfOrder> {
  const { db, changes } = dependencies
  const call: AdyenCall = { paymentId, operation: 'payments/details', variant: variantOf(paymentStatus) }
  const listener = changes.listen(paymentId)
  try {
    const returned = await db
      .transaction()
      .execute((trx) => commitReturn({ trx, jobs: dependencies.jobs }, shopper, call, paymentStatus))
    const { found, toMake } = returned
    if (toMake === 'nothing') return found
    reached('payments/details intended')
    if (toMake !== undefined) return await askForResult(dependencies, call, found.payment, toMake)
    await callDone(db, call, listener)
    return (await findPayment(db, shopper.id, paymentId)) ?? found
  } finally {
    listener.stop()
  }
}

/** `toMake` undefined: the call was made before and is answered, or another process is at it. */
interface Return {
  readonly found: PaymentOfOrder
  readonly toMake: CallToMake | 'nothing' | undefined
}

/** First durable commit: the shopper is back, and the call that asks Adyen has its key. */
async function commitReturn(
  books: Books,
  shopper: Shopper,
  call: AdyenCall,
  paymentStatus: string,
): Promise<Return> {
  const { trx } = books
  const locked = await lockPayment(trx, call.paymentId)
  if (locked === undefined || locked.payment.shopper_id !== shopper.id) {
    throw new ProblemError('payment_not_found', 'You have no payment of this id.')
  }
  // Nothing to ask: no cashier was opened yet, or the money is here.
  if (locked.payment.wx_parameters === null || locked.payment.status === 'authorised') {
    return { found: locked, toMake: 'nothing' }
  }
  const row = newCall(call, paymentStatus)
  const inserted = await trx
    .insertInto('adyen_calls')
    .values(row)
    .onConflict((conflict) => conflict.columns(['payment_id', 'operation', 'variant']).doNothing())
    .returning('idempotency_key')
    .executeTakeFirst()
  if (inserted === undefined) return { found: locked, toMake: await reclaimCall(trx, call) }
  const found = await applyEvent(
    books,
    locked,
    { type: 'shopper_returned', paymentStatus },
    { source: 'shopper' },
  )
  return { found, toMake: { idempotencyKey: row.idempotency_key, paymentStatus } }
}

/**
 * The three things `wx.requestPayment` can say. Cancel is matched loosely: old WeChat versions say
 * `requestPayment:cancel` (developers.weixin.qq.com, wx.requestPayment).
 */
function variantOf(paymentStatus: string): 'ok' | 'cancel' | 'fail' {
  if (paymentStatus === 'requestPayment:ok') return 'ok'
  return /^requestPayment:(fail[ :]?)?\s*cancel/i.test(paymentStatus) ? 'cancel' : 'fail'
}
