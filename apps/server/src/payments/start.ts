import { type Amount, sameAmount, shopperRoutes, type StartPayment } from '@tael/contracts'
import type { CallContext } from '../adyen/call.ts'
import { makeCall } from '../adyen/make-call.ts'
import type { Context } from '../context.ts'
import { toAmount } from '../db/amount.ts'
import type { Db } from '../db/database.ts'
import { inOneFlight } from '../db/flight.ts'
import { newId } from '../db/ids.ts'
import type { PaymentOfOrder, PaymentRow } from '../db/rows.ts'
import { inTransaction } from '../db/transaction.ts'
import { keyToClaimInSession, moveKey, readClaim } from '../http/idempotency.ts'
import { HttpProblem } from '../http/problem.ts'
import { leaseCall, startCall, waitForCall } from '../ledger/calls.ts'
import { continueAttempt } from '../ledger/cashier-return.ts'
import { type LockedOrder, openPaymentToLock, orderToLock } from '../ledger/lock.ts'
import { bindPayer } from '../ledger/merchant-orders.ts'
import { startAttempt } from '../ledger/start-attempt.ts'
import { isUndecided } from '../ledger/transition.ts'
import type { UnitOfWork } from '../ledger/unit-of-work.ts'
import type { Session, Shopper } from '../login/authenticate.ts'
import { announceStep } from '../steps.ts'
import { findPayment } from './store.ts'

/**
 * Starts an attempt to pay an order. The intent is committed with its keys before Adyen is called,
 * so that a crash or a lost answer leaves a call to retry. The same Idempotency-Key, and any key
 * while an attempt is open, leads to that attempt: no second one starts before its outcome is
 * known. While nothing says that its money moved, the same parameters open its cashier again.
 */
export async function startPayment(
  context: CallContext & Pick<Context, 'changes'>,
  session: Session,
  key: string,
  body: StartPayment,
): Promise<PaymentOfOrder> {
  const { db, jobs } = context
  const intent = await inTransaction(db, (trx) => commitIntent({ trx, jobs }, session, key, body))
  if (!('idempotencyKey' in intent)) return followAttempt(context, intent.shopper, intent.paymentId)
  announceStep('payments intended')
  const { payment, idempotencyKey } = intent
  const { openid } = intent.shopper
  const leased = { idempotencyKey, paymentStatus: null }
  return makeCall(context, startCall(payment.id), { payment, openid }, leased)
}

type Intent = { readonly shopper: Shopper } & (
  | { readonly payment: PaymentRow; readonly idempotencyKey: string }
  | { readonly paymentId: string }
)

/**
 * The first commit: the attempt, its call to Adyen and the client's key; or the existing attempt.
 */
async function commitIntent(
  unit: UnitOfWork,
  session: Session,
  key: string,
  body: StartPayment,
): Promise<Intent> {
  const { trx } = unit
  const paymentId = newId('pay')
  const keyed = { key, route: shopperRoutes.startPayment, body }
  const [[found], [open], claim, shoppers] = await inOneFlight(
    trx,
    orderToLock({ orderId: body.orderId }),
    openPaymentToLock({ orderId: body.orderId }),
    keyToClaimInSession(session.tokenHash, keyed, paymentId),
    // Last: a session that has not ended here had not ended when its key was claimed.
    session.shopperToFind,
  )
  const shopper = session.admit(shoppers)
  const request = { ...keyed, callerId: shopper.id }
  const claimed = await readClaim(trx, request, claim)
  if (claimed !== paymentId) return { shopper, paymentId: claimed }
  const order = found && (await bindPayer(trx, found, shopper.id, body.payToken))
  if (order === undefined || order.shopper_id !== shopper.id) {
    throw new HttpProblem('order_not_found', 'Check the id: you have no such order.')
  }
  // Its money may still arrive: whoever ordered again could pay twice.
  const mayBePaid = order.status !== 'paid' && open !== undefined && isUndecided(open.status)
  if (!mayBePaid) checkPayable(order, body.amount)
  if (open === undefined)
    return { shopper, ...(await startAttempt(trx, order, { paymentId, shopperId: shopper.id })) }
  await moveKey(trx, request, open.id)
  await continueAttempt(unit, { order, payment: open })
  return { shopper, paymentId: open.id }
}

function checkPayable(order: LockedOrder, shown: Amount): void {
  if (order.status === 'paid')
    throw new HttpProblem('order_not_payable', 'Do not pay again: the order is paid.')
  if (order.status === 'cancelled')
    throw new HttpProblem('order_not_payable', 'Order again: this order was cancelled.')
  if (order.status === 'expired' || order.leftMs <= 0)
    throw new HttpProblem('order_not_payable', 'Order again: this order was not paid in time.')
  const amount = toAmount(order)
  if (!sameAmount(amount, shown)) {
    throw new HttpProblem('amount_changed', 'Show the shopper the amount of the order and ask again.', {
      amount,
    })
  }
}

/** Waits for the answer of an existing attempt, or retries the call of a process that died. */
async function followAttempt(
  context: CallContext & Pick<Context, 'changes'>,
  shopper: Shopper,
  paymentId: string,
): Promise<PaymentOfOrder> {
  const { db, changes } = context
  const call = startCall(paymentId)
  const found = await readAttempt(db, shopper, paymentId)
  if (found.payment.status !== 'starting') return found
  const leased = await leaseCall(db, call)
  if (leased !== undefined) {
    const { openid } = shopper
    return makeCall(context, call, { payment: found.payment, openid }, leased)
  }
  await waitForCall({ db, changes }, call, found.payment)
  return readAttempt(db, shopper, paymentId)
}

async function readAttempt(db: Db, shopper: Shopper, paymentId: string): Promise<PaymentOfOrder> {
  const found = await findPayment(db, shopper.id, paymentId)
  if (found === undefined) throw new Error(`The payment ${paymentId} of this key does not exist.`)
  return found
}
