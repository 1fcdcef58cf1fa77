import type { Payment } from '../state/ledger.ts'
import { eventDate, type WebhookItem } from '../state/webhook-queue.ts'
import type { World } from '../state/world.ts'
import { refusalReason } from './shapes.ts'

/** How long after an event its webhook is sent. */
export const WEBHOOK_DELAY_MS = 1_000
const OLDER_FAILURE_MS = 60_000

/** A webhook item about a payment, with the fields that every event has. */
export function webhookItem(
  world: World,
  payment: Payment,
  eventCode: string,
  success: boolean,
): WebhookItem {
  return {
    pspReference: payment.pspReference,
    merchantAccountCode: world.config.merchantAccount,
    merchantReference: payment.merchantReference,
    amount: payment.amount,
    eventCode,
    eventDate: eventDate(world.clock.now()),
    success: success ? 'true' : 'false',
    reason: '',
    // Which name Adyen uses here for a Mini Program payment is unverified; nothing should depend on
    // it.
    paymentMethod: payment.paymentMethod,
    additionalData: merchantOrderOf(payment, eventCode),
  }
}

/**
 * The events whose description (Webhooks v1) has the field; TECHNICAL_CANCEL and OFFER_CLOSED lack
 * it.
 */
const eventsWithMerchantOrder: ReadonlySet<string> = new Set([
  'AUTHORISATION',
  'REFUND',
  'CANCELLATION',
  'CANCEL_OR_REFUND',
])

function merchantOrderOf({ merchantOrderReference }: Payment, eventCode: string): Record<string, string> {
  return merchantOrderReference !== undefined && eventsWithMerchantOrder.has(eventCode)
    ? { merchantOrderReference }
    : {}
}

/**
 * WeChat's transaction id of an authorised payment, in the configured field of `additionalData`.
 */
export function transactionIdData(
  { config }: World,
  { result, transactionId }: Payment,
): Record<string, string> {
  const { transactionIdField: field } = config
  return field === undefined || transactionId === undefined || result !== 'authorised'
    ? {}
    : { [field]: transactionId }
}

/** Records that the money moved and sends the webhook. It overrides any earlier result. */
export function authorise(world: World, payment: Payment): void {
  payment.result = 'authorised'
  const item = webhookItem(world, payment, 'AUTHORISATION', true)
  const additionalData = { ...item.additionalData, ...transactionIdData(world, payment) }
  const success = { ...item, additionalData, operations: ['REFUND'] }
  const { webhook } = payment.scenario
  world.clock.after(WEBHOOK_DELAY_MS, () => {
    world.webhooks.send(success, webhook === 'lost_twice' ? 2 : 0)
    if (webhook === 'duplicate') world.webhooks.send(success)
    if (webhook === 'older_failure') {
      world.webhooks.send({
        ...webhookItem(world, payment, 'AUTHORISATION', false),
        eventDate: eventDate(world.clock.now() - OLDER_FAILURE_MS),
        reason: refusalReason('refused'),
      })
    }
  })
}

/** Records that no money moved and sends the webhook. */
export function fail(world: World, payment: Payment, result: 'refused' | 'error'): void {
  payment.result = result
  const item = { ...webhookItem(world, payment, 'AUTHORISATION', false), reason: refusalReason(result) }
  world.clock.after(WEBHOOK_DELAY_MS, () => {
    world.webhooks.send(item)
  })
}

/**
 * Closes the offer of a cashier that closed unpaid. Adyen's plugins wait for the webhook after a
 * shopper's cancel (Adyen/adyen-magento2#719).
 */
export function closeOffer(world: World, payment: Payment, result: 'cancelled' | 'refused'): void {
  payment.result = result
  const item = webhookItem(world, payment, 'OFFER_CLOSED', true)
  world.clock.after(WEBHOOK_DELAY_MS, () => {
    world.webhooks.send(item)
  })
}

/** Closes the offer if nobody has paid by the end of the prepay_id's lifetime. */
export function expire(world: World, payment: Payment): void {
  if (payment.result !== 'open' || payment.paidAt !== undefined) return
  payment.result = 'expired'
  world.webhooks.send(webhookItem(world, payment, 'OFFER_CLOSED', true))
}
