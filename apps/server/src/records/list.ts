import {
  orderNumber,
  type OrderRecords,
  type OrderRecordsQuery,
  type OrderSummary,
  type PaymentRecords,
  type PaymentRecordsQuery,
  type PaymentSummary,
} from '@tael/contracts'
import { type RawBuilder, sql } from 'kysely'
import { toAmount } from '../db/amount.ts'
import type { Db } from '../db/database.ts'
import { cutPage, isBefore } from '../db/pages.ts'
import type { OrderRow, PaymentRow } from '../db/rows.ts'
import { HttpProblem } from '../http/problem.ts'

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
    .where(isWithin('orders', from, to))
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
    .where(isWithin('payments', from, to))
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

function toPaymentSummary(payment: PaymentRow): PaymentSummary {
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

function isWithin(
  table: 'orders' | 'payments',
  from: string | undefined,
  to: string | undefined,
): RawBuilder<boolean> {
  const createdAt = sql.ref(`${table}.created_at`)
  const after = from === undefined ? sql`true` : sql`${createdAt} >= ${toDate('from', from)}`
  return to === undefined
    ? sql<boolean>`${after}`
    : sql<boolean>`${after} and ${createdAt} < ${toDate('to', to)}`
}

function toDate(name: 'from' | 'to', text: string): Date {
  const date = new Date(text)
  if (!Number.isNaN(date.getTime())) return date
  const errors = [{ path: `query/${name}`, message: 'must be a date that exists' }]
  throw new HttpProblem('validation_failed', `Send ${name} as a date, such as 2026-11-27.`, { errors })
}
