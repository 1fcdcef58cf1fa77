import { Errors } from '@sinclair/typebox/errors'
import { type Currency, Goods } from '@tael/contracts'
import { sql } from 'kysely'
import type { Trx } from '../db/database.ts'
import { hasProducts } from './store.ts'

/** Why these goods cannot be sold in this currency, in words for whoever wrote them down. */
export function catalogueProblems(goods: readonly Goods[], currency: Currency): string[] {
  const ids = goods.map(({ id }) => id)
  return goods.flatMap((one, index) => {
    const isTwice = ids.indexOf(one.id) < index
    const isUnpriced = one.prices[currency] === undefined
    return [
      ...Array.from(Errors(Goods, one), ({ path, message }) => `${one.id}${path}: ${message}`),
      ...(isTwice ? [`${one.id} stands there twice`] : []),
      ...(isUnpriced ? [`${one.id} has no price in ${currency}`] : []),
    ]
  })
}

/** What putting the goods on sale did, by product id. */
export interface CatalogueChange {
  /** On sale for the first time, with the stock they were given. */
  readonly added: readonly string[]
  /** No longer on sale. What was ordered of them stays ordered. */
  readonly withdrawn: readonly string[]
}

/** Puts exactly these goods on sale. One that was sold before keeps the stock it has, whatever `stock` says. */
export async function putGoods(trx: Trx, goods: readonly Goods[]): Promise<CatalogueChange> {
  await lockCatalogue(trx)
  const priced = await trx.selectFrom('product_prices').select('product_id').distinct().execute()
  await trx.deleteFrom('product_prices').execute()
  const added: string[] = []
  // In the order of their ids, as orders lock them.
  const places = goods.map((one, index) => ({ ...one, position: index + 1 }))
  for (const product of places.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    if (await putProduct(trx, product)) added.push(product.id)
  }
  const onSale = new Set(goods.map(({ id }) => id))
  const withdrawn = priced.map(({ product_id }) => product_id).filter((id) => !onSale.has(id))
  return { added, withdrawn: withdrawn.toSorted() }
}

/** Puts goods on sale where nothing ever was, also when several servers start at the same moment. */
export async function fillEmptyCatalogue(trx: Trx, goods: readonly Goods[]): Promise<void> {
  await lockCatalogue(trx)
  if (!(await hasProducts(trx))) await putGoods(trx, goods)
}

/** One at a time changes what is on sale; shoppers go on buying. */
async function lockCatalogue(trx: Trx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('catalogue'))`.execute(trx)
}

/** Whether it is new. */
async function putProduct(
  trx: Trx,
  { id, name, position, prices, stock }: Goods & { readonly position: number },
): Promise<boolean> {
  const known = { position, name_zh: name['zh-CN'], name_en: name.en }
  const inserted = await trx
    .insertInto('products')
    .values({ id, ...known, stock_free: 0 })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst()
  if (inserted === undefined) await trx.updateTable('products').set(known).where('id', '=', id).execute()
  else if (stock > 0) await takeIn(trx, id, stock)
  for (const [currency, value] of Object.entries(prices))
    await trx.insertInto('product_prices').values({ product_id: id, currency, value }).execute()
  return inserted !== undefined
}

/**
 * Brings pieces into the stock of a product, or, below zero, takes free ones out of it for good. The free pieces then,
 * or undefined, and nothing changed, where there is no such product or it has fewer free ones.
 */
export async function takeIn(trx: Trx, productId: string, pieces: number): Promise<number | undefined> {
  const changed = await trx
    .updateTable('products')
    .set(({ eb }) => ({ stock_free: eb('stock_free', '+', pieces) }))
    .where('id', '=', productId)
    .where(({ eb }) => eb(eb('stock_free', '+', pieces), '>=', 0))
    .returning('stock_free')
    .executeTakeFirst()
  if (changed === undefined) return undefined
  await trx.insertInto('stock_intakes').values({ product_id: productId, pieces }).execute()
  return changed.stock_free
}
