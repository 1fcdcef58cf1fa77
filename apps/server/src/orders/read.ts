import type { Order } from '@tael/contracts'
import type { Db } from '../db/database.ts'
import { HttpProblem } from '../http/problem.ts'
import { findOrder } from './store.ts'

/** One order of this shopper. Throws `order_not_found` where there is none. */
export async function readOrder(db: Db, shopperId: string, orderId: string): Promise<Order> {
  const order = await findOrder(db, shopperId, orderId)
  if (order === undefined) throw new HttpProblem('order_not_found', 'You have no order of this id.')
  return order
}
