import { type PaymentStatus, resultCodes } from '@tael/contracts'
import type { Updateable } from 'kysely'
import type { Trx } from '../db/database.ts'
import type { Database, EventSource } from '../db/tables.ts'
import type { JobQueue } from '../jobs/jobs.ts'
import { moveStock } from '../orders/stock.ts'
import type { OrderRow } from '../orders/store.ts'
import { refundSurplus } from '../refunds/request.ts'
import type { LockedPayment } from './store.ts'
import { type AdyenResult, isOpen, type PaymentEvent, reversalsAfter, transition } from './transition.ts'
import type { PaymentRow } from './view.ts'

/**
 * Who caused an event. A webhook's own row is named, so that the cause can be read again. What is only replayed is
 * written down only where it changes something.
 */
export type Cause =
  | { readonly source: Exclude<EventSource, 'webhook'> }
  | {
      readonly source: 'webhook'
      readonly webhookId: number
      readonly eventDate: Date
      readonly replayed: boolean
    }

/** What applying an event takes: a transaction, and the jobs that are enqueued with it. */
export interface Books {
  readonly trx: Trx
  readonly jobs: JobQueue
}

/**
 * Applies an event to a locked payment: the status it leads to, what it taught us, the order it pays and the event
 * itself, all in the caller's transaction. The only function that changes a payment. Returns both as they are now.
 */
export async function applyEvent(
  { trx, jobs }: Books,
  { order, payment }: LockedPayment,
  event: PaymentEvent,
  cause: Cause,
): Promise<LockedPayment> {
  const status = transition(payment.status, event)
  const news = learned(payment, event, status)
  // News of a refund that changes nothing is dropped by the refunds.
  const isReplayed = cause.source === 'webhook' && cause.replayed && event.type !== 'refund_news'
  if (isReplayed && status === payment.status && Object.keys(news).length === 0) return { order, payment }

  const version = payment.version + 1
  const paidNow = status === 'authorised' && payment.status !== 'authorised'
  const honoured = paidNow ? await honour(trx, order) : undefined
  const entry = {
    payment_id: payment.id,
    version,
    source: cause.source,
    type: event.type,
    from_status: payment.status,
    to_status: status,
    detail: JSON.stringify(record(event)),
    webhook_id: cause.source === 'webhook' ? cause.webhookId : null,
  }
  const changed = await trx
    .with('entry', (db) => db.insertInto('payment_events').values(entry))
    .updateTable('payments')
    .set({
      ...news,
      ...(honoured === undefined ? {} : { [honoured]: true }),
      status,
      version,
      updated_at: new Date(),
    })
    .where('id', '=', payment.id)
    .returningAll()
    .executeTakeFirstOrThrow()
  if (honoured === 'surplus') await refundSurplus({ trx, jobs }, changed)
  if (honoured === 'pays_order') {
    await jobs.send(trx, 'send-paid-message', { paymentId: payment.id }, new Date())
    // Money came late: the shopper may be paying for the order once more, which is called off.
    if (!isOpen(payment.status)) await jobs.send(trx, 'expire-order', { orderId: order.id }, new Date())
  }
  return { payment: changed, order: honoured === 'pays_order' ? { ...order, status: 'paid' } : order }
}

type PaymentChanges = Pick<
  Updateable<Database['payments']>,
  'result_code' | 'psp_reference' | 'wechat_transaction_id' | 'payment_data' | 'wx_parameters' | 'reversals'
>

/**
 * What an event tells beside the status. Each fact is kept when it is first heard; but the pspReference is that of the
 * payment at Adyen which took the money, as soon as one did: it is what a refund must name. WeChat's number of a payment
 * counts only with the word that it took the money.
 */
function learned(payment: PaymentRow, event: PaymentEvent, status: PaymentStatus): PaymentChanges {
  const { resultCode, pspReference, wechatTransactionId, paymentData } = factsOf(event)
  const tookMoney = status === 'authorised' && payment.status !== 'authorised'
  // An older word than what is known already, such as Pending after Authorised, is no news.
  const isNews =
    resultCode !== undefined &&
    resultCode !== payment.result_code &&
    (payment.result_code === null || resultCodes[resultCode].status === status)
  const namesPayment = payment.psp_reference === null || (tookMoney && pspReference !== payment.psp_reference)
  const reversals = reversalsAfter(payment.reversals, event)
  return {
    ...(isNews ? { result_code: resultCode } : {}),
    ...(pspReference !== undefined && namesPayment ? { psp_reference: pspReference } : {}),
    ...(wechatTransactionId !== undefined &&
    resultCode === 'Authorised' &&
    payment.wechat_transaction_id === null
      ? { wechat_transaction_id: wechatTransactionId }
      : {}),
    ...(paymentData !== undefined && payment.payment_data === null ? { payment_data: paymentData } : {}),
    ...(event.type === 'cashier_ready' && payment.wx_parameters === null
      ? { wx_parameters: JSON.stringify(event.parameters) }
      : {}),
    ...(reversals === payment.reversals ? {} : { reversals: [...reversals] }),
  }
}

function factsOf(event: PaymentEvent): Partial<AdyenResult> {
  if ('result' in event) return event.result
  if (event.type !== 'authorisation') return {}
  const { success, pspReference, wechatTransactionId } = event
  return {
    resultCode: success ? 'Authorised' : 'Refused',
    pspReference,
    ...(wechatTransactionId === undefined ? {} : { wechatTransactionId }),
  }
}

/**
 * Money has arrived. It pays the order where the order waits for it; an order that was not paid in time is taken up
 * again where its goods are still there; everything else is surplus and goes back to the shopper, money for an order
 * that the shopper gave up above all.
 */
async function honour(trx: Trx, order: OrderRow): Promise<'pays_order' | 'surplus'> {
  if (order.status === 'paid' || order.status === 'cancelled') return 'surplus'
  const moved = await moveStock(trx, order.lines, order.status === 'open' ? 'reserved' : 'free', 'sold')
  if (!moved && order.status === 'open') throw new Error(`The stock of ${order.id} was not reserved.`)
  if (!moved) return 'surplus'
  await trx
    .updateTable('orders')
    .set({ status: 'paid', paid_at: new Date() })
    .where('id', '=', order.id)
    .execute()
  return 'pays_order'
}

/** The event for the audit trail: without paymentData, and without what opens the cashier. */
function record(event: PaymentEvent): Record<string, unknown> {
  const { type: _, ...facts } = event
  if ('parameters' in facts) return { result: { resultCode: facts.result.resultCode } }
  if (!('result' in facts)) return facts
  const { paymentData: __, ...result } = facts.result
  return { ...facts, result }
}
