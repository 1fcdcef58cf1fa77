import { Errors } from '@sinclair/typebox/errors'
import { type Currency, Goods } from '@tael/contracts'
import { sql } from 'kysely'
import type { Trx } from '../db/database.ts'
import { adjustStock, recordMissingIntakes } from '../ledger/stock.ts'
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
  /** Sold at another price than before, in minor units. */
  readonly repriced: readonly Repriced[]
}

export interface Repriced {
  readonly id: string
  readonly currency: string
  readonly from: number
  readonly to: number
}

/** Puts exactly these goods on sale. One that was sold before keeps the stock it has, whatever `stock` says. */
export async function putGoods(trx: Trx, goods: readonly Goods[]): Promise<CatalogueChange> {
  await lockCatalogue(trx)
  // As orders lock them: in the order of their ids, which is the database's.
  const there = await trx.selectFrom('products').select('id').orderBy('id').forUpdate().execute()
  const known = new Set(there.map(({ id }) => id))
  const added = goods.filter(({ id }) => !known.has(id))
  await putNames(trx, goods)
  for (const { id, stock } of added) if (stock > 0) await adjustStock(trx, id, stock)
  await recordMissingIntakes(trx)
  const before = await trx.deleteFrom('product_prices').returningAll().execute()
  await putPrices(trx, goods)

  const wanted = new Map(goods.map(({ id, prices }) => [id, new Map(Object.entries(prices))]))
  const withdrawn = new Set(before.map(({ product_id: id }) => id).filter((id) => !wanted.has(id)))
  const repriced = before.flatMap(({ product_id: id, currency, value: from }) => {
    const to = wanted.get(id)?.get(currency)
    return to === undefined || to === from ? [] : [{ id, currency, from, to }]
  })
  return { added: added.map(({ id }) => id), withdrawn: [...withdrawn].toSorted(), repriced }
}

/** Puts goods on sale where nothing ever was, also when several servers start at the same moment. */
export async function fillEmptyCatalogue(trx: Trx, goods: readonly Goods[]): Promise<void> {
  await lockCatalogue(trx)
  if (!(await hasProducts(trx))) await putGoods(trx, goods)
}

/** One at a time changes what is on sale. */
async function lockCatalogue(trx: Trx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('catalogue'))`.execute(trx)
}

/** Names and order, of goods that are new too. */
async function putNames(trx: Trx, goods: readonly Goods[]): Promise<void> {
  if (goods.length === 0) return
  const rows = goods.map(({ id, name }, index) => ({
    id,
    position: index + 1,
    name_zh: name['zh-CN'],
    name_en: name.en,
    stock_free: 0,
  }))
  await trx
    .insertInto('products')
    .values(rows)
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet((eb) => ({
        position: eb.ref('excluded.position'),
        name_zh: eb.ref('excluded.name_zh'),
        name_en: eb.ref('excluded.name_en'),
      })),
    )
    .execute()
}

async function putPrices(trx: Trx, goods: readonly Goods[]): Promise<void> {
  const rows = goods.flatMap(({ id, prices }) =>
    Object.entries(prices).map(([currency, value]) => ({ product_id: id, currency, value })),
  )
  if (rows.length > 0) await trx.insertInto('product_prices').values(rows).execute()
}
