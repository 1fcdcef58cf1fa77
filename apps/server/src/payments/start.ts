import {
  type Amount,
  type RequestPaymentParameters,
  shopperRoutes,
  sameAmount,
  type StartPayment,
} from '@tael/contracts'
import { type AdyenCallDependencies, callDone, newCall, reclaimCall, startCall } from '../calls/calls.ts'
import { toAmount } from '../db/amount.ts'
import type { Db, Trx } from '../db/database.ts'
import { newId } from '../db/ids.ts'
import { claimKey, pointKey } from '../http/idempotency.ts'
import { ProblemError } from '../http/problem.ts'
import type { Shopper } from '../http/sessions.ts'
import { lockOrder, type OrderRow } from '../orders/store.ts'
import { reached } from '../steps.ts'
import { startAtAdyen } from './ask-adyen.ts'
import type { PaymentChanges } from './changes.ts'
import { findOpenPayment, findPayment } from './store.ts'
import type { PaymentOfOrder, PaymentRow } from './view.ts'

export interface PaymentDependencies extends AdyenCallDependencies {
  readonly changes: PaymentChanges
}

/**
 * Starts an attempt to pay an order. The intent is committed with its keys before Adyen is called, so that a crash or a
 * lost answer leaves something to repeat. The same Idempotency-Key, and any key while an attempt is open, leads to that
 * one attempt: a second one cannot start before the outcome of the first is known.
 */
export async function startPayment(
  dependencies: PaymentDependencies,
  shopper: Shopper,
  key: string,
  body: StartPayment,
): Promise<PaymentOfOrder> {
  const intent = await dependencies.db.transaction().execute((trx) => commitIntent(trx, shopper, key, body))
  if ('idempotencyKey' in intent) {
    reached('payments intended')
    return startAtAdyen(dependencies, shopper, intent.payment, intent.idempotencyKey)
  }
  return followAttempt(dependencies, shopper, intent.paymentId)
}

type Intent =
  | { readonly payment: PaymentRow; readonly idempotencyKey: string }
  | { readonly paymentId: string }

/** First durable commit: the attempt, its call to Adyen and the client's key, or the attempt that is there already. */
async function commitIntent(trx: Trx, shopper: Shopper, key: string, body: StartPayment): Promise<Intent> {
  const paymentId = newId('pay')
  const request = { callerId: shopper.id, key, route: shopperRoutes.startPayment, body }
  const claimed = await claimKey(trx, request, paymentId)
  if (claimed !== paymentId) return { paymentId: claimed }

  const order = await lockOrder(trx, body.orderId)
  if (order === undefined || order.shopper_id !== shopper.id) {
    throw new ProblemError('order_not_found', 'You have no order of this id.')
  }
  checkPayable(order, body.amount)
  const open = await findOpenPayment(trx, order.id)
  if (open !== undefined) {
    await pointKey(trx, request, open.id)
    return { paymentId: open.id }
  }

  const call = newCall(startCall(paymentId))
  const payment = await trx
    .with('call', (db) => db.insertInto('adyen_calls').values(call))
    .with('event', (db) =>
      db.insertInto('payment_events').values({
        payment_id: paymentId,
        version: 1,
        source: 'shopper',
        type: 'started',
        to_status: 'starting',
        detail: '{}',
      }),
    )
    .insertInto('payments')
    .values({
      id: paymentId,
      order_id: order.id,
      shopper_id: shopper.id,
      currency: order.currency,
      value: order.value,
      status: 'starting',
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  return { payment, idempotencyKey: call.idempotency_key }
}

function checkPayable(order: OrderRow, shown: Amount): void {
  if (order.status === 'paid')
    throw new ProblemError('order_not_payable', 'The order is paid. Do not pay it again.')
  if (order.status === 'cancelled')
    throw new ProblemError('order_not_payable', 'The order was cancelled. Order again.')
  if (order.status === 'expired' || order.expires_at <= new Date()) {
    throw new ProblemError(
      'order_not_payable',
      'The order was not paid in time and is given up. Order again.',
    )
  }
  const amount = toAmount(order)
  if (!sameAmount(amount, shown)) {
    throw new ProblemError('amount_changed', 'Show the shopper the amount of the order and ask again.', {
      amount,
    })
  }
}

/** The attempt was made before: wait for its answer, or repeat the call of a process that died over it. */
async function followAttempt(
  dependencies: PaymentDependencies,
  shopper: Shopper,
  paymentId: string,
): Promise<PaymentOfOrder> {
  const { db, changes } = dependencies
  const call = startCall(paymentId)
  const listener = changes.listen(paymentId)
  try {
    const found = await readPayment(db, shopper, paymentId)
    if (found.payment.status !== 'starting') return found
    const again = await reclaimCall(db, call)
    if (again !== undefined)
      return await startAtAdyen(dependencies, shopper, found.payment, again.idempotencyKey)
    await callDone(db, call, listener)
    return await readPayment(db, shopper, paymentId)
  } finally {
    listener.stop()
  }
}

async function readPayment(db: Db, shopper: Shopper, paymentId: string): Promise<PaymentOfOrder> {
  const found = await findPayment(db, shopper.id, paymentId)
  if (found === undefined) throw new Error(`The payment ${paymentId} of this key is gone.`)
  return found
}

/** What opens the cashier, while it may be opened: never for an order that is paid or given up. */
export function cashierOf({ payment, order }: PaymentOfOrder): RequestPaymentParameters | null {
  return payment.status === 'awaiting_shopper' && order.status === 'open' ? payment.wx_parameters : null
}
