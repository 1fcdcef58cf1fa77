import type { Currency, ProductRecord } from '@tael/contracts'
import type { Db, Trx } from '../db/database.ts'

/** Every product, on sale in this currency or not, in the shop's order. */
export async function listProductRecords(db: Db, currency: Currency): Promise<ProductRecord[]> {
  return (await selectRecords(db, currency).execute()).map((row) => toRecord(row, currency))
}

/** A product as operators see it. */
export async function findProductRecord(
  db: Db | Trx,
  productId: string,
  currency: Currency,
): Promise<ProductRecord | undefined> {
  const row = await selectRecords(db, currency).where('products.id', '=', productId).executeTakeFirst()
  return row && toRecord(row, currency)
}

function selectRecords(db: Db | Trx, currency: Currency) {
  return db
    .selectFrom('products')
    .leftJoin('product_prices', (join) =>
      join
        .onRef('product_prices.product_id', '=', 'products.id')
        .on('product_prices.currency', '=', currency),
    )
    .select(['id', 'name_zh', 'name_en', 'stock_free', 'stock_reserved', 'stock_sold', 'value'])
    .orderBy('position')
    .orderBy('id')
}

interface RecordRow {
  readonly id: string
  readonly name_zh: string
  readonly name_en: string
  readonly stock_free: number
  readonly stock_reserved: number
  readonly stock_sold: number
  readonly value: number | null
}

function toRecord(row: RecordRow, currency: Currency): ProductRecord {
  return {
    id: row.id,
    name: { 'zh-CN': row.name_zh, en: row.name_en },
    price: row.value === null ? null : { currency, value: row.value },
    stock: { free: row.stock_free, reserved: row.stock_reserved, sold: row.stock_sold },
  }
}
