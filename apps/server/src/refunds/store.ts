import type { Db } from '../db/database.ts'
import type { RefundRow } from './change.ts'

/** The refunds of each of these orders, oldest first. */
export async function findRefunds(db: Db, orderIds: readonly string[]): Promise<Map<string, RefundRow[]>> {
  const rows = await db
    .selectFrom('refunds')
    .innerJoin('payments', 'payments.id', 'refunds.payment_id')
    .selectAll('refunds')
    .select('payments.order_id')
    .where('payments.order_id', 'in', orderIds)
    .orderBy('refunds.id')
    .execute()
  return Map.groupBy(rows, ({ order_id }) => order_id)
}
