import type { Trx } from '../db/database.ts'
import { HttpProblem } from '../http/problem.ts'
import { lockOrder, type LockedOrder } from '../ledger/lock.ts'

/** Locks an order of this shopper. Throws `order_not_found` where the shopper has no such order. */
export async function lockOrderOf(trx: Trx, shopperId: string, orderId: string): Promise<LockedOrder> {
  const order = await lockOrder(trx, orderId)
  if (order === undefined || order.shopper_id !== shopperId) {
    throw new HttpProblem('order_not_found', 'Check the id: you have no such order.')
  }
  return order
}
