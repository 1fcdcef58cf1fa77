import type { Pool } from 'pg'

/** A database with the records of a server. */
interface Records {
  readonly database: { readonly pool: Pick<Pool, 'query'> }
}

/**
 * What holds of the records at every moment, whatever happened: each query finds the ids of what
 * breaks it.
 */
const invariants: Readonly<Record<string, string>> = {
  'a paid order is paid by one payment, and no other order by any': `
    select orders.id from orders left join payments on payments.order_id = orders.id and pays_order
    group by orders.id having count(payments.id) <> (orders.status = 'paid')::int`,
  'an authorised payment stays authorised': `
    select payment_id as id from payment_events where from_status = 'authorised' and to_status <> 'authorised'`,
  'a payment changes only with an event, and has the status of its last one': `
    select payments.id from payments left join payment_events as event on event.payment_id = payments.id
    group by payments.id
    having count(event.id) <> payments.version
      or (array_agg(event.to_status order by event.id desc))[1] <> payments.status`,
  'a webhook is applied once': `
    select webhook_id as id from payment_events where webhook_id is not null group by webhook_id having count(*) > 1`,
  'only a webhook that was applied changes a payment': `
    select webhook_id as id from payment_events join webhook_items on webhook_items.id = webhook_id
    where state <> 'applied'`,
  'an applied AUTHORISATION success has made its payment paid': `
    select payments.id from webhook_items join payments on payments.id = merchant_reference
    where event_code = 'AUTHORISATION' and success and state = 'applied' and status <> 'authorised'`,
  'refunds never exceed what was paid': `
    select payments.id from payments join refunds on refunds.payment_id = payments.id and refunds.status <> 'failed'
    group by payments.id having sum(refunds.value) > payments.value`,
  'every piece that came in is free, reserved or sold': `
    select products.id from products left join stock_intakes on product_id = products.id group by products.id
    having stock_free + stock_reserved + stock_sold <> coalesce(sum(pieces), 0)`,
  'open orders have their goods reserved, paid ones have them sold': `
    select products.id from products left join (
      select orders.status, line.* from orders, jsonb_to_recordset(lines) as line ("productId" text, quantity integer)
    ) as ordered on ordered."productId" = products.id
    group by products.id
    having stock_reserved <> coalesce(sum(quantity) filter (where status = 'open'), 0)
      or stock_sold <> coalesce(sum(quantity) filter (where status = 'paid'), 0)`,
  "the end of a merchant's order is reported once, and no end that it has not": `
    select orders.id from orders left join merchant_events as event on event.order_id = orders.id
    where reference is not null group by orders.id
    having count(*) filter (where type = 'order.paid') <> (status = 'paid')::int
      or count(*) filter (where type = 'order.cancelled') <> (status = 'cancelled')::int
      or count(*) filter (where type = 'order.expired') not in ((status = 'expired')::int, (status in ('expired', 'paid'))::int)`,
  "the last event about a refund of a merchant's order has its state": `
    select refunds.id from refunds join payments on payments.id = payment_id join orders on orders.id = order_id
    where reference is not null and refunds.status is distinct from (
      select data -> 'refund' ->> 'status' from merchant_events
      where data -> 'refund' ->> 'id' = refunds.id order by version desc limit 1)`,
  'only orders of merchants have events, each under a version of its own': `
    select event.id from merchant_events as event join orders on orders.id = order_id
    where reference is null or event.version > orders.version or event.version < 2`,
}

/** Every invariant that does not hold, with what breaks it. */
export async function brokenInvariants({ database }: Records): Promise<string[]> {
  const broken: string[] = []
  for (const [invariant, sql] of Object.entries(invariants)) {
    const { rows } = await database.pool.query<{ id: string | number }>(sql)
    if (rows.length > 0) broken.push(`${invariant}: broken by ${rows.map(({ id }) => id).join(', ')}`)
  }
  return broken
}

/**
 * A digest of each table of the server, which any write changes, even one that writes the same
 * values; but of how many requests came there is none.
 */
export async function snapshot({ database }: Records): Promise<Record<string, string>> {
  const { rows: tables } = await database.pool.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_name <> 'request_levels'`,
  )
  const digests = tables.map(async ({ name }): Promise<[string, string]> => {
    const { rows } = await database.pool.query<{ digest: string }>(
      `select count(*) || ' rows, ' || md5(coalesce(string_agg(one, '' order by one), '')) as digest
       from (select md5(${name}::text || ${name}.xmin::text) as one from ${name}) as rows`,
    )
    return [name, rows[0]?.digest ?? '']
  })
  return Object.fromEntries(await Promise.all(digests))
}
