import type { ClientBase } from 'pg'

/** What is bought: pieces of it are sold, and as many come in. It is on sale in `currency`. */
export interface PastPayments {
  readonly count: number
  readonly productId: string
  readonly currency: string
  readonly price: number
  readonly merchantAccount: string
}

/** As many in one transaction. */
const BATCH = 100_000

/**
 * Fills a shop with paid orders of the last ten months, one piece each, by the shoppers that it has in turn, with every
 * row that Tael leaves of such an order after a month: the invariants hold, and `reconcile` finds no difference. Written
 * in SQL, because a million orders over HTTP take an hour.
 */
export async function insertPastPayments(client: ClientBase, past: PastPayments): Promise<void> {
  for (let first = 1; first <= past.count; first += BATCH) {
    await client.query('begin')
    // The rows refer to each other correctly, and the checks of a million would take longer than the rows.
    await client.query('set local session_replication_role = replica')
    await describeBatch(client, past.count, first, Math.min(past.count, first + BATCH - 1))
    await insertPayments(client, past)
    await insertWebhooks(client, past)
    await client.query('commit')
  }
  await client.query('insert into stock_intakes (product_id, pieces) values ($1, $2)', [
    past.productId,
    past.count,
  ])
  await client.query('update products set stock_sold = stock_sold + $2 where id = $1', [
    past.productId,
    past.count,
  ])
  await client.query('vacuum analyze')
}

/** What the rows of a batch have in common, in a table that the transaction drops. */
async function describeBatch(client: ClientBase, count: number, first: number, last: number): Promise<void> {
  await client.query(
    `create temp table past on commit drop as
     with payer as (select id, row_number() over (order by id) as n from shoppers), of_time as (
       select n, now() - interval '302 days' + interval '300 days' * (n::float8 / $3) as at
       from generate_series($1::int, $2::int) as n
     )
     select lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || substr(md5('past ' || of_time.n), 1, 20) as hex,
       at, payer.id as shopper_id, upper(substr(md5('psp ' || of_time.n), 1, 16)) as psp_reference
     from of_time join payer on payer.n = 1 + of_time.n % (select count(*) from shoppers)`,
    [first, last, count],
  )
}

async function insertPayments(
  client: ClientBase,
  { productId, currency, price }: PastPayments,
): Promise<void> {
  const money = [currency, price]
  await client.query(
    `insert into orders (id, shopper_id, status, currency, value, lines, created_at, expires_at, paid_at)
     select 'ord_' || hex, shopper_id, 'paid', $1::text, $2::int, jsonb_build_array(jsonb_build_object(
       'productId', $3::text, 'name', jsonb_build_object('zh-CN', '测试', 'en', 'Test'), 'quantity', 1,
       'unitPrice', jsonb_build_object('currency', $1::text, 'value', $2::int),
       'amount', jsonb_build_object('currency', $1::text, 'value', $2::int)
     )), at, at + interval '30 minutes', at + interval '20 s' from past`,
    [...money, productId],
  )
  await client.query(
    `insert into payments (id, order_id, shopper_id, currency, value, status, result_code, pays_order, psp_reference, version,
       created_at, updated_at)
     select 'pay_' || hex, 'ord_' || hex, shopper_id, $1, $2, 'authorised', 'Authorised', true, psp_reference, 3,
       at + interval '5 s', at + interval '20 s' from past`,
    money,
  )
  await client.query(
    `insert into adyen_calls (payment_id, operation, idempotency_key, leased_until, started_at, answered_at)
     select 'pay_' || hex, 'payments', gen_random_uuid(), at + interval '20 s', at + interval '5 s', at + interval '6 s'
     from past`,
  )
  await client.query(
    `insert into payment_events (payment_id, version, at, source, type, from_status, to_status, detail)
     select 'pay_' || hex, version, at + after, source, type, from_status, to_status, detail::json from past cross join (values
       (1, interval '5 s', 'shopper', 'started', null, 'starting', '{}'),
       (2, interval '6 s', 'adyen', 'cashier_ready', 'starting', 'awaiting_shopper', '{"result":{"resultCode":"Pending"}}')
     ) as event (version, after, source, type, from_status, to_status, detail) order by at, hex, version`,
  )
  // Those of shoppers are deleted after a month.
  await client.query(
    `insert into idempotency_keys (caller_id, key, route, request_hash, resource_id, created_at)
     select shopper_id, gen_random_uuid()::text, route, sha256(hex::bytea), prefix || hex, at
     from past cross join (values ('/orders', 'ord_'), ('/payments', 'pay_')) as made (route, prefix)
     where at > now() - interval '30 days'`,
  )
}

async function insertWebhooks(
  client: ClientBase,
  { currency, price, merchantAccount }: PastPayments,
): Promise<void> {
  await client.query(
    `with described as (
       select *, json_build_object('pspReference', psp_reference, 'merchantAccountCode', $3::text,
         'merchantReference', 'pay_' || hex, 'amount', json_build_object('currency', $1::text, 'value', $2::int),
         'eventCode', 'AUTHORISATION', 'eventDate', at, 'success', 'true', 'reason', '', 'paymentMethod', 'wechatpay',
         'additionalData', json_build_object('hmacSignature', encode(sha256(hex::bytea), 'base64'))) as item
       from past
     ), received as (
       insert into webhook_items (content_hash, event_code, event_date, psp_reference, original_reference, merchant_account,
         merchant_reference, success, item, state, received_at, last_received_at)
       select sha256(convert_to(item::text, 'UTF8')), 'AUTHORISATION', at + interval '19 s', psp_reference, '', $3, 'pay_' || hex,
         true, item, 'applied', at + interval '20 s', at + interval '20 s' from described order by at, hex
       returning id, merchant_reference, psp_reference, received_at
     )
     insert into payment_events (payment_id, version, at, source, type, from_status, to_status, detail, webhook_id)
     select merchant_reference, 3, received_at, 'webhook', 'authorisation', 'awaiting_shopper', 'authorised',
       json_build_object('success', true, 'pspReference', psp_reference, 'reason', ''), id from received order by id`,
    [currency, price, merchantAccount],
  )
}
