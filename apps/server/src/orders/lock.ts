import type { Trx } from '../db/database.ts'
import type { OrderRow } from '../db/rows.ts'
import { HttpProblem } from '../http/problem.ts'
import { lockOrder } from '../ledger/lock.ts'

/** Locks an order of this shopper. Throws `order_not_found` where there is none. */
export async function lockOrderOf(trx: Trx, shopperId: string, orderId: string): Promise<OrderRow> {
  const order = await lockOrder(trx, orderId)
  if (order === undefined || order.shopper_id !== shopperId) {
    throw new HttpProblem('order_not_found', 'You have no order of this id.')
  }
  return order
}
