/** Whether a commit notifies those who wait for the payment. */
export type Notice = 'notify' | 'no notify'

const stored = `
  with item as (
    insert into webhook_items (content_hash, event_code, event_date, psp_reference, original_reference,
      merchant_account, merchant_reference, success, item, state)
    values ($1, $2, least($3::timestamptz, now()), $4, '', $5, $6, $7, $8, 'applied')
    on conflict (content_hash)
      do update set deliveries = webhook_items.deliveries + 1, last_received_at = now()
    returning id, deliveries
  ), found as (
    select payments.id, payments.version, payments.status, order_id, lines, item.id as webhook_id
    from item, payments join orders on orders.id = order_id
    where deliveries = 1 and payments.id = $6 and payments.currency = $9::char(3) and payments.value = $10::bigint
      and orders.status = 'open' and payments.status = 'awaiting_shopper'
    for update of orders, payments
  )`

const stock = `, stock as (
    update products set stock_reserved = stock_reserved - quantity, stock_sold = stock_sold + quantity
    from found, jsonb_to_recordset(lines) as line ("productId" text, quantity integer)
    where products.id = "productId"
  )`

const paid = `, paid as (
    update orders set status = 'paid', paid_at = statement_timestamp() from found where orders.id = found.order_id
  ), event as (
    insert into payment_events (payment_id, version, source, type, from_status, to_status, detail, webhook_id)
    select id, version + 1, 'webhook', 'authorisation', status, 'authorised', $11, webhook_id from found
  ), changed as (
    update payments set status = 'authorised', pays_order = true, version = payments.version + 1,
      result_code = 'Authorised', psp_reference = $4, updated_at = statement_timestamp()
    from found where payments.id = found.id
    returning payments.id
  )`

const notify: Readonly<Record<Notice, string>> = {
  notify: ` select id, pg_notify('payment_changed', id) from changed`,
  'no notify': ' select id from changed',
}

const statement = (stockMoved: string, notice: Notice): string => stored + stockMoved + paid + notify[notice]

/** A webhook item, stored and applied in one commit: with the row of the product's stock or without, notifying or not. */
export const receiveAndApply: Readonly<Record<'stock' | 'no stock', Readonly<Record<Notice, string>>>> = {
  stock: { notify: statement(stock, 'notify'), 'no notify': statement(stock, 'no notify') },
  'no stock': { notify: statement('', 'notify'), 'no notify': statement('', 'no notify') },
}
