import { NotificationItem, type SignedItem } from '@tael/adyen'
import { Check } from '@sinclair/typebox/value'
import { wechatTransactionIdOf } from '../adyen/transaction-id.ts'
import type { AdyenConfig } from '../config.ts'
import { describeAmount } from '../db/amount.ts'
import { isIdForm } from '../db/ids.ts'
import type { PaymentRow, RefundRow } from '../db/rows.ts'
import type { WebhookState } from '../db/tables.ts'
import { applyEvent } from '../ledger/apply-event.ts'
import { changeRefund, insertExternalRefund } from '../ledger/change-refund.ts'
import { type LockedPayment, lockPayment } from '../ledger/lock.ts'
import type { PaymentEvent } from '../ledger/transition.ts'
import type { Cause, UnitOfWork } from '../ledger/unit-of-work.ts'
import { eventDateOf } from './event-date.ts'
import { type Meaning, meaningOf } from './meaning.ts'

/** The settings that decide how an item is read. */
export type ItemSettings = Pick<AdyenConfig, 'merchantAccount' | 'transactionIdField'>

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
}

/** The id of the stored item, and whether it was applied before. */
export interface StoredItem {
  readonly webhookId: number
  readonly replayed: boolean
}

/**
 * Applies one authentic item to the payment it is about. The state is `foreign` for another
 * merchant account or another system's payment (but `attention` for money of one that has the form
 * of ours), `stored` for a kind that changes no payment,
 * `attention` for a contradiction with what is known, where nothing changes. Throws where the item
 * can only be applied later, `NotYetApplicable` where that is expected.
 */
export async function applyItem(
  unit: UnitOfWork,
  { merchantAccount, transactionIdField }: ItemSettings,
  { webhookId, replayed }: StoredItem,
  item: SignedItem,
): Promise<Applied> {
  if (!Check(NotificationItem, item)) {
    return { state: 'attention', attention: 'the item is not in the shape of a standard webhook' }
  }
  if (item.merchantAccountCode !== merchantAccount) return { state: 'foreign' }
  const meaning = meaningOf(item)
  const paymentId = await findPaymentId(unit, item, meaning)
  if (meaning.about === 'nothing')
    return { state: paymentId === undefined && namesPayment(item) ? 'foreign' : 'stored' }
  const locked = paymentId === undefined ? undefined : await lockPayment(unit.trx, paymentId)
  if (locked === undefined) return readUnknown(item, meaning)
  const refund = meaning.refund === undefined ? undefined : await findRefund(unit, locked.payment, item)
  const contradiction =
    findContradiction(item, meaning, locked.payment) ?? findRefundContradiction(item, refund)
  if (contradiction !== undefined) return { state: 'attention', attention: contradiction }

  const cause: Cause = { source: 'webhook', webhookId, replayed, eventDate: eventDateOf(item) }
  const { event } = meaning
  const after =
    event === undefined
      ? locked
      : await applyEvent(unit, locked, withTransactionId(event, item, transactionIdField), cause)
  const failedRefundId =
    meaning.refund === undefined
      ? undefined
      : await updateRefund(unit, locked, item, meaning.refund, refund, cause)
  const isReversed = !replayed && event !== undefined && reverses(event, locked.payment, after.payment)
  if (failedRefundId === undefined && !isReversed) return { state: 'applied' }
  const alarm = {
    paymentId: locked.payment.id,
    ...(failedRefundId === undefined ? {} : { refundId: failedRefundId }),
    reason: `${item.eventCode} of ${describeAmount(item.amount)}: ${item.reason ?? ''}`,
  }
  return { state: 'applied', alarm }
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
  const { amount, merchantReference } = item
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
  return merchantReference !== '' || (originalReference ?? '') !== ''
}

/**
 * The id of the payment that an item is about. An item about a payment names it by our reference;
 * an item about a modification by ours, by our refund's, or by Adyen's reference of the payment
 * (Webhooks v1; Adyen's examples differ).
 */
async function findPaymentId(
  { trx }: UnitOfWork,
  { merchantReference, originalReference, pspReference }: NotificationItem,
  { about }: Meaning,
): Promise<string | undefined> {
  if (about === 'payment') return merchantReference
  const found = await trx
    .selectFrom('payments')
    .select('id')
    .where('id', '=', merchantReference)
    .unionAll(trx.selectFrom('refunds').select('payment_id as id').where('id', '=', merchantReference))
    .unionAll(
      trx
        .selectFrom('payments')
        .select('id')
        .where('psp_reference', '=', originalReference ?? ''),
    )
    .unionAll(trx.selectFrom('refunds').select('payment_id as id').where('psp_reference', '=', pspReference))
    .limit(1)
    .executeTakeFirst()
  return found?.id
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

/**
 * Updates a refund of ours, or one that was made in Adyen's Customer Area. Returns its id where it
 * has failed by this update.
 */
async function updateRefund(
  unit: UnitOfWork,
  locked: LockedPayment,
  item: NotificationItem,
  status: 'refunded' | 'failed',
  ours: RefundRow | undefined,
  cause: Cause,
): Promise<string | undefined> {
  const { amount, eventCode, pspReference } = item
  const refundId = ours?.id ?? (await insertExternalRefund(unit.trx, locked.payment, amount, pspReference))
  const webhook = { eventCode, eventDate: eventDateOf(item) }
  const { failed } = await changeRefund(unit, locked, refundId, { status, pspReference, webhook }, cause)
  return failed ? refundId : undefined
}

/** A reversal has the amount of the payment; every other item has the amount of its refund. */
function findRefundContradiction(
  { amount, eventCode }: NotificationItem,
  refund: RefundRow | undefined,
): string | undefined {
  if (refund === undefined || refund.reversed_at !== null || eventCode === 'CANCEL_OR_REFUND')
    return undefined
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
