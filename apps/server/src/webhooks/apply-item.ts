import {
  isAdyenAddress,
  type NotificationItem,
  readItem,
  REPORT_AVAILABLE,
  type SignedItem,
  unreadableField,
} from '@tael/adyen'
import { wechatTransactionIdOf } from '../adyen/transaction-id.ts'
import type { AdyenConfig } from '../config.ts'
import { describeAmount } from '../db/amount.ts'
import type { Trx } from '../db/database.ts'
import { inOneFlight } from '../db/flight.ts'
import { isIdForm } from '../db/ids.ts'
import type { PaymentRow, RefundRow } from '../db/rows.ts'
import type { WebhookState } from '../db/tables.ts'
import { applyEvent, type EventPlace } from '../ledger/apply-event.ts'
import { changeRefund, insertExternalRefund } from '../ledger/change-refund.ts'
import { type LockedPayment, lockPayment, paymentToLock, splitLocked } from '../ledger/lock.ts'
import { failedAfterSuccess } from '../ledger/reversals.ts'
import type { PaymentEvent } from '../ledger/transition.ts'
import type { Cause, UnitOfWork } from '../ledger/unit-of-work.ts'
import { type Meaning, meaningOf, reasonOf } from './meaning.ts'
import { linkToPayment } from './trace-item.ts'
import { type WaitingItem, waitingItemsToLock } from './waiting-items.ts'

/** The settings that decide how an item is read. */
export type ItemSettings = Pick<AdyenConfig, 'merchantAccount' | 'transactionIdField' | 'reports'>

/** The item cannot be applied until something else is known, which may take days. */
export class NotYetApplicable extends Error {
  override readonly name = 'NotYetApplicable'
}

/** The result of applying an item: its state, and what an operator must know. */
export interface Applied {
  readonly state: WebhookState
  /** Why it needs attention. */
  readonly attention?: string
  /** Money that did not move as intended: the payment or refund, and what happened. */
  readonly alarm?: { readonly paymentId: string; readonly refundId?: string; readonly reason: string }
  /** The payment that this item reports as paid. */
  readonly paid?: Paid
}

/** A payment that is paid, and what came before its money. */
export interface Paid {
  readonly paymentId: string
  readonly waiting: readonly WaitingItem[]
}

/**
 * The id of the stored item, its time, and whether it was applied before. `cancelled`: it cancelled
 * the attempt, whose money is reported now, so it is applied as the refund that it may have been.
 */
export interface StoredItem {
  readonly webhookId: number
  readonly at: Date
  readonly replayed: boolean
  readonly cancelled?: boolean
}

/**
 * Applies one authentic item to the payment it is about. The state is `foreign` for another
 * merchant account or another system's payment (but `attention` for money of one that has the form
 * of ours), `stored` for what changes no payment, `attention` for a contradiction with what is
 * known, where nothing changes. Throws where the item can only be applied later, `NotYetApplicable`
 * where that is expected. The `last` of its transaction commits with its event, unless more follows from it.
 */
export async function applyItem(
  unit: UnitOfWork,
  settings: ItemSettings,
  stored: StoredItem,
  signedItem: SignedItem,
  place: EventPlace,
): Promise<Applied> {
  const { merchantAccount, transactionIdField } = settings
  const item = readItem(signedItem)
  if (item === undefined) {
    const field = unreadableField(signedItem)
    return { state: 'attention', attention: `it is not in the form of a standard webhook: ${field}` }
  }
  if (item.merchantAccountCode !== merchantAccount) return { state: 'foreign' }
  if (item.eventCode === REPORT_AVAILABLE) {
    const attention = await announceReport(unit, settings, stored, item)
    if (attention !== undefined) return { state: 'attention', attention }
  }
  const meaning = meaningOf(item)
  const paymentId = await findPaymentId(unit, item, meaning)
  if (meaning.about === 'nothing')
    return { state: paymentId === undefined && namesPayment(item) ? 'foreign' : 'stored' }
  const found =
    paymentId === undefined ? undefined : await lockWithWaiting(unit.trx, paymentId, item, meaning, stored)
  if (found === undefined) return readUnknown(item, meaning)
  const { locked, waiting } = found
  await linkToPayment(unit.trx, locked.payment.id)
  return applyToPayment(unit, locked, { item, meaning, stored, transactionIdField, waiting, place })
}

