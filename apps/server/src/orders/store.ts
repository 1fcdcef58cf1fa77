import type { Amount, Currency, Order, OrderLine, OrderList } from '@tael/contracts'
import type { Selectable } from 'kysely'
import { msUntil } from '../db/clock.ts'
import type { Db, Trx } from '../db/database.ts'
import { cutPage, isBefore } from '../db/pages.ts'
import { prepared } from '../db/prepared.ts'
import type { PaymentRow } from '../db/rows.ts'
import type { Database } from '../db/tables.ts'
import { openStatuses } from '../ledger/transition.ts'
import { findRefunds } from '../refunds/store.ts'
import { type TimedOrderRow, toOrder } from './view.ts'

/** A product as an order needs it. */
export interface PricedProduct {
  readonly id: string
  readonly name: OrderLine['name']
  readonly unitPrice: Amount
  readonly available: number
  /** The pieces that are free or reserved. */
  readonly unsold: number
}

/** The rows of the products with these ids that have a price in this currency. */
export const productsOf = prepared<{ ids: string[]; currency: Currency }, ProductRow>((db, value) =>
  db
    .selectFrom('products')
    .innerJoin('product_prices', 'product_prices.product_id', 'products.id')
    .select(['id', 'name_zh', 'name_en', 'stock_free', 'stock_reserved', 'value'])
    .where('currency', '=', value('currency'))
    .where('id', '=', (eb) => eb.fn.any(value('ids'))),
)

type ProductRow = Pick<
  Selectable<Database['products']>,
  'id' | 'name_zh' | 'name_en' | 'stock_free' | 'stock_reserved'
> &
  Pick<Selectable<Database['product_prices']>, 'value'>

/** Products by their ids. */
export function toProducts(
  rows: readonly ProductRow[],
  currency: Currency,
): ReadonlyMap<string, PricedProduct> {
  return new Map(
    rows.map(({ id, name_zh, name_en, stock_free, stock_reserved, value }) => [
      id,
      {
        id,
        name: { 'zh-CN': name_zh, en: name_en },
        unitPrice: { currency, value },
        available: stock_free,
        unsold: stock_free + stock_reserved,
      },
    ]),
  )
}

/** The payment that pays a paid order. */
export async function findPayingPayment(trx: Trx, orderId: string): Promise<PaymentRow> {
  return trx
    .selectFrom('payments')
    .selectAll()
    .where('order_id', '=', orderId)
    .where('pays_order', '=', true)
    .executeTakeFirstOrThrow()
}

/** One order of this shopper. */
export async function findOrder(db: Db, shopperId: string, orderId: string): Promise<Order | undefined> {
  const order = await selectOrders(db)
    .where('orders.id', '=', orderId)
    .where('shopper_id', '=', shopperId)
    .executeTakeFirst()
  if (order === undefined) return undefined
  const withDetails = await findDetails(db, [order.id])
  return withDetails(order)
}

/** The shopper's orders, newest first, from before the order `before`. */
export async function listOrders(
  db: Db,
  shopperId: string,
  { before, limit }: { readonly before: string | undefined; readonly limit: number },
): Promise<OrderList> {
  const rows = await selectOrders(db)
    .where('shopper_id', '=', shopperId)
    .where(isBefore('orders', before))
    .orderBy('orders.created_at', 'desc')
    .orderBy('orders.id', 'desc')
    .limit(limit + 1)
    .execute()
  const { page, next } = cutPage(rows, limit)
  const withDetails = await findDetails(
    db,
    page.map(({ id }) => id),
  )
  return { orders: page.map(withDetails), next }
}

/** Orders with their time left, and the shipment of each. */
function selectOrders(db: Db) {
  return db
    .selectFrom('orders')
    .leftJoin('shipments', 'shipments.order_id', 'orders.id')
    .selectAll('orders')
    .select(['shipped_at', 'carrier', 'tracking_no'])
    .select(msUntil('expires_at').as('leftMs'))
}

interface ShippedOrderRow extends TimedOrderRow {
  readonly shipped_at: Date | null
  readonly carrier: string | null
  readonly tracking_no: string | null
}

/**
 * Reads the details of these orders. Returns the function that turns a row of them into its view.
 */
async function findDetails(db: Db, orderIds: readonly string[]): Promise<(order: ShippedOrderRow) => Order> {
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

/** The attempt each order shows: the one that paid it, else the open one, else the newest. */
export async function findShownPayments(
  db: Db,
  orderIds: readonly string[],
): Promise<Map<string, PaymentRow>> {
  const rows = await db
    .selectFrom('payments')
    .selectAll()
    .distinctOn('order_id')
    .where('order_id', 'in', orderIds)
    .orderBy('order_id')
    .orderBy('pays_order', 'desc')
    .orderBy((eb) => eb('status', 'in', openStatuses), 'desc')
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .execute()
  return new Map(rows.map((payment) => [payment.order_id, payment]))
}
