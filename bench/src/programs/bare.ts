import { randomUUID } from 'node:crypto'
import { newId } from '@tael/server/ids'
import { type Answer, type Call, listen } from './listen.ts'
import { hashSession, type OrderToPay, query, readAuthenticItem, run, startAtAdyen } from './reference.ts'

/**
 * The least that anybody could do: one row for each payment, committed before the call to Adyen and after it; one
 * deduplicating insert for each webhook; a read that looks up the session and the payment. No orders, no events.
 */

await run(`
  create table if not exists bare_payments (
    id text primary key, order_id text not null, currency text not null, value bigint not null,
    status text not null, answer jsonb, created_at timestamptz not null default now()
  );
  create table if not exists bare_webhooks (
    psp_reference text, event_code text, success text, item json not null,
    primary key (psp_reference, event_code, success)
  )`)

async function startPayment({ body }: Call): Promise<Answer> {
  const { orderId, amount }: OrderToPay = JSON.parse(body)
  const id = newId('pay')
  await query(
    'intend',
    `insert into bare_payments (id, order_id, currency, value, status) values ($1, $2, $3, $4, 'starting')`,
    [id, orderId, amount.currency, amount.value],
  )
  const payment = { id, orderId, amount, shopperId: 'shopper', openid: 'openid' }
  const answer = await startAtAdyen(payment, randomUUID())
  await query('answer', `update bare_payments set status = 'waiting', answer = $2 where id = $1`, [
    id,
    JSON.stringify(answer),
  ])
  return { status: 201, body: { payment: { id, orderId, amount }, requestPayment: answer.action.sdkData } }
}

async function receiveWebhook(call: Call): Promise<Answer> {
  const item = readAuthenticItem(call)
  await query(
    'receive',
    'insert into bare_webhooks (psp_reference, event_code, success, item) values ($1, $2, $3, $4) on conflict do nothing',
    [item.pspReference, item.eventCode, item.success, JSON.stringify(item)],
  )
  return { status: 202, body: '[accepted]' }
}

const SESSION = 'select shopper_id from sessions where token_hash = $1 and expires_at > statement_timestamp()'

async function readInTwo(call: Call, id: string): Promise<Answer> {
  const [session] = await query<{ shopper_id: string }>('session', SESSION, [hashSession(call)])
  const [payment] = await query('payment', 'select * from payments where id = $1 and shopper_id = $2', [
    id,
    session?.shopper_id,
  ])
  return payment === undefined ? { status: 404, body: 'no such payment' } : { status: 200, body: payment }
}

async function readInOne(call: Call, id: string): Promise<Answer> {
  const [payment] = await query(
    'payment in one',
    `select payments.* from payments join (${SESSION}) as session using (shopper_id) where id = $2`,
    [hashSession(call), id],
  )
  return payment === undefined ? { status: 404, body: 'no such payment' } : { status: 200, body: payment }
}

listen((call) => {
  const [, first, id = ''] = call.path.split('/')
  if (first === 'payments' && id === '') return startPayment(call)
  if (first === 'webhooks') return receiveWebhook(call)
  if (first === 'payments') return readInTwo(call, id)
  if (first === 'payments-in-one') return readInOne(call, id)
  return { status: 404, body: 'no such route' }
})
