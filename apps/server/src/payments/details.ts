import type { PaymentDetails } from '@tael/contracts'
import type { CallContext } from '../adyen/call.ts'
import { makeCall } from '../adyen/make-call.ts'
import type { Context } from '../context.ts'
import type { AdyenCall, PaymentOfOrder } from '../db/rows.ts'
import { inTransaction } from '../db/transaction.ts'
import { HttpProblem } from '../http/problem.ts'
import { applyEvent } from '../ledger/apply-event.ts'
import { insertLeasedCall, leaseCall, type LeasedCall, waitForCall } from '../ledger/calls.ts'
import { detailsCall, returnEvent } from '../ledger/cashier-return.ts'
import { type LockedPayment, lockPayment } from '../ledger/lock.ts'
import type { UnitOfWork } from '../ledger/unit-of-work.ts'
import type { Shopper } from '../login/authenticate.ts'
import { announceStep } from '../steps.ts'
import { findPayment } from './store.ts'

/**
 * Forwards what `wx.requestPayment` returned and records Adyen's answer. Each time the cashier is
 * opened Adyen is asked once for each of ok, cancel and anything else, because the phone's result
 * decides nothing. Late and repeated requests change nothing and return the payment as it is.
 */
export async function submitPaymentDetails(
  context: CallContext & Pick<Context, 'changes'>,
  shopper: Shopper,
  { paymentId, details: { paymentStatus } }: PaymentDetails,
): Promise<PaymentOfOrder> {
  const { db, jobs, changes } = context
  const { found, call, next } = await inTransaction(db, (trx) =>
    commitReturn({ trx, jobs }, shopper, paymentId, paymentStatus),
  )
  if (next === 'nothing') return found
  announceStep('payments/details intended')
  if (next !== 'wait')
    return makeCall(context, call, { payment: found.payment, openid: shopper.openid }, next)
  await waitForCall({ db, changes }, call, found.payment)
  return (await findPayment(db, shopper.id, paymentId)) ?? found
}

/** What to do next: make the leased call, wait for another process that makes it, or nothing. */
interface Return {
  readonly found: LockedPayment
  readonly call: AdyenCall
  readonly next: LeasedCall | 'wait' | 'nothing'
}

/** The first commit: the shopper has returned, and the call that asks Adyen has its key. */
async function commitReturn(
  unit: UnitOfWork,
  shopper: Shopper,
  paymentId: string,
  paymentStatus: string,
): Promise<Return> {
  const { trx } = unit
  const locked = await lockPayment(trx, paymentId)
  if (locked === undefined || locked.payment.shopper_id !== shopper.id) {
    throw new HttpProblem('payment_not_found', 'Check the id: you have no such payment.')
  }
  const call = detailsCall(locked.payment, paymentStatus)
  // Nothing to ask: no cashier was opened yet, or the money has arrived.
  if (locked.payment.wx_parameters === null || locked.payment.status === 'authorised') {
    return { found: locked, call, next: 'nothing' }
  }
  const leased = await insertLeasedCall(trx, call, paymentStatus)
  if (leased === undefined) return { found: locked, call, next: (await leaseCall(trx, call)) ?? 'wait' }
  const found = await applyEvent(unit, locked, returnEvent(paymentStatus), { source: 'shopper' }, 'last')
  return { found, call, next: leased }
}
