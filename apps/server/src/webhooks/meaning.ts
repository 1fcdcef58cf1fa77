import type { NotificationItem } from '@tael/adyen'
import type { PaymentEvent } from '../ledger/transition.ts'

/**
 * What an item means. `about` says whom it names: a payment, a modification of one, or nothing of ours. `event` is what
 * it is to the payment, `refund` how a refund of it ended.
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

/** The attempt is closed at Adyen, or Adyen would not close it. */
const cancellation: Reader = (item) => ({
  about: 'modification',
  event: {
    type: 'cancellation',
    eventCode: item.eventCode,
    success: isSuccess(item),
    reason: item.reason ?? '',
  },
})

/** Money of a paid payment is gone, may go, or came back: a person must look at it. */
const reversal: Reader = ({ eventCode, reason }) => ({
  about: 'modification',
  event: { type: 'reversal', eventCode, reason: reason ?? '' },
})

const offerClosed: Reader = () => ({ about: 'payment', event: { type: 'offer_closed' } })

/**
 * Every event code that means something to a payment (Webhooks v1; WeChat Pay captures by itself and knows no
 * chargebacks, so some should never come). Every other code is kept and changes nothing: captures and reports of
 * success, manual reviews, and what Adyen adds tomorrow.
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
  // A reversal asked for in the Customer Area: Adyen decides whether it cancels or refunds all of it.
  CANCEL_OR_REFUND: (item) =>
    item.additionalData?.['modification.action'] === 'refund'
      ? { about: 'modification', refund: isSuccess(item) ? 'refunded' : 'failed' }
      : cancellation(item),
  CAPTURE_FAILED: reversal,
  // success=false: the capture was not made (WeChat Pay: never asked for); true tells nothing new.
  CAPTURE: (item) => (isSuccess(item) ? nothing : reversal(item)),
  REFUND: (item) => ({ about: 'modification', refund: isSuccess(item) ? 'refunded' : 'failed' }),
  REFUND_FAILED: () => ({ about: 'modification', refund: 'failed' }),
  REFUNDED_REVERSED: () => ({ about: 'modification', refund: 'failed' }),
  NOTIFICATION_OF_CHARGEBACK: reversal,
  CHARGEBACK: reversal,
  CHARGEBACK_REVERSED: reversal,
  SECOND_CHARGEBACK: reversal,
}

/** What an item means to us. */
export function meaningOf(item: NotificationItem): Meaning {
  return Object.hasOwn(readers, item.eventCode) ? (readers[item.eventCode]?.(item) ?? nothing) : nothing
}
