import type { PaymentDetails } from '@tael/contracts'
import type { CallContext } from '../adyen/call.ts'
import { makeCall } from '../adyen/make-call.ts'
import type { Context } from '../context.ts'
import { inOneFlight } from '../db/flight.ts'
import type { AdyenCall, PaymentOfOrder } from '../db/rows.ts'
import { inTransaction } from '../db/transaction.ts'
import { HttpProblem } from '../http/problem.ts'
import { applyEvent } from '../ledger/apply-event.ts'
import { insertLeasedCall, leaseCall, type LeasedCall, waitForCall } from '../ledger/calls.ts'
import { detailsCall, returnEvent } from '../ledger/cashier-return.ts'
import { type LockedPayment, paymentToLock, splitLocked } from '../ledger/lock.ts'
import type { UnitOfWork } from '../ledger/unit-of-work.ts'
import type { Session, Shopper } from '../login/authenticate.ts'
import { announceStep } from '../steps.ts'
import { findPayment } from './store.ts'

/**
 * Forwards what `wx.requestPayment` returned and records Adyen's answer. Each time the cashier is
 * opened Adyen is asked once for each of ok, cancel and anything else, because the phone's result
 * decides nothing. Late and repeated requests change nothing and return the payment as it is.
 */
export async function submitPaymentDetails(
  context: CallContext & Pick<Context, 'changes'>,
  session: Session,
  { paymentId, details: { paymentStatus } }: PaymentDetails,
): Promise<PaymentOfOrder> {
  const { db, jobs, changes } = context
  const { shopper, found, call, next } = await inTransaction(db, (trx) =>
    commitReturn({ trx, jobs }, session, paymentId, paymentStatus),
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
  readonly shopper: Shopper
  readonly found: LockedPayment
  readonly call: AdyenCall
  readonly next: LeasedCall | 'wait' | 'nothing'
}

/** The first commit: the shopper has returned, and the call that asks Adyen has its key. */
async function commitReturn(
  unit: UnitOfWork,
  session: Session,
  paymentId: string,
  paymentStatus: string,
): Promise<Return> {
  const { trx } = unit
  // The session last: it may end while the payment is locked.
  const [[row], shoppers] = await inOneFlight(trx, paymentToLock({ paymentId }), session.shopperToFind)
  const shopper = session.admit(shoppers)
  if (row?.shopper_id !== shopper.id) {
    throw new HttpProblem('payment_not_found', 'Check the id: you have no such payment.')
  }
  const locked = splitLocked(row)
  const call = detailsCall(locked.payment, paymentStatus)
  // Nothing to ask: no cashier was opened yet, or the money has arrived.
  if (locked.payment.wx_parameters === null || locked.payment.status === 'authorised') {
    return { shopper, found: locked, call, next: 'nothing' }
  }
  const leased = await insertLeasedCall(trx, call, paymentStatus)
  if (leased === undefined)
    return { shopper, found: locked, call, next: (await leaseCall(trx, call)) ?? 'wait' }
  const found = await applyEvent(unit, locked, returnEvent(paymentStatus), { source: 'shopper' }, 'last')
  return { shopper, found, call, next: leased }
}
