import type { NotificationItem } from '@tael/adyen'
import { plainText } from '../external-text.ts'
import type { PaymentEvent } from '../ledger/transition.ts'

/**
 * What an item means to us: which kind of reference it has (`about`), the event of the payment, and
 * the outcome of a refund. `unpaid` is the event in place of the refund while the payment has taken
 * no money.
 */
export type Meaning =
  | { readonly about: 'nothing'; readonly event?: never; readonly refund?: never; readonly unpaid?: never }
  | {
      readonly about: 'payment' | 'modification'
      readonly event?: PaymentEvent
      readonly refund?: 'refunded' | 'failed'
      readonly unpaid?: PaymentEvent
    }

type Reader = (item: NotificationItem) => Meaning

const nothing: Meaning = { about: 'nothing' }
const isSuccess = ({ success }: NotificationItem): boolean => success === 'true'
const refundOutcome = (item: NotificationItem): 'refunded' | 'failed' =>
  isSuccess(item) ? 'refunded' : 'failed'

/** Adyen's words for why; empty where there are none. */
export function reasonOf({ reason }: NotificationItem): string {
  return typeof reason === 'string' ? plainText(reason) : ''
}

/** The attempt is closed at Adyen or, where it failed, still open. */
const cancelled = (item: NotificationItem): PaymentEvent => ({
  type: 'cancellation',
  eventCode: item.eventCode,
  success: isSuccess(item),
  reason: reasonOf(item),
})
const cancellation: Reader = (item) => ({ about: 'modification', event: cancelled(item) })

/** Money of a paid payment was taken back, may be, or was returned: an operator must look at it. */
const reversal: Reader = (item) => ({
  about: 'modification',
  event: { type: 'reversal', eventCode: item.eventCode, reason: reasonOf(item) },
})

const offerClosed: Reader = () => ({ about: 'payment', event: { type: 'offer_closed' } })

/**
 * Every event code that changes a payment or a refund (Webhooks v1). Those of captures should never come: WeChat Pay
 * captures automatically. Any other code is stored and changes nothing.
 */
const readers: Readonly<Record<string, Reader>> = {
  AUTHORISATION: (item) => ({
    about: 'payment',
    event: {
      type: 'authorisation',
      success: isSuccess(item),
      pspReference: item.pspReference,
      reason: reasonOf(item),
    },
  }),
  OFFER_CLOSED: offerClosed,
  EXPIRE: () => ({ about: 'modification', event: { type: 'offer_closed' } }),
  CANCELLATION: cancellation,
  TECHNICAL_CANCEL: cancellation,
  // A reversal requested in the Customer Area. Adyen refunds what was paid and cancels what was not;
  // its `modification.action` says which, but is not signed.
  CANCEL_OR_REFUND: (item) => ({
    about: 'modification',
    refund: refundOutcome(item),
    unpaid: cancelled(item),
  }),
  CAPTURE_FAILED: reversal,
  // success=false: the capture failed (WeChat Pay needs none); true adds nothing.
  CAPTURE: (item) => (isSuccess(item) ? nothing : reversal(item)),
  REFUND: (item) => ({ about: 'modification', refund: refundOutcome(item) }),
  REFUND_FAILED: () => ({ about: 'modification', refund: 'failed' }),
  REFUNDED_REVERSED: () => ({ about: 'modification', refund: 'failed' }),
  REQUEST_FOR_INFORMATION: reversal,
  NOTIFICATION_OF_CHARGEBACK: reversal,
  CHARGEBACK: reversal,
  CHARGEBACK_REVERSED: reversal,
  SECOND_CHARGEBACK: reversal,
  PREARBITRATION_LOST: reversal,
}

/** The event codes that refund, or may, what a payment has taken. */
export const refundCodes = ['CANCEL_OR_REFUND', 'REFUND', 'REFUND_FAILED', 'REFUNDED_REVERSED'] as const

/** The code of an item where it may change something, otherwise `other`: a few, whatever anybody sends. */
export function countedCode(eventCode: string): string {
  return Object.hasOwn(readers, eventCode) ? eventCode : 'other'
}

export function meaningOf(item: NotificationItem): Meaning {
  return Object.hasOwn(readers, item.eventCode) ? (readers[item.eventCode]?.(item) ?? nothing) : nothing
}
