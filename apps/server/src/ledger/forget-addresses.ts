import { sql } from 'kysely'
import type { Db } from '../db/database.ts'

/** How many orders one statement changes, so that none takes long. */
const SLICE_SIZE = 500

/**
 * The orders whose address nobody needs any more: so many days after they were closed unpaid, were
 * shipped, or were paid and have been refunded whole. An order that waits to be shipped keeps its own.
 */
const conditions = (days: number) => {
  const before = sql`statement_timestamp() - make_interval(days => ${days}::int)`
  return [
    sql`status in ('expired', 'cancelled') and expires_at < ${before}`,
    sql`first_shipped_at is not null and first_shipped_at < ${before}`,
    sql`first_shipped_at is null and status = 'paid' and paid_at < ${before} and orders.value <= (
      select coalesce(sum(refunds.value), 0) from payments join refunds on refunds.payment_id = payments.id
      where payments.order_id = orders.id and pays_order and refunds.status = 'refunded'
    )`,
  ]
}

/** Forgets the addresses of a slice of such orders. Returns how many; 0: none is left. */
export async function forgetAddresses(db: Db, days: number): Promise<number> {
  for (const condition of conditions(days)) {
    const { numAffectedRows = 0n } = await sql`
      update orders set deliver_to = null where id = any(array(
        select id from orders where deliver_to is not null and ${condition} limit ${SLICE_SIZE}
      ))`.execute(db)
    if (numAffectedRows > 0n) return Number(numAffectedRows)
  }
  return 0
}
