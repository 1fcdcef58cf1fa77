import { randomUUID } from 'node:crypto'
import { signedValues } from '@tael/adyen'
import { newId } from '@tael/server/ids'
import { intend, recordAnswer } from './kept-payments.ts'
import { type Notice, receiveAndApply } from './kept-webhooks.ts'
import { type Answer, type Call, listen } from './listen.ts'
import {
  hashSession,
  type OrderToPay,
  query,
  readAuthenticItem,
  run,
  sha256,
  startAtAdyen,
} from './reference.ts'

/**
 * Keeps every row that Tael keeps, in Tael's own tables, in the fewest statements: what can be reached. It checks no
 * request and knows one way to pay. Its statements notify by themselves, or not.
 */

await run('drop trigger if exists payment_changed on payments')

interface Intended {
  readonly id: string
  readonly shopper_id: string
  readonly openid: string
}

async function startPayment(call: Call, notice: Notice): Promise<Answer> {
  const { orderId, amount }: OrderToPay = JSON.parse(call.body)
  const [paymentId, key] = [newId('pay'), randomUUID()]
  const [intended] = await query<Intended>('intend', intend, [
    hashSession(call),
    orderId,
    amount.currency,
    amount.value,
    call.headers['idempotency-key'],
    sha256(call.body),
    paymentId,
    key,
  ])
  if (intended === undefined) return { status: 404, body: 'no such order' }
  const { shopper_id: shopperId, openid } = intended
  const payment = { id: paymentId, orderId, amount, shopperId, openid }
  const { resultCode, action } = await startAtAdyen(payment, key)
  const [answered] = await query(`answer ${notice}`, recordAnswer[notice], [
    paymentId,
    resultCode,
    JSON.stringify(action.sdkData),
    action.paymentData,
    JSON.stringify({ result: { resultCode } }),
  ])
  return { status: 201, body: { payment: answered, requestPayment: action.sdkData } }
}

async function receiveWebhook(call: Call, stock: 'stock' | 'no stock', notice: Notice): Promise<Answer> {
  const item = readAuthenticItem(call)
  const success = item.success === 'true'
  await query(`receive, ${stock}, ${notice}`, receiveAndApply[stock][notice], [
    sha256(JSON.stringify(signedValues({ ...item }))),
    item.eventCode,
    item.eventDate,
    item.pspReference,
    item.merchantAccountCode,
    item.merchantReference,
    success,
    JSON.stringify(item),
    item.amount.currency,
    item.amount.value,
    JSON.stringify({ success, pspReference: item.pspReference, reason: '' }),
  ])
  return { status: 202, body: '[accepted]' }
}

listen((call) => {
  switch (call.path) {
    case '/payments':
      return startPayment(call, 'notify')
    case '/without-notify/payments':
      return startPayment(call, 'no notify')
    case '/webhooks/adyen':
      return receiveWebhook(call, 'stock', 'notify')
    case '/without-stock/webhooks/adyen':
      return receiveWebhook(call, 'no stock', 'notify')
    case '/without-notify/webhooks/adyen':
      return receiveWebhook(call, 'no stock', 'no notify')
    default:
      return { status: 404, body: 'no such route' }
  }
})
