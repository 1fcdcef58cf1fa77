import { type PaymentStatus, resultCodes } from '@tael/contracts'
import { type QueryCreator, sql } from 'kysely'
import { currentTime } from '../db/clock.ts'
import { noteChange } from '../db/committed.ts'
import type { Trx } from '../db/database.ts'
import { commit, inOneFlight } from '../db/flight.ts'
import { prepared, type ValueOf } from '../db/prepared.ts'
import type { OrderRow, PaymentOfOrder, PaymentRow } from '../db/rows.ts'
import type { AdyenOperation, Database, EventSource } from '../db/tables.ts'
import { isUnanswered } from './calls.ts'
import type { LockedPayment } from './lock.ts'
import { recordMerchantEvent, recordReversalsForMerchant } from './merchant-events.ts'
import { refundSurplus } from './request-refund.ts'
import { moveStock, reservedStockToSell } from './stock.ts'
import { type AdyenResult, isOpen, type PaymentEvent, reversalsAfter, transition } from './transition.ts'
import type { Cause, UnitOfWork } from './unit-of-work.ts'

/** Where an event comes in its transaction. */
export type EventPlace = 'last' | 'before others'

/**
 * Applies an event to a payment as it was locked: its next status, the facts the event adds, the
 * order it pays and the event itself, all in the caller's transaction. Returns the payment and its
 * order as they are now. Where the event is the `last` of its transaction, the commit goes with it
 * unless more follows from the event.
 */
export async function applyEvent(
  { trx, jobs }: UnitOfWork,
  { order, payment }: LockedPayment,
  event: PaymentEvent,
  cause: Cause,
  place: EventPlace = 'before others',
): Promise<LockedPayment> {
  const status = transition(payment.status, event)
  const facts = factsToStore(payment, event, status)
  // A replayed refund update that changes nothing was dropped before it got here.
  const isReplayed = cause.source === 'webhook' && cause.replayed && event.type !== 'refund_updated'
  if (isReplayed && status === payment.status && Object.keys(facts).length === 0) return { order, payment }

  const becamePaid = status === 'authorised' && payment.status !== 'authorised'
  const use = becamePaid ? await useOf(trx, order, payment) : undefined
  const pays = use === 'pays_order'
  // The message opens a page of the shop that comes with Tael.
  const message =
    pays && order.reference === null ? await jobs.toSend('send-paid-message', { paymentId: payment.id }) : []
  // The money came late: the order may have a newer attempt open, which has to be closed.
  const isLate = pays && !isOpen(payment.status)
  const expiry = isLate ? await jobs.toSend('expire-order', { orderId: order.id }) : []
  const takesStock = pays && order.status === 'open' && order.lines.length > 0
  const [[changed]] = await inOneFlight(
    trx,
    eventToWrite(payment, event, { status, facts, use, cause }),
    ...message,
    ...expiry,
    // Many payments want the row of one product: it is locked last.
    ...(takesStock ? [reservedStockToSell(order.lines)] : []),
    // What is reported to a merchant, or refunded, follows.
    ...(place === 'last' && use !== 'surplus' && order.reference === null ? [commit] : []),
  )
  if (changed === undefined) throw new Error(`The payment ${payment.id} is not as it was locked.`)
  if (status !== payment.status) noteChange(trx, { kind: 'payment', status })
  const now: LockedPayment = {
    payment: changed,
    order: pays ? { ...order, status: 'paid' } : order,
  }
  if (order.reference !== null) await reportToMerchant({ trx, jobs }, now, { order, payment })
  if (use === 'surplus') await refundSurplus({ trx, jobs }, now)
  return now
}

/**
 * Applies an event to a payment as it was read, without a lock, and commits: one that moves no money
 * and concerns nothing but the payment. Undefined, with nothing changed, where something else has
 * happened to the payment since.
 */
