import type { MerchantOrder, MerchantOrderList, MerchantOrderQuery } from '@tael/contracts'
import { sql } from 'kysely'
import type { Db } from '../db/database.ts'
import { cutPage, isBefore } from '../db/pages.ts'
import { findShownPayments } from '../orders/store.ts'
import { findRefunds } from '../refunds/store.ts'
import { type MerchantOrderRow, toMerchantOrder } from './view.ts'

const PAGE_SIZE = 20

/** One order of a merchant. */
export async function findMerchantOrder(db: Db, reference: string): Promise<MerchantOrder | undefined> {
  const orders = await withDetails(db, await selectOrders(db).where('reference', '=', reference).execute())
  return orders[0]
}

/** The orders of a merchant, newest first, from before the order `before`. */
export async function listMerchantOrders(
  db: Db,
  { status, before, limit = PAGE_SIZE }: MerchantOrderQuery,
): Promise<MerchantOrderList> {
  const rows = await selectOrders(db)
    .$if(status !== undefined, (query) => query.where(sql<boolean>`status = ${status}`))
    .where(isBefore('orders', before))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
  const { page, next } = cutPage(rows, limit)
  return { orders: await withDetails(db, page), next }
}

function selectOrders(db: Db) {
  return db
    .selectFrom('orders')
    .selectAll()
    .where('reference', 'is not', null)
    .$narrowType<Pick<MerchantOrderRow, 'reference' | 'description' | 'metadata'>>()
}

async function withDetails(db: Db, orders: readonly MerchantOrderRow[]): Promise<MerchantOrder[]> {
  if (orders.length === 0) return []
  const ids = orders.map(({ id }) => id)
  const payments = await findShownPayments(db, ids)
  const refunds = await findRefunds(db, ids)
  return orders.map((order) =>
    toMerchantOrder(order, { payment: payments.get(order.id) ?? null, refunds: refunds.get(order.id) ?? [] }),
  )
}
