import { NotificationItem, type SignedItem } from '@tael/adyen'
import { Check } from '@sinclair/typebox/value'
import { newId } from '../db/ids.ts'
import { applyEvent, type Books, type Cause } from '../payments/apply.ts'
import { type LockedPayment, lockPayment } from '../payments/store.ts'
import { wechatTransactionIdOf } from '../payments/transaction-id.ts'
import type { PaymentEvent } from '../payments/transition.ts'
import type { PaymentRow } from '../payments/view.ts'
import { changeRefund, type RefundRow } from '../refunds/change.ts'
import { eventDateOf } from './event-date.ts'
import type { Applied } from './inbox.ts'
import { type Meaning, meaningOf } from './meaning.ts'

/** What of the configuration decides how an item is read. */
export interface ItemReading {
  readonly merchantAccount: string
  readonly transactionIdField: string | undefined
}

/** What an item says cannot be told before something else is known, which may take days. */
export class NotYet extends Error {
  override readonly name = 'NotYet'
}

/** The stored item that is applied, and whether it is applied once more. */
export interface AppliedAs {
  readonly webhookId: number
  readonly replayed: boolean
}

/**
 * Applies one authentic item to the payment it is about. Of another merchant account or another system's payment:
 * foreign. Of a kind that changes no payment: stored. Contradicting what we know: attention, and nothing changes.
 * Throws where it can only be applied later, `NotYet` where that is nobody's fault.
 */
export async function applyItem(
  books: Books,
  { merchantAccount, transactionIdField }: ItemReading,
  { webhookId, replayed }: AppliedAs,
  item: SignedItem,
): Promise<Applied> {
  if (!Check(NotificationItem, item)) {
    return { state: 'attention', attention: 'the item is not in the shape of a standard webhook' }
  }
  if (item.merchantAccountCode !== merchantAccount) return { state: 'foreign' }
  const meaning = meaningOf(item)
  const paymentId = await findPaymentId(books, item, meaning)
  if (meaning.about === 'nothing')
    return { state: paymentId === undefined && isAboutOne(item) ? 'foreign' : 'stored' }
  const locked = paymentId === undefined ? undefined : await lockPayment(books.trx, paymentId)
  if (locked === undefined) return { state: 'foreign' }
  const refund = meaning.refund === undefined ? undefined : await findRefund(books, locked.payment, item)
  const contradiction = contradicts(item, meaning, locked.payment) ?? contradictsRefund(item, refund)
  if (contradiction !== undefined) return { state: 'attention', attention: contradiction }

  const cause: Cause = { source: 'webhook', webhookId, replayed, eventDate: eventDateOf(item) }
  const { event } = meaning
  if (event !== undefined)
    await applyEvent(books, locked, withTransactionId(event, item, transactionIdField), cause)
  if (meaning.refund !== undefined) await applyRefundNews(books, locked, item, meaning.refund, refund, cause)
  return { state: 'applied' }
}

/** An authorisation with WeChat's number of the payment, where the item tells it. */
function withTransactionId(
  event: PaymentEvent,
  item: NotificationItem,
  field: string | undefined,
): PaymentEvent {
  return event.type === 'authorisation' ? { ...event, ...wechatTransactionIdOf(item, field) } : event
}

/** Whether an item is about a payment at all: a report names none. */
function isAboutOne({ merchantReference, originalReference }: NotificationItem): boolean {
  return merchantReference !== '' || (originalReference ?? '') !== ''
}

/**
 * Our payment that an item is about. One about a payment names it by our reference; one about a modification by ours, by our
 * refund's, or by Adyen's reference of the payment (Webhooks v1; Adyen's examples differ).
 */
async function findPaymentId(
  { trx }: Books,
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
 * The refund of ours that an item names, by our reference or Adyen's. Undefined: it was made in the Customer Area. Throws
 * where it may be one whose answer, and with it Adyen's reference, is still out.
 */
async function findRefund(
  { trx }: Books,
  payment: PaymentRow,
  { eventCode, merchantReference, pspReference, amount }: NotificationItem,
): Promise<RefundRow | undefined> {
  const refunds = await trx.selectFrom('refunds').selectAll().where('payment_id', '=', payment.id).execute()
  const named =
    refunds.find(({ id }) => id === merchantReference) ??
    refunds.find(({ psp_reference }) => psp_reference === pspReference)
  if (named !== undefined) return named
  // Ours are asked for by their amount: what names none of ours and gives back the rest was made by hand.
  const isOurs = (one: RefundRow): boolean => !isAnswered(one) && one.value === amount.value
  if (eventCode !== 'CANCEL_OR_REFUND' && refunds.some(isOurs)) {
    throw new NotYet('it may be about a refund whose answer is still out')
  }
  return undefined
}

/** News of a refund of ours, or of one that was made in Adyen's Customer Area. */
async function applyRefundNews(
  books: Books,
  locked: LockedPayment,
  item: NotificationItem,
  to: 'refunded' | 'failed',
  ours: RefundRow | undefined,
  cause: Cause,
): Promise<void> {
  const { eventCode, pspReference } = item
  const refundId = ours?.id ?? (await insertExternalRefund(books, locked.payment, item))
  const webhook = { eventCode, eventDate: eventDateOf(item) }
  await changeRefund(books, locked, refundId, { to, pspReference, webhook }, cause)
}

/** A reversal names the whole payment; everything else names what the refund gives back. */
function contradictsRefund(
  { amount, eventCode }: NotificationItem,
  refund: RefundRow | undefined,
): string | undefined {
  if (refund === undefined || refund.reversed_at !== null || eventCode === 'CANCEL_OR_REFUND')
    return undefined
  if (amount.currency === refund.currency && amount.value === refund.value) return undefined
  return `the amount is ${amount.value} ${amount.currency}, the refund's is ${refund.value} ${refund.currency}`
}

/** The row of a refund that was made in the Customer Area: nothing goes back by it until the news of it is applied. */
async function insertExternalRefund(
  { trx }: Books,
  payment: PaymentRow,
  { amount, pspReference }: NotificationItem,
): Promise<string> {
  const id = newId('rf')
  await trx
    .insertInto('refunds')
    .values({
      id,
      payment_id: payment.id,
      currency: amount.currency,
      value: amount.value,
      reason: 'external',
      status: 'failed',
      psp_reference: pspReference,
    })
    .execute()
  return id
}

function contradicts(
  item: NotificationItem,
  { about, event, refund }: Meaning,
  payment: PaymentRow,
): string | undefined {
  const { amount, pspReference } = item
  const differs = amount.currency !== payment.currency || amount.value !== payment.value
  if (about === 'payment' && differs) {
    return `the amount is ${amount.value} ${amount.currency}, the payment's is ${payment.value} ${payment.currency}`
  }
  if (
    refund !== undefined &&
    (amount.currency !== payment.currency || amount.value > payment.value || amount.value < 1)
  ) {
    return `${amount.value} ${amount.currency} cannot go back of ${payment.value} ${payment.currency}`
  }
  const another = payment.psp_reference !== null && payment.psp_reference !== pspReference
  // An offer closes one payment of Adyen's: another one under our reference must not end this attempt.
  if (another && event?.type === 'offer_closed') {
    return `the offer is of ${pspReference}, the payment is ${payment.psp_reference}`
  }
  // Adyen took money twice under one reference: the second is nobody's, and a person must send it back.
  if (another && event?.type === 'authorisation' && event.success && payment.status === 'authorised') {
    return `${pspReference} was authorised too, the payment was paid by ${payment.psp_reference}`
  }
  return undefined
}
