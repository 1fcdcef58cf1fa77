import type { Db } from '../db/database.ts'
import type { PaymentOfOrder } from '../db/rows.ts'

/** One payment of this shopper, with the status of its order. */
export async function findPayment(
  db: Db,
  shopperId: string,
  paymentId: string,
): Promise<PaymentOfOrder | undefined> {
  const row = await db
    .selectFrom('payments')
    .innerJoin('orders', 'orders.id', 'payments.order_id')
    .selectAll('payments')
    .select('orders.status as order_status')
    .where('payments.id', '=', paymentId)
    .where('payments.shopper_id', '=', shopperId)
    .executeTakeFirst()
  if (row === undefined) return undefined
  const { order_status, ...payment } = row
  return { payment, order: { status: order_status } }
}