/** Locks a payment, and where an item reports its money, what came before that. */
async function lockWithWaiting(
  trx: Trx,
  paymentId: string,
  { pspReference }: NotificationItem,
  { event }: Meaning,
  { replayed }: StoredItem,
): Promise<{ readonly locked: LockedPayment; readonly waiting?: readonly WaitingItem[] } | undefined> {
  // One that was applied before released them then.
  if (replayed || event?.type !== 'authorisation' || !event.success) {
    const locked = await lockPayment(trx, paymentId)
    return locked && { locked }
  }
  const [[row], waiting] = await inOneFlight(
    trx,
    paymentToLock({ paymentId }),
    // In this order: whoever stores one now waits for the payment, and will find its money.
    waitingItemsToLock({ paymentId, pspReference }),
  )
  return row && { locked: splitLocked(row), waiting }
}

/** A Settlement details report by its file (docs.adyen.com, Settlement details report). */
const SETTLEMENT_FILE = /^settlement_detail_report_batch_\d+\.csv$/

/**
 * Enqueues the download of a settlement report, where a key is configured. Any other report is only stored. Returns why it
 * needs attention: its address is not at Adyen, or not where the key may be sent.
 */
async function announceReport(
  { trx, jobs }: UnitOfWork,
  { reports }: ItemSettings,
  { webhookId }: StoredItem,
  { pspReference: file, reason }: NotificationItem,
): Promise<string | undefined> {
  if (reason === undefined) return undefined
  const url = typeof reason === 'string' ? URL.parse(reason) : null
  const isAtOrigin = reports !== undefined && url?.origin === reports.origin
  if (!isAtOrigin && !isAdyenAddress(reason)) return "the address of the report is not one of Adyen's"
  if (reports === undefined || !SETTLEMENT_FILE.test(file)) return undefined
  if (!isAtOrigin) return `the report is not at ${reports.origin}: download it by hand`
  await jobs.send(trx, 'fetch-report', { webhookId }, 0, String(webhookId))
  return undefined
}

interface ReadItem {
  readonly item: NotificationItem
  readonly meaning: Meaning
  readonly stored: StoredItem
  readonly transactionIdField: string | undefined
  readonly waiting?: readonly WaitingItem[] | undefined
  readonly place: EventPlace
}

async function applyToPayment(
  unit: UnitOfWork,
  locked: LockedPayment,
  { item, meaning, stored, transactionIdField, waiting, place }: ReadItem,
): Promise<Applied> {
  const { payment } = locked
  const { webhookId, replayed, at, cancelled = false } = stored
  // Each item causes one event: the cancel was this one's.
  const cause: Cause = cancelled ? { source: 'adyen' } : { source: 'webhook', webhookId, replayed }
  const isPaid = payment.status === 'authorised'
  if (meaning.refund !== undefined && !isPaid && meaning.unpaid !== undefined) {
    await applyEvent(unit, locked, meaning.unpaid, cause)
    return { state: 'applied' }
  }
  const refund = meaning.refund === undefined ? undefined : await findRefund(unit, payment, item)
  if (meaning.refund === 'failed' && refund === undefined && !couldRefund(item, payment))
    return { state: 'stored' }
  const contradiction =
    findContradiction(item, meaning, payment) ??
    (replayed ? undefined : findRefundContradiction(item, meaning, refund))
  if (contradiction !== undefined) return { state: 'attention', attention: contradiction }
  if (meaning.refund !== undefined && !isPaid) {
    throw new NotYetApplicable('it is about a refund of a payment that has taken no money')
  }

  const { event } = meaning
  const isLast = place === 'last' && meaning.refund === undefined && (waiting ?? []).length === 0
  const after =
    event === undefined
      ? locked
      : await applyEvent(
          unit,
          locked,
          withTransactionId(event, item, transactionIdField),
          cause,
          isLast ? 'last' : 'before others',
        )
  const failedRefundId =
    meaning.refund === undefined
      ? undefined
      : await updateRefund(unit, locked, { item, status: meaning.refund, ours: refund, at }, cause)
  const paid = waiting === undefined ? {} : { paid: { paymentId: payment.id, waiting } }
  const isReversed = !replayed && event !== undefined && reverses(event, payment, after.payment)
  if (failedRefundId === undefined && !isReversed) return { state: 'applied', ...paid }
  const alarm = {
    paymentId: payment.id,
    ...(failedRefundId === undefined ? {} : { refundId: failedRefundId }),
    reason: `${item.eventCode} of ${describeAmount(item.amount)}: ${reasonOf(item)}`,
  }
  return { state: 'applied', alarm, ...paid }
}

