import type { PaymentDetails } from '@tael/contracts'
import type { Trx } from '../db/database.ts'
import { ProblemError } from '../http/problem.ts'
import type { Shopper } from '../http/sessions.ts'
import {
  ADYEN_DEADLINE_MS,
  type AdyenCall,
  type AdyenCallDependencies,
  type CallClaim,
  newCall,
  readAnswer,
  reclaimCall,
  settleCall,
} from './adyen-calls.ts'
import { applyEvent } from './apply.ts'
import type { PaymentChanges } from './changes.ts'
import { findPayment, lockPayment } from './store.ts'
import type { PaymentRow } from './view.ts'

export interface PaymentDetailsDependencies extends AdyenCallDependencies {
  readonly changes: PaymentChanges
}

/**
 * Passes on what `wx.requestPayment` said and writes down what Adyen makes of it. Whether it said ok, cancel or
 * anything else, Adyen is asked, once for each of the three: the phone's word decides nothing. Late and repeated calls
 * change nothing and answer how the payment stands.
 */
export async function submitPaymentDetails(
  dependencies: PaymentDetailsDependencies,
  shopper: Shopper,
  { paymentId, details: { paymentStatus } }: PaymentDetails,
): Promise<PaymentRow> {
  const { db, checkout, changes } = dependencies
  const call: AdyenCall = { paymentId, operation: 'payments/details', variant: variantOf(paymentStatus) }
  const listener = changes.listen(paymentId)
  try {
    const { payment, claim } = await db
      .transaction()
      .execute((trx) => commitReturn(trx, shopper, call, paymentStatus))
    if (typeof claim === 'object') {
      const body = {
        ...(payment.payment_data === null ? {} : { paymentData: payment.payment_data }),
        details: { paymentStatus },
      }
      const answer = readAnswer('payments/details', await checkout.paymentDetails(body, claim.make), payment)
      return await settleCall(
        db,
        call,
        answer.kind === 'answer' ? { type: 'result', result: answer.result } : answer.event,
      )
    }
    if (claim === 'in_flight') await listener.change(ADYEN_DEADLINE_MS)
    return (await findPayment(db, shopper.id, paymentId)) ?? payment
  } finally {
    listener.stop()
  }
}

interface Return {
  readonly payment: PaymentRow
  readonly claim: CallClaim
}

/** First durable commit: the shopper is back, and the call that asks Adyen has its key. */
async function commitReturn(
  trx: Trx,
  shopper: Shopper,
  call: AdyenCall,
  paymentStatus: string,
): Promise<Return> {
  const locked = await lockPayment(trx, call.paymentId)
  if (locked === undefined || locked.payment.shopper_id !== shopper.id) {
    throw new ProblemError('payment_not_found', 'You have no payment of this id.')
  }
  // Nothing to ask: no cashier was opened yet, or the money is here.
  if (locked.payment.wx_parameters === null || locked.payment.status === 'authorised') {
    return { payment: locked.payment, claim: 'answered' }
  }
  const row = newCall(call)
  const inserted = await trx
    .insertInto('adyen_calls')
    .values(row)
    .onConflict((conflict) => conflict.columns(['payment_id', 'operation', 'variant']).doNothing())
    .returning('idempotency_key')
    .executeTakeFirst()
  if (inserted === undefined) return { payment: locked.payment, claim: await reclaimCall(trx, call) }
  const payment = await applyEvent(
    trx,
    locked,
    { type: 'shopper_returned', paymentStatus },
    { source: 'shopper' },
  )
  return { payment, claim: { make: row.idempotency_key } }
}

/**
 * The three things `wx.requestPayment` can say. Cancel is matched loosely: old WeChat versions say
 * `requestPayment:cancel` (developers.weixin.qq.com, wx.requestPayment).
 */
function variantOf(paymentStatus: string): 'ok' | 'cancel' | 'fail' {
  if (paymentStatus === 'requestPayment:ok') return 'ok'
  return /^requestPayment:(fail[ :]?)?\s*cancel/i.test(paymentStatus) ? 'cancel' : 'fail'
}
