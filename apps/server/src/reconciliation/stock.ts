import { sql } from 'kysely'
import type { Trx } from '../db/database.ts'
import type { Mismatch } from './account.ts'

/** Reports stock that does not add up: each piece is free, reserved by an open order, or sold. */
export async function checkStock(trx: Trx): Promise<Mismatch[]> {
  return [...(await checkPlaces(trx)), ...(await checkSums(trx))]
}

async function checkSums(trx: Trx): Promise<Mismatch[]> {
  const { rows } = await sql<{ id: string; there: number; came: number }>`
    select products.id, stock_free + stock_reserved + stock_sold as there, coalesce(sum(pieces), 0)::bigint as came
    from products left join stock_intakes on product_id = products.id
    group by products.id
    having stock_free + stock_reserved + stock_sold <> coalesce(sum(pieces), 0)
    order by products.id
  `.execute(trx)
  return rows.map(({ id, there, came }) => ({
    subject: id,
    problem: `${there} pieces are free, reserved or sold, ${came} came in`,
  }))
}

async function checkPlaces(trx: Trx): Promise<Mismatch[]> {
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