/**
 * Whether an event takes money of a payment back, or may: it is a reversal, it cancels a paid
 * payment, or it pays one that was reversed before.
 */
function reverses(event: PaymentEvent, before: PaymentRow, after: PaymentRow): boolean {
  if (event.type === 'reversal') return true
  if (after.status !== 'authorised' || after.reversals.length === 0) return false
  return before.status !== 'authorised' || (event.type === 'cancellation' && event.success)
}

/**
 * An item about a payment that the database does not have. Where its reference has the form of ours
 * and money moved, a payment was lost: a backup was restored, or another installation uses the
 * merchant account.
 */
function readUnknown(item: NotificationItem, { event, refund }: Meaning): Applied {
  const { amount, merchantReference = '' } = item
  const isOurs = isIdForm('pay', merchantReference) || isIdForm('rf', merchantReference)
  const isMoney =
    refund !== undefined ||
    event?.type === 'reversal' ||
    ((event?.type === 'authorisation' || event?.type === 'cancellation') && event.success)
  if (!isOurs || !isMoney) return { state: 'foreign' }
  return {
    state: 'attention',
    attention: `${describeAmount(amount)} of ${merchantReference}, which this database does not have`,
  }
}

/** An authorisation with WeChat's transaction id of the payment, where the item has it. */
function withTransactionId(
  event: PaymentEvent,
  item: NotificationItem,
  field: string | undefined,
): PaymentEvent {
  return event.type === 'authorisation' ? { ...event, ...wechatTransactionIdOf(item, field) } : event
}

/** Whether an item names a payment: a report does not. */
function namesPayment({ merchantReference, originalReference }: NotificationItem): boolean {
  return merchantReference !== undefined || originalReference !== undefined
}

/**
 * The id of the payment that an item is about. An item about a payment names it by our reference;
 * an item about a modification by ours, by our refund's, or by Adyen's reference of the payment
 * (Webhooks v1; Adyen's examples differ). Without ours, Adyen's reference names it.
 */
async function findPaymentId(
  { trx }: UnitOfWork,
  { merchantReference, originalReference, pspReference }: NotificationItem,
  { about }: Meaning,
): Promise<string | undefined> {
  if (about === 'payment' && merchantReference !== undefined) return merchantReference
  const ours = merchantReference ?? null
  const paymentOf = about === 'payment' ? pspReference : (originalReference ?? null)
  const found = await trx
    .selectFrom('payments')
    .select('id')
    .where('id', '=', ours)
    .unionAll(trx.selectFrom('refunds').select('payment_id as id').where('id', '=', ours))
    .unionAll(trx.selectFrom('payments').select('id').where('psp_reference', '=', paymentOf))
    .unionAll(trx.selectFrom('refunds').select('payment_id as id').where('psp_reference', '=', pspReference))
    .limit(1)
    .executeTakeFirst()
  return found?.id
}

/**
 * Whether this much can be refunded of the payment as it is. A request that Adyen refused for this
 * reason moved nothing.
 */
function couldRefund({ amount, eventCode }: NotificationItem, payment: PaymentRow): boolean {
  const isWithin = amount.currency === payment.currency && amount.value <= payment.value && amount.value >= 1
  return isWithin && (payment.status === 'authorised' || failedAfterSuccess.has(eventCode))
}

