import type { Expression } from 'kysely'
import type { Db } from '../db/database.ts'
import type { RefundRow } from '../db/rows.ts'

/** How many overdue refunds are abandoned in one run. */
const OVERDUE_MAX = 200

/** Refunds that Adyen has not accepted, and whose call began, or was renewed, before a moment. */
export async function findOverdueRefunds(db: Db, until: Expression<Date>): Promise<RefundRow[]> {
  return db
    .selectFrom('refunds')
    .innerJoin('adyen_calls', (join) =>
      join
        .onRef('adyen_calls.payment_id', '=', 'refunds.payment_id')
        .onRef('adyen_calls.variant', '=', 'refunds.id')
        .on('operation', '=', 'refunds'),
    )
    .selectAll('refunds')
    .where('status', '=', 'requested')
    .where('started_at', '<=', until)
    .orderBy('started_at')
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
