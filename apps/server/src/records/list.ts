import {
  orderNumber,
  type OrderRecords,
  type OrderRecordsQuery,
  type OrderSummary,
  type PaymentRecords,
  type PaymentRecordsQuery,
  type PaymentSummary,
} from '@tael/contracts'
import { toAmount } from '../db/amount.ts'
import type { Db } from '../db/database.ts'
import { cutPage, isBefore, isWithin } from '../db/pages.ts'
import type { OrderRow, PaymentRow } from '../db/rows.ts'
import { readMoment } from '../http/moment.ts'

const PAGE_SIZE = 50

/** A page of orders, newest first. */
export async function listOrderRecords(
  db: Db,
  { status, shopperId, from, to, before, limit = PAGE_SIZE }: OrderRecordsQuery,
): Promise<OrderRecords> {
  const rows = await db
    .selectFrom('orders')
    .select(summaryColumns)
    .where((eb) =>
      eb.and({
        ...(status === undefined ? {} : { status }),
        ...(shopperId === undefined ? {} : { shopper_id: shopperId }),
      }),
    )
    .where(isWithin('orders', readMoment('from', from), readMoment('to', to)))
    .where(isBefore('orders', before))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
  const { page, next } = cutPage(rows, limit)
  return { orders: page.map(toOrderSummary), next }
}

/** A page of payments, newest first. */
export async function listPaymentRecords(
  db: Db,
  { status, value, from, to, before, limit = PAGE_SIZE }: PaymentRecordsQuery,
): Promise<PaymentRecords> {
  const rows = await db
    .selectFrom('payments')
    .selectAll()
    .where((eb) =>
      eb.and({ ...(status === undefined ? {} : { status }), ...(value === undefined ? {} : { value }) }),
    )
    .where(isWithin('payments', readMoment('from', from), readMoment('to', to)))
    .where(isBefore('payments', before))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
  const { page, next } = cutPage(rows, limit)
  return { payments: page.map(toPaymentSummary), next }
}

/** The columns of a SummaryRow. */
const summaryColumns = [
  'orders.id',
  'orders.status',
  'orders.currency',
  'orders.value',
  'orders.shopper_id',
  'orders.reference',
  'orders.created_at',
  'orders.paid_at',
] as const

/** The columns of an order in a list. */
export type SummaryRow = Pick<
  OrderRow,
  'id' | 'status' | 'currency' | 'value' | 'shopper_id' | 'reference' | 'created_at' | 'paid_at'
>

/** An order in a list or a search. */
export function toOrderSummary(order: SummaryRow): OrderSummary {
  return {
    id: order.id,
    number: orderNumber(order.id),
    status: order.status,
    amount: toAmount(order),
    shopperId: order.shopper_id,
    reference: order.reference,
    createdAt: order.created_at.toISOString(),
    paidAt: order.paid_at?.toISOString() ?? null,
  }
}

/** A payment in a list. */
export function toPaymentSummary(payment: PaymentRow): PaymentSummary {
  return {
    id: payment.id,
    orderId: payment.order_id,
    orderNumber: orderNumber(payment.order_id),
    amount: toAmount(payment),
    status: payment.status,
    pspReference: payment.psp_reference,
    paysOrder: payment.pays_order,
    surplus: payment.surplus,
    createdAt: payment.created_at.toISOString(),
  }
}
