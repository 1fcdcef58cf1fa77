import type { Amount, Currency, Order, OrderLine, OrderList } from '@tael/contracts'
import type { Insertable, Selectable } from 'kysely'
import { toAmount } from '../db/amount.ts'
import type { Db, Trx } from '../db/database.ts'
import type { Database } from '../db/tables.ts'
import { type PaymentRow, toPayment } from '../payments/view.ts'

export type OrderRow = Selectable<Database['orders']>

/** An order as its shopper sees it. */
export function toOrder(order: OrderRow, payment: PaymentRow | null): Order {
  return {
    id: order.id,
    status: order.status,
    amount: toAmount(order),
    lines: order.lines,
    payment: payment === null ? null : toPayment({ payment, order }),
    createdAt: order.created_at.toISOString(),
    expiresAt: order.expires_at.toISOString(),
    paidAt: order.paid_at?.toISOString() ?? null,
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
  const order = await db
    .selectFrom('orders')
    .selectAll()
    .where('id', '=', orderId)
    .where('shopper_id', '=', shopperId)
    .executeTakeFirst()
  if (order === undefined) return undefined
  const payments = await findShownPayments(db, [order.id])
  return toOrder(order, payments.get(order.id) ?? null)
}

/** The shopper's orders, newest first, from before the order `before`. */
export async function listOrders(
  db: Db,
  shopperId: string,
  { before, limit }: { readonly before: string | undefined; readonly limit: number },
): Promise<OrderList> {
  const rows = await db
    .selectFrom('orders')
    .selectAll()
    .where('shopper_id', '=', shopperId)
    .$if(before !== undefined, (query) => query.where('id', '<', before ?? ''))
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
  const page = rows.slice(0, limit)
  const payments =
    page.length === 0
      ? new Map()
      : await findShownPayments(
          db,
          page.map(({ id }) => id),
        )
  return {
    orders: page.map((order) => toOrder(order, payments.get(order.id) ?? null)),
    next: rows.length > limit ? (page.at(-1)?.id ?? null) : null,
  }
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
