import type { Amount, Currency, Order, OrderLine, OrderList, Shipment } from '@tael/contracts'
import type { Insertable, Selectable } from 'kysely'
import { toAmount } from '../db/amount.ts'
import type { Db, Trx } from '../db/database.ts'
import type { Database } from '../db/tables.ts'
import { type PaymentRow, toPayment } from '../payments/view.ts'
import type { RefundRow } from '../refunds/change.ts'
import { findRefunds } from '../refunds/store.ts'
import { toRefund } from '../refunds/view.ts'

export type OrderRow = Selectable<Database['orders']>

/** What belongs to an order: the attempt it shows, its refunds, its shipment. */
interface Attached {
  readonly payment: PaymentRow | null
  readonly refunds: readonly RefundRow[]
  readonly shipment: Shipment | null
}

/** An order as its shopper sees it. A new one has nothing yet. */
export function toOrder(
  order: OrderRow,
  { payment, refunds, shipment }: Attached = { payment: null, refunds: [], shipment: null },
): Order {
  return {
    id: order.id,
    status: order.status,
    amount: toAmount(order),
    lines: order.lines,
    payment: payment === null ? null : toPayment({ payment, order }),
    refunds: refunds.map(toRefund),
    refundRequestedAt: order.refund_requested_at?.toISOString() ?? null,
    shipment,
    createdAt: order.created_at.toISOString(),
    expiresAt: order.expires_at.toISOString(),
    paidAt: order.paid_at?.toISOString() ?? null,
    cancelledAt: order.cancelled_at?.toISOString() ?? null,
  }
}

/** A product as an order needs it. */
export interface PricedProduct {
  readonly id: string
  readonly name: OrderLine['name']
  readonly unitPrice: Amount
  readonly available: number
}

/** The products of these ids that have a price in this currency. */
export async function findProducts(
  trx: Trx,
  ids: readonly string[],
  currency: Currency,
): Promise<PricedProduct[]> {
  const rows = await trx
    .selectFrom('products')
    .innerJoin('product_prices', 'product_prices.product_id', 'products.id')
    .select(['id', 'name_zh', 'name_en', 'stock_free', 'value'])
    .where('currency', '=', currency)
    .where('id', 'in', ids)
    .execute()
  return rows.map(({ id, name_zh, name_en, stock_free, value }) => ({
    id,
    name: { 'zh-CN': name_zh, en: name_en },
    unitPrice: { currency, value },
    available: stock_free,
  }))
}

export async function insertOrder(trx: Trx, order: Insertable<Database['orders']>): Promise<OrderRow> {
  return trx.insertInto('orders').values(order).returningAll().executeTakeFirstOrThrow()
}

/** One order of this shopper. */
export async function findOrder(db: Db, shopperId: string, orderId: string): Promise<Order | undefined> {
  const order = await selectOrders(db)
    .where('orders.id', '=', orderId)
    .where('shopper_id', '=', shopperId)
    .executeTakeFirst()
  if (order === undefined) return undefined
  const attached = await findAttached(db, [order.id])
  return attached(order)
}

/** The shopper's orders, newest first, from before the order `before`. */
export async function listOrders(
  db: Db,
  shopperId: string,
  { before, limit }: { readonly before: string | undefined; readonly limit: number },
): Promise<OrderList> {
  const rows = await selectOrders(db)
    .where('shopper_id', '=', shopperId)
    .$if(before !== undefined, (query) => query.where('orders.id', '<', before ?? ''))
    .orderBy('orders.id', 'desc')
    .limit(limit + 1)
    .execute()
  const page = rows.slice(0, limit)
  const attached = await findAttached(
    db,
    page.map(({ id }) => id),
  )
  return {
    orders: page.map(attached),
    next: rows.length > limit ? (page.at(-1)?.id ?? null) : null,
  }
}

/** Orders with the shipment of each. */
function selectOrders(db: Db) {
  return db
    .selectFrom('orders')
    .leftJoin('shipments', 'shipments.order_id', 'orders.id')
    .selectAll('orders')
    .select(['shipped_at', 'carrier', 'tracking_no'])
}

interface ShippedOrderRow extends OrderRow {
  readonly shipped_at: Date | null
  readonly carrier: string | null
  readonly tracking_no: string | null
}

/** How these orders look with what belongs to them. */
async function findAttached(db: Db, orderIds: readonly string[]): Promise<(order: ShippedOrderRow) => Order> {
  if (orderIds.length === 0) return toOrder
  const payments = await findShownPayments(db, orderIds)
  const refunds = await findRefunds(db, orderIds)
  return ({ shipped_at, carrier, tracking_no: trackingNo, ...order }) =>
    toOrder(order, {
      payment: payments.get(order.id) ?? null,
      refunds: refunds.get(order.id) ?? [],
      shipment: shipped_at === null ? null : { at: shipped_at.toISOString(), carrier, trackingNo },
    })
}

/** The attempt each order shows: the one that paid it, else the newest. */
async function findShownPayments(db: Db, orderIds: readonly string[]): Promise<Map<string, PaymentRow>> {
  const rows = await db
    .selectFrom('payments')
    .selectAll()
    .distinctOn('order_id')
    .where('order_id', 'in', orderIds)
    .orderBy('order_id')
    .orderBy('pays_order', 'desc')
    .orderBy('id', 'desc')
    .execute()
  return new Map(rows.map((payment) => [payment.order_id, payment]))
}

/** Locks an order, so that what is decided about it stands until the transaction ends. */
export async function lockOrder(trx: Trx, orderId: string): Promise<OrderRow | undefined> {
  return trx.selectFrom('orders').selectAll().where('id', '=', orderId).forUpdate().executeTakeFirst()
}
