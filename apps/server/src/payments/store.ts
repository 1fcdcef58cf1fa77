import type { OrderStatus } from '@tael/contracts'
import type { Db } from '../db/database.ts'
import { prepared, run } from '../db/prepared.ts'
import type { PaymentOfOrder, PaymentRow } from '../db/rows.ts'

/** One payment of this shopper, with the status of its order. */
export async function findPayment(
  db: Db,
  shopperId: string,
  paymentId: string,
): Promise<PaymentOfOrder | undefined> {
  const [row] = await run(db, paymentOfShopper({ shopperId, paymentId }))
  if (row === undefined) return undefined
  const { order_status, ...payment } = row
  return { payment, order: { status: order_status } }
}

const paymentOfShopper = prepared<
  { shopperId: string; paymentId: string },
  PaymentRow & { readonly order_status: OrderStatus }
>((db, value) =>
  db
    .selectFrom('payments')
    .innerJoin('orders', 'orders.id', 'payments.order_id')
    .selectAll('payments')
    .select('orders.status as order_status')
    .where('payments.id', '=', value('paymentId'))
    .where('payments.shopper_id', '=', value('shopperId')),
)
