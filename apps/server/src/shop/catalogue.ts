import { Errors } from '@sinclair/typebox/errors'
import { type Currency, Goods } from '@tael/contracts'
import { sql } from 'kysely'
import type { Trx } from '../db/database.ts'
import { adjustStock, recordMissingIntakes } from '../ledger/stock.ts'
import { hasProducts } from './store.ts'

/** Why these goods cannot be sold in this currency, in words for the merchant. */
export function findCatalogueProblems(goods: readonly Goods[], currency: Currency): string[] {
  const ids = goods.map(({ id }) => id)
  return goods.flatMap((one, index) => {
    const isDuplicate = ids.indexOf(one.id) < index
    const isUnpriced = one.prices[currency] === undefined
    return [
      ...Array.from(Errors(Goods, one), ({ path, message }) => `${one.id}${path}: ${message}`),
      ...(isDuplicate ? [`${one.id} is listed twice`] : []),
      ...(isUnpriced ? [`${one.id} has no price in ${currency}`] : []),
    ]
  })
}

/** What a put of the goods changed, by product id. */
export interface CatalogueChange {
  /** On sale for the first time, with their first stock. */
  readonly added: readonly string[]
  /** No longer on sale. Orders of them stay. */
  readonly withdrawn: readonly string[]
  /** On sale at a new price, in minor units. */
  readonly repriced: readonly Repriced[]
}

export interface Repriced {
  readonly id: string
  readonly currency: string
  readonly from: number
  readonly to: number
}

/**
 * Puts exactly these goods on sale. A product that was sold before keeps its stock: `stock` is
 * ignored.
 */
export async function putGoods(trx: Trx, goods: readonly Goods[]): Promise<CatalogueChange> {
  await lockCatalogue(trx)
  // Locked in the order of their ids, as orders lock them.
  const existing = await trx.selectFrom('products').select('id').orderBy('id').forUpdate().execute()
  const known = new Set(existing.map(({ id }) => id))
  const added = goods.filter(({ id }) => !known.has(id))
  await upsertProducts(trx, goods)
  for (const { id, stock } of added) if (stock > 0) await adjustStock(trx, id, stock)
  await recordMissingIntakes(trx)
  const before = await trx.deleteFrom('product_prices').returningAll().execute()
  await insertPrices(trx, goods)

  const wanted = new Map(goods.map(({ id, prices }) => [id, new Map(Object.entries(prices))]))
  const withdrawn = new Set(before.map(({ product_id: id }) => id).filter((id) => !wanted.has(id)))
  const repriced = before.flatMap(({ product_id: id, currency, value: from }) => {
    const to = wanted.get(id)?.get(currency)
    return to === undefined || to === from ? [] : [{ id, currency, from, to }]
  })
  return { added: added.map(({ id }) => id), withdrawn: [...withdrawn].toSorted(), repriced }
}

/** Puts goods on sale where none ever were. Safe when several servers start at the same time. */
export async function fillEmptyCatalogue(trx: Trx, goods: readonly Goods[]): Promise<void> {
  await lockCatalogue(trx)
  if (!(await hasProducts(trx))) await putGoods(trx, goods)
}

/** Only one transaction at a time changes what is on sale. */
export async function lockCatalogue(trx: Trx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('catalogue'))`.execute(trx)
}

/** Updates the names and the order of goods, and inserts the new ones without stock. */
async function upsertProducts(trx: Trx, goods: readonly Goods[]): Promise<void> {
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

async function insertPrices(trx: Trx, goods: readonly Goods[]): Promise<void> {
  const rows = goods.flatMap(({ id, prices }) =>
    Object.entries(prices).map(([currency, value]) => ({ product_id: id, currency, value })),
  )
  if (rows.length > 0) await trx.insertInto('product_prices').values(rows).execute()
}
