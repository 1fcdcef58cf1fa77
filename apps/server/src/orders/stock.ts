import type { OrderLine } from '@tael/contracts'
import { sql } from 'kysely'
import type { Trx } from '../db/database.ts'

/** Where a piece of stock can be. No order changes the sum of the three. */
export type StockPlace = 'free' | 'reserved' | 'sold'

/**
 * Moves every line's pieces from one place to another, all or nothing. False, and nothing moved, where one product has
 * too few. Rows are locked in the order of their ids, so that two orders never wait for each other in a circle.
 */
export async function moveStock(
  trx: Trx,
  lines: readonly Pick<OrderLine, 'productId' | 'quantity'>[],
  from: StockPlace,
  to: StockPlace,
): Promise<boolean> {
  const source = sql.ref(`stock_${from}`)
  const target = sql.ref(`stock_${to}`)
  const wanted = JSON.stringify(lines.map(({ productId, quantity }) => ({ id: productId, quantity })))
  const { numAffectedRows = 0n } = await sql`
    with wanted as (
      select id, quantity from jsonb_to_recordset(${wanted}::jsonb) as line (id text, quantity integer)
    ), locked as materialized (
      select products.id, quantity, ${source} >= quantity as enough
      from products join wanted using (id) order by products.id for update of products
    )
    update products set ${source} = ${source} - quantity, ${target} = ${target} + quantity
    from locked
    where products.id = locked.id and (select bool_and(enough) and count(*) = ${lines.length} from locked)
  `.execute(trx)
  return Number(numAffectedRows) === lines.length
}
