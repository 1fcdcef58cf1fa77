import type { Notice } from './kept-webhooks.ts'

/** The intent of a payment: session, order, the client's key, the call, the first event and the payment, in one commit. */
export const intend = `
  with session as (
    select shoppers.id as shopper_id, openid from sessions join shoppers on shoppers.id = shopper_id
    where token_hash = $1 and expires_at > statement_timestamp()
  ), ordered as (
    select orders.id, shopper_id, openid from orders join session using (shopper_id)
    where orders.id = $2 and status = 'open' and expires_at > statement_timestamp()
      and currency = $3::char(3) and value = $4::bigint
    for update of orders
  ), key as (
    insert into idempotency_keys (caller_id, key, route, request_hash, resource_id)
    select shopper_id, $5, '/payments', $6, $7 from ordered
  ), call as (
    insert into adyen_calls (payment_id, operation, idempotency_key, leased_until, retry_at)
    select $7, 'payments', $8::uuid, statement_timestamp() + interval '15 s', statement_timestamp() + interval '15 s'
    from ordered
  ), event as (
    insert into payment_events (payment_id, version, source, type, to_status)
    select $7, 1, 'shopper', 'started', 'starting' from ordered
  ), payment as (
    insert into payments (id, order_id, shopper_id, currency, value, status)
    select $7, id, shopper_id, $3::char(3), $4::bigint, 'starting' from ordered
    returning id
  )
  select payment.id, shopper_id, openid from payment, ordered`

const changed = `
  with call as (
    update adyen_calls set answered_at = statement_timestamp()
    where payment_id = $1 and operation = 'payments' and variant = '' and answered_at is null
  ), event as (
    insert into payment_events (payment_id, version, source, type, from_status, to_status, detail)
    values ($1, 2, 'adyen', 'cashier_ready', 'starting', 'awaiting_shopper', $5)
  ), changed as (
    update payments set status = 'awaiting_shopper', version = 2, result_code = $2, wx_parameters = $3,
      payment_data = $4, updated_at = statement_timestamp()
    where id = $1 and status = 'starting'
    returning id, order_id, currency, value, status, result_code, version, created_at, updated_at
  )`

/** Adyen's answer: the call, the event and the payment, in one commit. */
export const recordAnswer: Readonly<Record<Notice, string>> = {
  notify: `${changed} select changed.*, pg_notify('payment_changed', id) from changed`,
  'no notify': `${changed} select * from changed`,
}
