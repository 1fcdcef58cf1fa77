import type { Order } from '@tael/contracts'
import type { Db } from '../db/database.ts'
import { ProblemError } from '../http/problem.ts'
import { readOrder } from './read.ts'
import { lockOrder } from './store.ts'

/**
 * Writes down that a shopper asks for the money of a paid order back. An operator decides: it shows under what needs
 * attention. Asking again changes nothing.
 */
export async function askForRefund(db: Db, shopperId: string, orderId: string): Promise<Order> {
  await db.transaction().execute(async (trx) => {
    const order = await lockOrder(trx, orderId)
    if (order === undefined || order.shopper_id !== shopperId) {
      throw new ProblemError('order_not_found', 'You have no order of this id.')
    }
    if (order.status !== 'paid') {
      throw new ProblemError('order_not_refundable', 'The order is not paid: there is nothing to give back.')
    }
    if (order.refund_requested_at !== null) return
    await trx
      .updateTable('orders')
      .set({ refund_requested_at: new Date() })
      .where('id', '=', orderId)
      .execute()
  })
  return readOrder(db, shopperId, orderId)
}
