import { sql } from 'kysely'
import type { Trx } from '../db/database.ts'
import type { Difference } from './reconcile.ts'

/** What is reserved of a product is what open orders hold of it, what is sold is what paid orders hold. */
export async function wrongStock(trx: Trx): Promise<Difference[]> {
  const { rows } = await sql<{ id: string; place: string; stock: number; held: number }>`
    with held as (
      select line."productId" as id, orders.status, sum(line.quantity) as quantity
      from orders, jsonb_to_recordset(orders.lines) as line ("productId" text, quantity integer)
      where orders.status in ('open', 'paid')
      group by line."productId", orders.status
    ), places as (
      select id, 'reserved' as place, 'open' as status, stock_reserved as stock from products
      union all
      select id, 'sold', 'paid', stock_sold from products
    )
    select places.id, place, stock, coalesce(quantity, 0)::bigint as held
    from places left join held on held.id = places.id and held.status = places.status
    where stock <> coalesce(quantity, 0)
    order by places.id, place
  `.execute(trx)
  return rows.map(({ id, place, stock, held }) => ({
    subject: id,
    problem: `${stock} are ${place}, orders hold ${held}`,
  }))
}