export async function applyToUnchanged(
  trx: Trx,
  payment: PaymentRow,
  event: Extract<PaymentEvent, { type: 'cashier_ready' }>,
  cause: Cause,
): Promise<PaymentOfOrder | undefined> {
  const status = transition(payment.status, event)
  const facts = factsToStore(payment, event, status)
  const change = eventToWrite(payment, event, { status, facts, use: undefined, cause })
  const [[changed], [order]] = await inOneFlight(
    trx,
    change,
    statusOfOrder({ orderId: payment.order_id }),
    commit,
  )
  if (changed === undefined || order === undefined) return undefined
  if (status !== payment.status) noteChange(trx, { kind: 'payment', status })
  return { payment: changed, order }
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

/** What an event changes. */
interface EventChange {
  readonly status: PaymentStatus
  readonly facts: PaymentFacts
  readonly use: 'pays_order' | 'surplus' | undefined
  readonly cause: Cause
}

/**
 * The statement that writes an event and all that it changes: the payment, the order that it pays,
 * and the end of the call whose answer it is. Only it changes what is known of a payment. It writes
 * nothing, and returns no row, where the payment is no longer at the version that is known.
 */
function eventToWrite(payment: PaymentRow, event: PaymentEvent, { status, facts, use, cause }: EventChange) {
  const answered = cause.source === 'webhook' ? undefined : cause.answered
  const next = { ...payment, ...facts }
  return eventWritten({
    paymentId: payment.id,
    knownVersion: payment.version,
    fromStatus: payment.status,
    status,
    resultCode: next.result_code,
    pspReference: next.psp_reference,
    wechatTransactionId: next.wechat_transaction_id,
    openings: next.openings,
    reversals: next.reversals,
    // Neither is sent again once it is kept: they are long.
    paymentData: facts.payment_data ?? null,
    wxParameters: facts.wx_parameters ?? null,
    paysOrder: payment.pays_order || use === 'pays_order',
    paysNow: use === 'pays_order',
    surplus: payment.surplus || use === 'surplus',
    source: cause.source,
    type: event.type,
    detail: JSON.stringify(toDetail(event)),
    webhookId: cause.source === 'webhook' ? cause.webhookId : null,
    operation: answered?.operation ?? null,
    variant: answered?.variant ?? null,
  })
}

interface WrittenEvent {
  paymentId: string
  knownVersion: number
  fromStatus: PaymentStatus
  status: PaymentStatus
  resultCode: string | null
  pspReference: string | null
  wechatTransactionId: string | null
  openings: number
  reversals: string[]
  paymentData: string | null
  wxParameters: string | null
  paysOrder: boolean
  paysNow: boolean
  surplus: boolean
  source: EventSource
  type: PaymentEvent['type']
  detail: string
  webhookId: number | null
  operation: AdyenOperation | null
  variant: string | null
}

function paymentChanged(db: QueryCreator<Database>, value: ValueOf<WrittenEvent>) {
  return db
    .updateTable('payments')
    .set((eb) => ({
      status: value('status'),
      version: eb('version', '+', 1),
      result_code: value('resultCode'),
      psp_reference: value('pspReference'),
      wechat_transaction_id: value('wechatTransactionId'),
      openings: value('openings'),
      reversals: value('reversals'),
      payment_data: eb.fn.coalesce('payment_data', value('paymentData')),
      wx_parameters: sql<string | null>`coalesce(${eb.ref('wx_parameters')}, ${value('wxParameters')})`,
      pays_order: value('paysOrder'),
      surplus: value('surplus'),
      updated_at: currentTime,
    }))
    .where('id', '=', value('paymentId'))
    .where('version', '=', value('knownVersion'))
    .returningAll()
}

const eventWritten = prepared<WrittenEvent, PaymentRow>((db, value) =>
  db
    .with('changed', (query) => paymentChanged(query, value))
    .with('entry', (query) =>
      query
        .insertInto('payment_events')
        .columns([
          'payment_id',
          'version',
          'from_status',
          'to_status',
          'source',
          'type',
          'detail',
          'webhook_id',
        ])
        .expression((eb) =>
          eb
            .selectFrom('changed')
            .select([
              'changed.id as payment_id',
              'changed.version',
              value('fromStatus').as('from_status'),
              'changed.status as to_status',
              value('source').as('source'),
              value('type').as('type'),
              value('detail').as('detail'),
              value('webhookId').as('webhook_id'),
            ]),
        ),
    )
    .with('paid', (query) =>
      query
        .updateTable('orders')
        .set({ status: 'paid', paid_at: currentTime })
        .from('changed')
        .whereRef('orders.id', '=', 'changed.order_id')
        .where(sql<boolean>`${value('paysNow')}::boolean`),
    )
    .with('ended', (query) =>
      query
        .updateTable('adyen_calls')
        .set({ answered_at: currentTime })
        .from('changed')
        .whereRef('payment_id', '=', 'changed.id')
        .where('operation', '=', value('operation'))
        .where('variant', '=', value('variant'))
        .where(isUnanswered),
    )
    .selectFrom('changed')
    .selectAll(),
)

const statusOfOrder = prepared<{ orderId: string }, Pick<OrderRow, 'status'>>((db, value) =>
  db.selectFrom('orders').select('status').where('id', '=', value('orderId')),
)

type PaymentFacts = Partial<
  Pick<
    PaymentRow,
    'result_code' | 'psp_reference' | 'wechat_transaction_id' | 'payment_data' | 'openings' | 'reversals'
  >
> & {
  /** As JSON. */
  readonly wx_parameters?: string
}

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

/** The event as recorded: without paymentData, and without the parameters that open the cashier. */
function toDetail(event: PaymentEvent): Record<string, unknown> {
  const { type: _, ...facts } = event
  if ('parameters' in facts) return { result: { resultCode: facts.result.resultCode }, answer: facts.answer }
  if (!('result' in facts)) return facts
  const { paymentData: __, ...result } = facts.result
  return { ...facts, result }
}
