import type { Order } from '@tael/contracts'
import type { Db } from '../db/database.ts'
import { HttpProblem } from '../http/problem.ts'
import { findOrder } from './store.ts'

/** One order of this shopper. Throws `order_not_found` where the shopper has no such order. */
export async function readOrder(db: Db, shopperId: string, orderId: string): Promise<Order> {
  const order = await findOrder(db, shopperId, orderId)
  if (order === undefined) throw new HttpProblem('order_not_found', 'Check the id: you have no such order.')
  return order
}
