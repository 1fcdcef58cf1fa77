import type { OrderLine } from '@tael/contracts'
import { sql } from 'kysely'
import type { Trx } from '../db/database.ts'
import { prepared } from '../db/prepared.ts'

/** Where a piece of stock can be. No order changes the sum of the three. */
export type StockPlace = 'free' | 'reserved' | 'sold'

/** What is moved: the product and the pieces of each line of an order. */
type Lines = readonly Pick<OrderLine, 'productId' | 'quantity'>[]

const toJson = (lines: Lines): string =>
  JSON.stringify(lines.map(({ productId, quantity }) => ({ id: productId, quantity })))

/**
 * Moves every line's pieces from one place to another, all or nothing. False, with nothing moved,
 * where one product has too few. No lines need no statement.
 */
export async function moveStock(trx: Trx, lines: Lines, from: StockPlace, to: StockPlace): Promise<boolean> {
  if (lines.length === 0) return true
  const { rows } = await stockMoved(lines, from, to).execute(trx)
  return rows.length === lines.length
}

/**
 * The statement of `moveStock`: it returns a row for each line, or none where one product has too few.
 * Rows are locked in the order of their ids, so that two orders never deadlock.
 */
export function stockMoved(lines: Lines, from: StockPlace, to: StockPlace) {
  const source = sql.ref(`stock_${from}`)
  const target = sql.ref(`stock_${to}`)
  const wanted = toJson(lines)
  return sql<{ id: string }>`
    with wanted as (
      select id, quantity from jsonb_to_recordset(${wanted}::jsonb) as line (id text, quantity integer)
    ), locked as materialized (
      select products.id, quantity, ${source} >= quantity as enough
      from products join wanted using (id) order by products.id for update of products
    )
    update products set ${source} = ${source} - quantity, ${target} = ${target} + quantity
    from locked
    where products.id = locked.id and (select bool_and(enough) and count(*) = ${lines.length} from locked)
    returning products.id
  `
}

/**
 * The statement that sells the reserved pieces of every line, whose rows it locks as `moveStock` does.
 * It fails where fewer are reserved, because the database lets no count fall below zero; a product
 * that no longer exists is left out.
 */
export function reservedStockToSell(lines: Lines) {
  return reservedSold({ lines: toJson(lines) })
}

const reservedSold = prepared<{ lines: string }, never>(
  (_db, value) => sql`
    with locked as materialized (
      select products.id, quantity
      from products join jsonb_to_recordset(${value('lines')}::jsonb) as line (id text, quantity integer) using (id)
      order by products.id for update of products
    )
    update products set stock_reserved = stock_reserved - quantity, stock_sold = stock_sold + quantity
    from locked where products.id = locked.id`,
)

/** The most free pieces of a product: below what its column holds. */
export const STOCK_MAX = 2_000_000_000

/**
 * Adds pieces to the free stock of a product (below zero: removes them) and records the intake.
 * Returns the free pieces that result; undefined, with nothing changed, where the product does not
 * exist, has too few, or would have more than `STOCK_MAX`.
 */
export async function adjustStock(trx: Trx, productId: string, pieces: number): Promise<number | undefined> {
  const changed = await trx
    .updateTable('products')
    .set(({ eb }) => ({ stock_free: eb('stock_free', '+', pieces) }))
    .where('id', '=', productId)
    .where(({ eb }) => eb.between('stock_free', -pieces, STOCK_MAX - pieces))
    .returning('stock_free')
    .executeTakeFirst()
  if (changed === undefined) return undefined
  await trx.insertInto('stock_intakes').values({ product_id: productId, pieces }).execute()
  return changed.stock_free
}

/** Records an intake for products that were inserted by hand, so that the sums agree. */
export async function recordMissingIntakes(trx: Trx): Promise<void> {
  await sql`
    insert into stock_intakes (product_id, pieces)
    select id, stock_free + stock_reserved + stock_sold from products
    where stock_free + stock_reserved + stock_sold > 0
      and not exists (select from stock_intakes where product_id = products.id)
  `.execute(trx)
}
