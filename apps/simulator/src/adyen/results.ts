import type { World } from '../world.ts'
import type { Payment } from '../ledger.ts'
import { type Event, eventDate } from '../webhooks.ts'
import { refusalReason } from './shapes.ts'

/** How long after the fact a webhook leaves Adyen. */
export const WEBHOOK_DELAY_MS = 1_000
const OLDER_FAILURE_MS = 60_000

/** What every webhook about a payment says alike. */
export function eventOf(world: World, payment: Payment, eventCode: string, success: boolean): Event {
  return {
    pspReference: payment.pspReference,
    merchantAccountCode: world.config.merchantAccount,
    merchantReference: payment.merchantReference,
    amount: payment.amount,
    eventCode,
    eventDate: eventDate(world.clock.now()),
    success: success ? 'true' : 'false',
    reason: '',
    // Which name Adyen uses here for a Mini Program payment is unverified; nobody should depend on it.
    paymentMethod: 'wechatpayMiniProgram',
    additionalData: merchantOrder(payment, eventCode),
  }
}

/** The events whose description (Webhooks v1) has the field; TECHNICAL_CANCEL and OFFER_CLOSED lack it. */
const namesMerchantOrder: ReadonlySet<string> = new Set([
  'AUTHORISATION',
  'REFUND',
  'CANCELLATION',
  'CANCEL_OR_REFUND',
])

function merchantOrder({ merchantOrderReference }: Payment, eventCode: string): Record<string, string> {
  return merchantOrderReference !== undefined && namesMerchantOrder.has(eventCode)
    ? { merchantOrderReference }
    : {}
}

/** WeChat's number of a payment that Adyen knows is paid, in the field that the simulator was told to put it. */
export function transactionIdIn(
  { config }: World,
  { result, transactionId }: Payment,
): Record<string, string> {
  const { transactionIdField: field } = config
  return field === undefined || transactionId === undefined || result !== 'authorised'
    ? {}
    : { [field]: transactionId }
}

/** Adyen learns that the money moved, and tells the merchant. It wins over whatever Adyen believed before. */
export function authorise(world: World, payment: Payment): void {
  payment.result = 'authorised'
  const told = eventOf(world, payment, 'AUTHORISATION', true)
  const additionalData = { ...told.additionalData, ...transactionIdIn(world, payment) }
  const event = { ...told, additionalData, operations: ['REFUND'] }
  const { webhook } = payment.scenario
  world.clock.after(WEBHOOK_DELAY_MS, () => {
    world.webhooks.send(event, webhook === 'lost_twice' ? 2 : 0)
    if (webhook === 'duplicate') world.webhooks.send(event)
    if (webhook === 'older_failure') {
      world.webhooks.send({
        ...eventOf(world, payment, 'AUTHORISATION', false),
        eventDate: eventDate(world.clock.now() - OLDER_FAILURE_MS),
        reason: refusalReason('refused'),
      })
    }
  })
}

/** Adyen learns that WeChat took no money, and tells the merchant. */
export function fail(world: World, payment: Payment, result: 'refused' | 'error'): void {
  payment.result = result
  const event = { ...eventOf(world, payment, 'AUTHORISATION', false), reason: refusalReason(result) }
  world.clock.after(WEBHOOK_DELAY_MS, () => {
    world.webhooks.send(event)
  })
}

/** The prepay_id lived its two hours and nobody paid: the offer is closed. */
export function expire(world: World, payment: Payment): void {
  if (payment.result !== 'open' || payment.paidAt !== undefined) return
  payment.result = 'expired'
  world.webhooks.send(eventOf(world, payment, 'OFFER_CLOSED', true))
}
