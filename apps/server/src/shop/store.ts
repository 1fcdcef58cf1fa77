import type { Currency, Product } from '@tael/contracts'
import type { Db, Trx } from '../db/database.ts'

/** The goods that have a price in this currency, in the shop's order. */
export async function listProducts(db: Db, currency: Currency): Promise<Product[]> {
  const rows = await db
    .selectFrom('products')
    .innerJoin('product_prices', 'product_prices.product_id', 'products.id')
    .select(['id', 'name_zh', 'name_en', 'stock_free', 'value'])
    .where('currency', '=', currency)
    .orderBy('position')
    .orderBy('id')
    .execute()
  return rows.map(({ id, name_zh, name_en, stock_free, value }) => ({
    id,
    name: { 'zh-CN': name_zh, en: name_en },
    price: { currency, value },
    available: stock_free,
  }))
}

export async function hasProducts(trx: Trx): Promise<boolean> {
  return (await trx.selectFrom('products').select('id').limit(1).executeTakeFirst()) !== undefined
}
