import type { NotificationItem } from '@tael/adyen'
import type { PaymentEvent } from '../ledger/transition.ts'

/**
 * What an item means to us: which kind of reference it has (`about`), the event of the payment, and
 * the outcome of a refund.
 */
export type Meaning =
  | { readonly about: 'nothing'; readonly event?: never; readonly refund?: never }
  | {
      readonly about: 'payment' | 'modification'
      readonly event?: PaymentEvent
      readonly refund?: 'refunded' | 'failed'
    }

type Reader = (item: NotificationItem) => Meaning

const nothing: Meaning = { about: 'nothing' }
const isSuccess = ({ success }: NotificationItem): boolean => success === 'true'

/** The attempt is closed at Adyen or, where it failed, still open. */
const cancellation: Reader = (item) => ({
  about: 'modification',
  event: {
    type: 'cancellation',
    eventCode: item.eventCode,
    success: isSuccess(item),
    reason: item.reason ?? '',
  },
})

/** Money of a paid payment was taken back, may be, or was returned: an operator must look at it. */
const reversal: Reader = ({ eventCode, reason }) => ({
  about: 'modification',
  event: { type: 'reversal', eventCode, reason: reason ?? '' },
})

const offerClosed: Reader = () => ({ about: 'payment', event: { type: 'offer_closed' } })

/**
 * Every event code that changes a payment or a refund (Webhooks v1; some should never come, because
 * WeChat Pay captures automatically and has no chargebacks). Any other code is stored and changes
 * nothing.
 */
const readers: Readonly<Record<string, Reader>> = {
  AUTHORISATION: (item) => ({
    about: 'payment',
    event: {
      type: 'authorisation',
      success: isSuccess(item),
      pspReference: item.pspReference,
      reason: item.reason ?? '',
    },
  }),
  OFFER_CLOSED: offerClosed,
  EXPIRE: () => ({ about: 'modification', event: { type: 'offer_closed' } }),
  CANCELLATION: cancellation,
  TECHNICAL_CANCEL: cancellation,
  // A reversal requested in the Customer Area: Adyen decides whether it cancels or refunds.
  CANCEL_OR_REFUND: (item) =>
    item.additionalData?.['modification.action'] === 'refund'
      ? { about: 'modification', refund: isSuccess(item) ? 'refunded' : 'failed' }
      : cancellation(item),
  CAPTURE_FAILED: reversal,
  // success=false: the capture failed (WeChat Pay needs none); true adds nothing.
  CAPTURE: (item) => (isSuccess(item) ? nothing : reversal(item)),
  REFUND: (item) => ({ about: 'modification', refund: isSuccess(item) ? 'refunded' : 'failed' }),
  REFUND_FAILED: () => ({ about: 'modification', refund: 'failed' }),
  REFUNDED_REVERSED: () => ({ about: 'modification', refund: 'failed' }),
  NOTIFICATION_OF_CHARGEBACK: reversal,
  CHARGEBACK: reversal,
  CHARGEBACK_REVERSED: reversal,
  SECOND_CHARGEBACK: reversal,
  PREARBITRATION_LOST: reversal,
}

export function meaningOf(item: NotificationItem): Meaning {
  return Object.hasOwn(readers, item.eventCode) ? (readers[item.eventCode]?.(item) ?? nothing) : nothing
}
