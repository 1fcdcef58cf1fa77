import { type PaymentStatus, resultCodes } from '@tael/contracts'
import type { Updateable } from 'kysely'
import { currentTime } from '../db/clock.ts'
import { noteChange } from '../db/committed.ts'
import type { Trx } from '../db/database.ts'
import { commit, inOneFlight } from '../db/flight.ts'
import type { OrderRow, PaymentRow } from '../db/rows.ts'
import type { Database } from '../db/tables.ts'
import { callEnded } from './calls.ts'
import type { LockedPayment } from './lock.ts'
import { recordMerchantEvent, recordReversalsForMerchant } from './merchant-events.ts'
import { refundSurplus } from './request-refund.ts'
import { moveStock, stockMoved } from './stock.ts'
import { type AdyenResult, isOpen, type PaymentEvent, reversalsAfter, transition } from './transition.ts'
import type { Cause, UnitOfWork } from './unit-of-work.ts'

/**
 * Applies an event to a locked payment: its next status, the facts the event adds, the order it
 * pays and the event itself, all in the caller's transaction. The only function that changes what
 * is known of a payment. Returns the payment and its order as they are now. Where the event is the
 * `last` of its transaction, the commit goes with it unless more follows from the event.
 */
export async function applyEvent(
  { trx, jobs }: UnitOfWork,
  { order, payment }: LockedPayment,
  event: PaymentEvent,
  cause: Cause,
  place: 'last' | 'before others' = 'before others',
): Promise<LockedPayment> {
  const status = transition(payment.status, event)
  const facts = factsToStore(payment, event, status)
  // A replayed refund update that changes nothing was dropped before it got here.
  const isReplayed = cause.source === 'webhook' && cause.replayed && event.type !== 'refund_updated'
  if (isReplayed && status === payment.status && Object.keys(facts).length === 0) return { order, payment }

  const version = payment.version + 1
  const becamePaid = status === 'authorised' && payment.status !== 'authorised'
  const use = becamePaid ? await useOf(trx, order, payment) : undefined
  const entry = {
    payment_id: payment.id,
    version,
    source: cause.source,
    type: event.type,
    from_status: payment.status,
    to_status: status,
    detail: JSON.stringify(toDetail(event)),
    webhook_id: cause.source === 'webhook' ? cause.webhookId : null,
  }
  const change = trx
    .with('entry', (db) => db.insertInto('payment_events').values(entry))
    .updateTable('payments')
    .set({
      ...facts,
      ...(use === undefined ? {} : { [use]: true }),
      status,
      version,
      updated_at: currentTime,
    })
    .where('id', '=', payment.id)
    .returningAll()
  const answered = cause.source === 'webhook' ? undefined : cause.answered
  const pays = use === 'pays_order'
  const takesStock = pays && order.status === 'open' && order.lines.length > 0
  const [[changed], ...rest] = await inOneFlight(
    trx,
    change,
    ...(pays ? [orderPaid(trx, order)] : []),
    ...(answered === undefined ? [] : [callEnded(trx, answered)]),
    // Many payments want the row of one product: it is locked last.
    ...(takesStock ? [stockMoved(order.lines, 'reserved', 'sold')] : []),
    // What is reported to a merchant follows.
    ...(place === 'last' && use === undefined && order.reference === null ? [commit] : []),
  )
  if (changed === undefined) throw new Error(`The payment ${payment.id} does not exist.`)
  if (takesStock && rest.at(-1)?.length !== order.lines.length)
    throw new Error(`The stock of ${order.id} was not reserved.`)
  if (status !== payment.status) noteChange(trx, { kind: 'payment', status })
  const now: LockedPayment = {
    payment: changed,
    order: pays ? { ...order, status: 'paid' } : order,
  }
  if (order.reference !== null) await reportToMerchant({ trx, jobs }, now, { order, payment })
  if (use === 'surplus') await refundSurplus({ trx, jobs }, now)
  if (pays) {
    // The message opens a page of the shop that comes with Tael.
    if (order.reference === null) await jobs.send(trx, 'send-paid-message', { paymentId: payment.id })
    // The money came late: the order may have a newer attempt open, which has to be closed.
    if (!isOpen(payment.status)) await jobs.send(trx, 'expire-order', { orderId: order.id })
  }
  return now
}

/** Reports to the merchant of an order what an event changed that concerns them. */
async function reportToMerchant(unit: UnitOfWork, now: LockedPayment, before: LockedPayment): Promise<void> {
  const { order, payment } = now
  if (payment.pays_order && !before.payment.pays_order) {
    const late = before.order.status !== 'open'
    await recordMerchantEvent(unit, order, 'order.paid', { paymentId: payment.id, late })
  }
  if (payment.surplus && !before.payment.surplus)
    await recordMerchantEvent(unit, order, 'payment.surplus', { paymentId: payment.id })
  await recordReversalsForMerchant(unit, order, { before: before.payment, after: payment })
}

type PaymentFacts = Pick<
  Updateable<Database['payments']>,
  | 'result_code'
  | 'psp_reference'
  | 'wechat_transaction_id'
  | 'payment_data'
  | 'wx_parameters'
  | 'openings'
  | 'reversals'
>

/**
 * The facts, beside the status, that an event adds. Each is kept from the first event that has it;
 * but the pspReference becomes that of the payment which took the money, because refunds must name
 * it. WeChat's transaction id is kept only from an answer that the money was taken.
 */
function factsToStore(payment: PaymentRow, event: PaymentEvent, status: PaymentStatus): PaymentFacts {
  const { resultCode, pspReference, wechatTransactionId, paymentData } = factsOf(event)
  const tookMoney = status === 'authorised' && payment.status !== 'authorised'
  // A resultCode that knows less than the status, such as Pending after Authorised, is dropped.
  const isNewer =
    resultCode !== undefined &&
    resultCode !== payment.result_code &&
    (payment.result_code === null || resultCodes[resultCode].status === status)
  const namesPayment = payment.psp_reference === null || (tookMoney && pspReference !== payment.psp_reference)
  const reversals = reversalsAfter(payment.reversals, event)
  return {
    ...(isNewer ? { result_code: resultCode } : {}),
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
    ...(event.type === 'continued' ? { openings: payment.openings + 1 } : {}),
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
 * Decides what arrived money is for. It pays an open order, whose stock is reserved, an expired one whose
 * goods are still in stock, which it takes, and an expired one of a merchant who keeps late money; all
 * other money is surplus, as for an order that was cancelled, or that has another amount since.
 */
async function useOf(
  trx: Trx,
  order: OrderRow,
  { currency, value }: PaymentRow,
): Promise<'pays_order' | 'surplus'> {
  if (order.value !== value || order.currency !== currency) return 'surplus'
  switch (order.status) {
    case 'open':
      return 'pays_order'
    case 'expired':
      if (order.late_money === 'refund') return 'surplus'
      return (await moveStock(trx, order.lines, 'free', 'sold')) ? 'pays_order' : 'surplus'
    case 'paid':
    case 'cancelled':
      return 'surplus'
  }
}

function orderPaid(trx: Trx, { id }: OrderRow) {
  return trx.updateTable('orders').set({ status: 'paid', paid_at: currentTime }).where('id', '=', id)
}

/** The event as recorded: without paymentData, and without the parameters that open the cashier. */
function toDetail(event: PaymentEvent): Record<string, unknown> {
  const { type: _, ...facts } = event
  if ('parameters' in facts) return { result: { resultCode: facts.result.resultCode }, answer: facts.answer }
  if (!('result' in facts)) return facts
  const { paymentData: __, ...result } = facts.result
  return { ...facts, result }
}
