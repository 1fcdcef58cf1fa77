import { NotificationItem, type SignedItem } from '@tael/adyen'
import { Check } from '@sinclair/typebox/value'
import type { Trx } from '../db/database.ts'
import { applyEvent } from '../payments/apply.ts'
import { lockPayment } from '../payments/store.ts'
import type { PaymentEvent } from '../payments/transition.ts'
import type { PaymentRow } from '../payments/view.ts'
import { changeRefund, type RefundNews } from '../refunds/change.ts'
import type { Applied } from './inbox.ts'

/**
 * Applies one authentic item to the payment it is about. Of another merchant account or another system's payment:
 * foreign. Of a kind that changes no payment: stored. Contradicting what we know: attention, and nothing changes.
 */
export async function applyItem(
  trx: Trx,
  merchantAccount: string,
  webhookId: number,
  item: SignedItem,
): Promise<Applied> {
  if (!Check(NotificationItem, item)) {
    return { state: 'attention', attention: 'the item is not in the shape of a standard webhook' }
  }
  if (item.merchantAccountCode !== merchantAccount) return { state: 'foreign' }
  const news = refundNews(item)
  if (news !== undefined) {
    const refundId = await findRefund(trx, item)
    if (refundId !== undefined) {
      await changeRefund(trx, refundId, news, { source: 'webhook', webhookId })
      return { state: 'applied' }
    }
  }
  const event = eventOf(item)
  if (event === undefined) return { state: (await isForeign(trx, item)) ? 'foreign' : 'stored' }
  const locked = await lockPayment(trx, item.merchantReference)
  if (locked === undefined) return { state: 'foreign' }
  const contradiction = contradicts(item, locked.payment)
  if (contradiction !== undefined) return { state: 'attention', attention: contradiction }
  await applyEvent(trx, locked, event, { source: 'webhook', webhookId })
  return { state: 'applied' }
}

/** What an item says of a refund (Webhooks v1). Undefined: it is about none. */
function refundNews({ eventCode, success, pspReference }: NotificationItem): RefundNews | undefined {
  if (eventCode === 'REFUND') return { to: success === 'true' ? 'refunded' : 'failed', pspReference }
  return eventCode === 'REFUND_FAILED' || eventCode === 'REFUNDED_REVERSED' ? { to: 'failed' } : undefined
}

/** Our refund that an item names: by the id Adyen gave it, or by our reference where Adyen repeats that. */
async function findRefund(trx: Trx, item: NotificationItem): Promise<string | undefined> {
  const { pspReference, merchantReference } = item
  const found = await trx
    .selectFrom('refunds')
    .select('id')
    .where((eb) => eb.or([eb('id', '=', merchantReference), eb('psp_reference', '=', pspReference)]))
    .limit(1)
    .executeTakeFirst()
  return found?.id
}

/** What an item means to its payment (Webhooks v1). Undefined: kept, and nothing follows from it. */
function eventOf({ eventCode, success, pspReference, reason }: NotificationItem): PaymentEvent | undefined {
  if (eventCode === 'AUTHORISATION') {
    return { type: 'authorisation', success: success === 'true', pspReference, reason: reason ?? '' }
  }
  return eventCode === 'OFFER_CLOSED' ? { type: 'offer_closed' } : undefined
}

/**
 * Whether an item that changes nothing is about a payment that is not ours. It names one by our reference or by the
 * pspReference of the payment it modifies; a report names none.
 */
async function isForeign(
  trx: Trx,
  { merchantReference, originalReference }: NotificationItem,
): Promise<boolean> {
  const original = originalReference ?? ''
  if (merchantReference === '' && original === '') return false
  const ours = await trx
    .selectFrom('payments')
    .select('id')
    .where((eb) => eb.or([eb('id', '=', merchantReference), eb('psp_reference', '=', original)]))
    .limit(1)
    .executeTakeFirst()
  return ours === undefined
}

function contradicts(item: NotificationItem, payment: PaymentRow): string | undefined {
  const { amount, eventCode, pspReference, success } = item
  if (amount.currency !== payment.currency || amount.value !== payment.value) {
    return `the amount is ${amount.value} ${amount.currency}, the payment's is ${payment.value} ${payment.currency}`
  }
  const another = payment.psp_reference !== null && payment.psp_reference !== pspReference
  // An offer closes one payment of Adyen's: another one under our reference must not end this attempt.
  if (another && eventCode === 'OFFER_CLOSED') {
    return `the offer is of ${pspReference}, the payment is ${payment.psp_reference}`
  }
  // Adyen took money twice under one reference: the second is nobody's, and a person must send it back.
  if (another && eventCode === 'AUTHORISATION' && success === 'true' && payment.status === 'authorised') {
    return `${pspReference} was authorised too, the payment was paid by ${payment.psp_reference}`
  }
  return undefined
}
