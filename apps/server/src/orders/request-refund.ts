import type { Order } from '@tael/contracts'
import type { Db } from '../db/database.ts'
import { HttpProblem } from '../http/problem.ts'
import { recordRefundRequest } from '../ledger/orders.ts'
import { lockOrderOf } from './lock.ts'
import { readOrder } from './read.ts'

/**
 * Records that a shopper requests a refund of a paid order, which an operator then decides.
 * Requesting it again changes nothing.
 */
export async function requestOrderRefund(db: Db, shopperId: string, orderId: string): Promise<Order> {
  await db.transaction().execute(async (trx) => {
    const order = await lockOrderOf(trx, shopperId, orderId)
    if (order.status !== 'paid') {
      throw new HttpProblem('order_not_refundable', 'Request refunds only of paid orders.')
    }
    if (order.refund_requested_at === null) await recordRefundRequest(trx, order)
  })
  return readOrder(db, shopperId, orderId)
}
