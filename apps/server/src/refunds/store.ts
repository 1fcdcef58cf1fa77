import type { Expression } from 'kysely'
import type { Db } from '../db/database.ts'
import type { RefundRow } from '../db/rows.ts'

/** How many overdue refunds are abandoned in one run. */
const OVERDUE_MAX = 200

/** Refunds requested up to a moment that Adyen has not accepted. */
export async function findOverdueRefunds(db: Db, until: Expression<Date>): Promise<RefundRow[]> {
  return db
    .selectFrom('refunds')
    .selectAll()
    .where('status', '=', 'requested')
    .where('created_at', '<=', until)
    .orderBy('created_at')
    .limit(OVERDUE_MAX)
    .execute()
}

/** The refunds of each of these orders, oldest first, without those of no amount. */
export async function findRefunds(db: Db, orderIds: readonly string[]): Promise<Map<string, RefundRow[]>> {
  const rows = await db
    .selectFrom('refunds')
    .innerJoin('payments', 'payments.id', 'refunds.payment_id')
    .selectAll('refunds')
    .select('payments.order_id')
    .where('payments.order_id', 'in', orderIds)
    .where('refunds.value', '>', 0)
    .orderBy('refunds.created_at')
    .orderBy('refunds.id')
    .execute()
  return Map.groupBy(rows, ({ order_id }) => order_id)
}
