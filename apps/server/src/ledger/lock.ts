import type { InferResult, Kysely, RawBuilder } from 'kysely'
import { msUntil } from '../db/clock.ts'
import type { Trx } from '../db/database.ts'
import { prepared, run } from '../db/prepared.ts'
import type { OrderRow, PaymentRow } from '../db/rows.ts'
import type { Database } from '../db/tables.ts'
import { openStatuses } from './transition.ts'

/** A payment with its order, both locked until the transaction ends. */
export interface LockedPayment {
  readonly order: OrderRow
  readonly payment: PaymentRow
}

/** An order, locked until the transaction ends. */
export interface LockedOrder extends OrderRow {
  /** How many milliseconds it may still be paid; not positive once its time is over. */
  readonly leftMs: number
}

/** Locks an order, so that what is decided about it holds until the transaction ends. */
export async function lockOrder(trx: Trx, orderId: string): Promise<LockedOrder | undefined> {
  const [order] = await run(trx, orderToLock({ orderId }))
  return order
}

/** The statement of `lockOrder`. */
export const orderToLock = prepared<{ orderId: string }, LockedOrder>((db, value) =>
  db
    .selectFrom('orders')
    .selectAll()
    .select(msUntil('expires_at').as('leftMs'))
    .where('id', '=', value('orderId'))
    .forUpdate(),
)

/**
 * Locks a payment and its order, always the order first, so that transactions never deadlock: a
 * statement takes its locks in the order in which `for update` names the tables.
 */
export async function lockPayment(trx: Trx, paymentId: string): Promise<LockedPayment | undefined> {
  const [row] = await run(trx, paymentToLock({ paymentId }))
  return row && splitLocked(row)
}

const paymentWithOrder = (db: Kysely<Database>, paymentId: RawBuilder<string>) =>
  db
    .selectFrom('orders')
    .innerJoin('payments', 'payments.order_id', 'orders.id')
    .selectAll('payments')
    .select([
      'orders.shopper_id as order_shopper_id',
      'orders.currency as order_currency',
      'orders.value as order_value',
      'orders.status as order_status',
      'orders.lines as order_lines',
      'orders.created_at as order_created_at',
      'orders.expires_at as order_expires_at',
      'orders.paid_at as order_paid_at',
      'orders.cancelled_at as order_cancelled_at',
      'orders.refund_requested_at as order_refund_requested_at',
      'orders.refund_declined_at as order_refund_declined_at',
      'orders.refund_decline_reason as order_refund_decline_reason',
      'orders.first_shipped_at as order_first_shipped_at',
      'orders.deliver_to as order_deliver_to',
      'orders.reference as order_reference',
      'orders.description as order_description',
      'orders.metadata as order_metadata',
      'orders.request_hash as order_request_hash',
      'orders.late_money as order_late_money',
      'orders.pay_token_hash as order_pay_token_hash',
      'orders.version as order_version',
    ])
    .where('payments.id', '=', paymentId)
    .forUpdate(['orders', 'payments'])

type PaymentWithOrder = InferResult<ReturnType<typeof paymentWithOrder>>[number]

/** The statement of `lockPayment`, whose row is for `splitLocked`. */
export const paymentToLock = prepared<{ paymentId: string }, PaymentWithOrder>((db, value) =>
  paymentWithOrder(db, value('paymentId')),
)

/** Separates the columns of the order from those of the payment. */
export function splitLocked(row: PaymentWithOrder): LockedPayment {
  const {
    order_shopper_id,
    order_currency,
    order_value,
    order_status,
    order_lines,
    order_created_at,
    order_expires_at,
    order_paid_at,
    order_cancelled_at,
    order_refund_requested_at,
    order_refund_declined_at,
    order_refund_decline_reason,
    order_first_shipped_at,
    order_deliver_to,
    order_reference,
    order_description,
    order_metadata,
    order_request_hash,
    order_late_money,
    order_pay_token_hash,
    order_version,
    ...payment
  } = row
  return {
    payment,
    order: {
      id: payment.order_id,
      shopper_id: order_shopper_id,
      currency: order_currency,
      value: order_value,
      status: order_status,
      lines: order_lines,
      created_at: order_created_at,
      expires_at: order_expires_at,
      paid_at: order_paid_at,
      cancelled_at: order_cancelled_at,
      refund_requested_at: order_refund_requested_at,
      refund_declined_at: order_refund_declined_at,
      refund_decline_reason: order_refund_decline_reason,
      first_shipped_at: order_first_shipped_at,
      deliver_to: order_deliver_to,
      reference: order_reference,
      description: order_description,
      metadata: order_metadata,
      request_hash: order_request_hash,
      late_money: order_late_money,
      pay_token_hash: order_pay_token_hash,
      version: order_version,
    },
  }
}

/** Like `lockPayment`, but throws where the payment does not exist. */
export async function lockExistingPayment(trx: Trx, paymentId: string): Promise<LockedPayment> {
  const locked = await lockPayment(trx, paymentId)
  if (locked === undefined) throw new Error(`The payment ${paymentId} does not exist.`)
  return locked
}

/** Locks the open attempt of this order; the database allows at most one. */
export async function lockOpenPayment(trx: Trx, orderId: string): Promise<PaymentRow | undefined> {
  const [open] = await run(trx, openPaymentToLock({ orderId }))
  return open
}

/** The statement of `lockOpenPayment`, which goes behind that of the order. */
export const openPaymentToLock = prepared<{ orderId: string }, PaymentRow>((db, value) =>
  db
    .selectFrom('payments')
    .selectAll()
    .where('order_id', '=', value('orderId'))
    .where('status', 'in', openStatuses)
    .forUpdate(),
)
