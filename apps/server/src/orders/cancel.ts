import type { Order } from '@tael/contracts'
import type { Context } from '../context.ts'
import { inTransaction } from '../db/transaction.ts'
import { HttpProblem } from '../http/problem.ts'
import { lockOpenPayment, type LockedOrder } from '../ledger/lock.ts'
import { closeOrder } from '../ledger/orders.ts'
import { requestCancel } from '../ledger/request-cancel.ts'
import { isUndecided } from '../ledger/transition.ts'
import type { UnitOfWork } from '../ledger/unit-of-work.ts'
import { announceStep } from '../steps.ts'
import { readOrder } from './read.ts'
import { lockOrderOf } from './lock.ts'

/**
 * Cancels an open order for its shopper and frees its stock. An attempt that waits for the shopper
 * is closed at Adyen; money that still arrives is refunded. Refused while an attempt may have taken
 * money. Cancelling again changes nothing.
 */
export async function cancelOrder(
  { db, jobs }: Pick<Context, 'db' | 'jobs'>,
  shopperId: string,
  orderId: string,
): Promise<Order> {
  await inTransaction(db, async (trx) => {
    const order = await lockOrderOf(trx, shopperId, orderId)
    await cancelLockedOrder({ trx, jobs }, order, 'shopper')
  })
  announceStep('order cancelled')
  return readOrder(db, shopperId, orderId)
}

/** Cancels a locked order for its shopper, or for the merchant whose it is. */
export async function cancelLockedOrder(
  unit: UnitOfWork,
  order: LockedOrder,
  by: 'shopper' | 'merchant',
): Promise<void> {
  if (order.status === 'cancelled') return
  if (order.status === 'paid')
    throw new HttpProblem(
      'order_not_cancellable',
      by === 'shopper' ? 'Request a refund: the order is paid.' : 'Refund it: the order is paid.',
    )
  if (order.status === 'expired')
    throw new HttpProblem('order_not_cancellable', 'Order again if needed: this order has expired.')
  const payment = await lockOpenPayment(unit.trx, order.id)
  if (payment !== undefined && isUndecided(payment.status)) {
    throw new HttpProblem(
      'order_not_cancellable',
      'Wait for the outcome: a payment of the order is being confirmed.',
    )
  }
  const cancelled = await closeOrder(unit, order, 'cancelled')
  if (payment === undefined) return
  const source = by === 'shopper' ? 'shopper' : 'operator'
  await requestCancel(unit, { order: cancelled, payment }, `the ${by} cancelled the order`, { source })
}