function isAnswered({ status, psp_reference }: RefundRow): boolean {
  return status !== 'requested' || psp_reference !== null
}

/**
 * The refund of ours that an item names, by our reference or Adyen's. Undefined: it was made in the
 * Customer Area. Throws where it may be one whose answer, and with it Adyen's reference, is
 * missing.
 */
async function findRefund(
  { trx }: UnitOfWork,
  payment: PaymentRow,
  { eventCode, merchantReference, pspReference, amount }: NotificationItem,
): Promise<RefundRow | undefined> {
  const refunds = await trx.selectFrom('refunds').selectAll().where('payment_id', '=', payment.id).execute()
  const named =
    refunds.find(({ id }) => id === merchantReference) ??
    refunds.find(({ psp_reference }) => psp_reference === pspReference)
  if (named !== undefined) return named
  // A refund of ours has the amount that we requested: any other was made in the Customer Area. A
  // CANCEL_OR_REFUND always was.
  const isOurs = (one: RefundRow): boolean => !isAnswered(one) && one.value === amount.value
  if (eventCode !== 'CANCEL_OR_REFUND' && refunds.some(isOurs)) {
    throw new NotYetApplicable('it may be about a refund that Adyen has not answered yet')
  }
  return undefined
}

interface RefundReport {
  readonly item: NotificationItem
  readonly status: 'refunded' | 'failed'
  /** Undefined: it was made in Adyen's Customer Area. */
  readonly ours: RefundRow | undefined
  readonly at: Date
}

/** Updates a refund. Returns its id where it has failed by this update. */
async function updateRefund(
  unit: UnitOfWork,
  locked: LockedPayment,
  { item, status, ours, at }: RefundReport,
  cause: Cause,
): Promise<string | undefined> {
  const { amount, eventCode, pspReference } = item
  const refundId = ours?.id ?? (await insertExternalRefund(unit.trx, locked.payment, amount, pspReference))
  const webhook = { eventCode, eventDate: at }
  const { failed } = await changeRefund(unit, locked, refundId, { status, pspReference, webhook }, cause)
  return failed ? refundId : undefined
}

/**
 * A reversal has the amount of the payment; every other item has the amount of its refund. A refund
 * that was made may fail afterwards, but its request is not refused any more.
 */
function findRefundContradiction(
  { amount, eventCode }: NotificationItem,
  { refund: reported }: Meaning,
  refund: RefundRow | undefined,
): string | undefined {
  if (refund === undefined) return undefined
  if (reported === 'failed' && refund.status === 'refunded' && !failedAfterSuccess.has(eventCode))
    return 'Adyen reported that this refund was made, and that it was refused: see which in the Customer Area'
  if (refund.reversed_at !== null || eventCode === 'CANCEL_OR_REFUND') return undefined
  if (amount.currency === refund.currency && amount.value === refund.value) return undefined
  return `the amount is ${describeAmount(amount)}, the refund's is ${describeAmount(refund)}`
}

function findContradiction(
  item: NotificationItem,
  { about, event, refund }: Meaning,
  payment: PaymentRow,
): string | undefined {
  const { amount, pspReference } = item
  const differs = amount.currency !== payment.currency || amount.value !== payment.value
  if (about === 'payment' && differs) {
    return `the amount is ${describeAmount(amount)}, the payment's is ${describeAmount(payment)}`
  }
  if (
    refund !== undefined &&
    (amount.currency !== payment.currency || amount.value > payment.value || amount.value < 1)
  ) {
    return `${describeAmount(amount)} cannot be refunded of a payment of ${describeAmount(payment)}`
  }
  const another = payment.psp_reference !== null && payment.psp_reference !== pspReference
  // The item closes another payment under our reference: it must not close this attempt.
  if (another && event?.type === 'offer_closed') {
    return `the closed offer is ${pspReference}, the payment is ${payment.psp_reference}`
  }
  // Adyen took money twice under one reference: an operator must return the second payment.
  if (another && event?.type === 'authorisation' && event.success && payment.status === 'authorised') {
    return `${pspReference} was authorised too, the payment is ${payment.psp_reference}`
  }
  return undefined
}
