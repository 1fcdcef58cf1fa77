import type { Goods } from '@tael/contracts'
import type { Config } from '../config.ts'
import type { Db } from '../db/database.ts'
import { findCatalogueProblems } from '../shop/catalogue.ts'
import { allUnknown, fail, type Finding, pass, passIf, unknown } from './finding.ts'

/** The goods of the build and what is on sale of them. */
export async function examineGoods(
  { sells, currency }: Config['shop'],
  goods: readonly Goods[],
  db: Db | undefined,
): Promise<Finding[]> {
  if (!sells) return allUnknown('goods', 'SHOP=none: this server sells nothing of its own')
  const problems = findCatalogueProblems(goods, currency)
  const file =
    problems.length === 0
      ? [pass('goods.file', `${goods.length} products with a price in ${currency}`)]
      : problems.map((problem) => fail('goods.file', problem))
  if (db === undefined)
    return [
      ...file,
      unknown('goods.on_sale', 'the database is not reached'),
      unknown('goods.complete', 'the database is not reached'),
    ]
  const sold = await db
    .selectFrom('products')
    .innerJoin('product_prices', 'product_id', 'id')
    .select(['id', 'stock_free as stock'])
    .where('currency', '=', currency)
    .execute()
  const inStock = sold.filter(({ stock }) => stock > 0).length
  return [
    ...file,
    passIf(
      inStock > 0,
      'goods.on_sale',
      `${sold.length} on sale in ${currency}, ${inStock} of them in stock`,
    ),
    compareGoods(
      goods.map(({ id }) => id),
      sold.map(({ id }) => id),
    ),
  ]
}

function compareGoods(wanted: readonly string[], sold: readonly string[]): Finding {
  const missing = wanted.filter((id) => !sold.includes(id))
  const extra = sold.filter((id) => !wanted.includes(id))
  const differences = [
    ...(missing.length > 0 ? [`not on sale: ${missing.join(', ')}`] : []),
    ...(extra.length > 0 ? [`on sale and not in the file: ${extra.join(', ')}`] : []),
  ]
  return differences.length === 0
    ? pass('goods.complete', 'what is on sale is what goods.ts has')
    : fail('goods.complete', differences.join('; '))
}
