import type { Db, Trx } from '../db/database.ts'
import type { OrderRow } from '../orders/store.ts'
import type { PaymentOfOrder, PaymentRow } from './view.ts'

/** A payment with its order, both locked until the transaction ends. */
export interface LockedPayment {
  readonly order: OrderRow
  readonly payment: PaymentRow
}

/**
 * Locks a payment and its order. Everyone locks the order first, so that nobody waits in a circle: the locks of one
 * statement are taken in the order in which `for update` names the tables.
 */
export async function lockPayment(trx: Trx, paymentId: string): Promise<LockedPayment | undefined> {
  const row = await trx
    .selectFrom('orders')
    .innerJoin('payments', 'payments.order_id', 'orders.id')
    .selectAll('payments')
    .select([
      'orders.status as order_status',
      'orders.lines as order_lines',
      'orders.created_at as order_created_at',
      'orders.expires_at as order_expires_at',
      'orders.paid_at as order_paid_at',
      'orders.cancelled_at as order_cancelled_at',
      'orders.refund_requested_at as order_refund_requested_at',
    ])
    .where('payments.id', '=', paymentId)
    .forUpdate(['orders', 'payments'])
    .executeTakeFirst()
  if (row === undefined) return undefined
  const {
    order_status,
    order_lines,
    order_created_at,
    order_expires_at,
    order_paid_at,
    order_cancelled_at,
    order_refund_requested_at,
    ...payment
  } = row
  return {
    payment,
    order: {
      id: payment.order_id,
      shopper_id: payment.shopper_id,
      currency: payment.currency,
      value: payment.value,
      status: order_status,
      lines: order_lines,
      created_at: order_created_at,
      expires_at: order_expires_at,
      paid_at: order_paid_at,
      cancelled_at: order_cancelled_at,
      refund_requested_at: order_refund_requested_at,
    },
  }
}

/** One payment of this shopper, with how its order stands. */
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

/** The attempt of this order whose outcome is open; the database allows one. */
export async function findOpenPayment(trx: Trx, orderId: string): Promise<PaymentRow | undefined> {
  return trx
    .selectFrom('payments')
    .selectAll()
    .where('order_id', '=', orderId)
    .where('status', 'in', ['starting', 'awaiting_shopper', 'processing'])
    .forUpdate()
    .executeTakeFirst()
}
