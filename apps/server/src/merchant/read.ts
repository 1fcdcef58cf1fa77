import type { MerchantOrder } from '@tael/contracts'
import type { Db } from '../db/database.ts'
import { HttpProblem } from '../http/problem.ts'
import { findMerchantOrder } from './store.ts'

/** One order of a merchant. Throws `order_not_found` where no order has this reference. */
export async function readMerchantOrder(db: Db, reference: string): Promise<MerchantOrder> {
  const order = await findMerchantOrder(db, reference)
  if (order === undefined) throw noSuchOrder()
  return order
}

export function noSuchOrder(): HttpProblem {
  return new HttpProblem('order_not_found', 'Check the reference: no order has it.')
}
