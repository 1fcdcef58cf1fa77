import type { Order } from '@tael/contracts'
import type { Db } from '../db/database.ts'
import { ProblemError } from '../http/problem.ts'
import type { JobQueue } from '../jobs/jobs.ts'
import { requestCancel } from '../payments/close.ts'
import { findOpenPayment } from '../payments/store.ts'
import { reached } from '../steps.ts'
import { moveStock } from './stock.ts'
import { readOrder } from './read.ts'
import { lockOrder } from './store.ts'

/**
 * Gives up an open order at its shopper's wish and frees its stock. An attempt that waits for the shopper is closed at
 * Adyen; money that comes all the same goes back. While nobody knows whether an attempt took money it is refused:
 * the order may be paid. Cancelling again changes nothing.
 */
export async function cancelOrder(
  db: Db,
  jobs: JobQueue,
  shopperId: string,
  orderId: string,
): Promise<Order> {
  await db.transaction().execute(async (trx) => {
    const order = await lockOrder(trx, orderId)
    if (order === undefined || order.shopper_id !== shopperId) {
      throw new ProblemError('order_not_found', 'You have no order of this id.')
    }
    if (order.status === 'cancelled') return
    if (order.status !== 'open') {
      const what =
        order.status === 'paid' ? 'The order is paid: ask for a refund.' : 'The order is given up already.'
      throw new ProblemError('order_not_cancellable', what)
    }
    const payment = await findOpenPayment(trx, orderId)
    if (payment !== undefined && payment.status !== 'awaiting_shopper') {
      throw new ProblemError(
        'order_not_cancellable',
        'A payment of it is being confirmed: wait for its outcome.',
      )
    }
    if (!(await moveStock(trx, order.lines, 'reserved', 'free'))) {
      throw new Error(`The stock of ${orderId} was not reserved.`)
    }
    await trx
      .updateTable('orders')
      .set({ status: 'cancelled', cancelled_at: new Date() })
      .where('id', '=', orderId)
      .execute()
    if (payment !== undefined) {
      const locked = { order: { ...order, status: 'cancelled' as const }, payment }
      await requestCancel({ trx, jobs }, locked, 'the shopper cancelled the order', { source: 'shopper' })
    }
  })
  reached('order cancelled')
  return readOrder(db, shopperId, orderId)
}
