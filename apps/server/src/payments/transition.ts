import {
  type PaymentStatus,
  type RequestPaymentParameters,
  type ResultCode,
  resultCodes,
} from '@tael/contracts'

/** Everything that can happen to a payment. */
export type PaymentEvent =
  /** Adyen gave what opens the cashier. */
  | {
      readonly type: 'cashier_ready'
      readonly parameters: RequestPaymentParameters
      readonly result: AdyenResult
    }
  /** Adyen gave something that no cashier opens with: this attempt cannot be paid. */
  | { readonly type: 'cashier_unusable'; readonly problems: readonly string[]; readonly result: AdyenResult }
  /** Adyen said how the payment stands, in answer to `/payments` or `/payments/details`. */
  | { readonly type: 'result'; readonly result: AdyenResult }
  /** Adyen refused the call itself: nothing was started. */
  | {
      readonly type: 'start_rejected'
      readonly status: number
      readonly errorCode: string
      readonly message: string
    }
  /** Adyen refused to say how the payment stands: the webhook will. */
  | {
      readonly type: 'details_rejected'
      readonly status: number
      readonly errorCode: string
      readonly message: string
    }
  /** Adyen answered something that tells nothing about this payment: the webhook will. */
  | { readonly type: 'answer_unusable'; readonly operation: string; readonly reason: string }
  /** Nobody knows what Adyen did with a call. */
  | { readonly type: 'unanswered'; readonly operation: string; readonly reason: string }
  /** `wx.requestPayment` came back on the phone. The words are the client's: they decide nothing but whom to ask. */
  | { readonly type: 'shopper_returned'; readonly paymentStatus: string }
  /** AUTHORISATION webhook. */
  | {
      readonly type: 'authorisation'
      readonly success: boolean
      readonly pspReference: string
      readonly reason: string
    }
  /** Adyen took up, made or failed a refund of this payment. */
  | { readonly type: 'refund_news'; readonly refundId: string; readonly heard: string }
  /** OFFER_CLOSED webhook: Adyen takes no more payment for this attempt. */
  | { readonly type: 'offer_closed' }

/** What an answer of Adyen said, as far as we keep it. */
export interface AdyenResult {
  readonly resultCode: ResultCode
  readonly pspReference?: string
  readonly paymentData?: string
  readonly refusalReason?: string
}

/**
 * How much each status knows. A payment only ever learns: it moves to a higher rank or stays, so that events may come
 * in any order and any number, and the end is the same. Nothing is above `authorised`: money that arrived is never
 * un-paid. Among the ends without money the one that says most wins: a failed AUTHORISATION (`refused`) may stand for
 * an error or the shopper's own cancel, and tells nothing new about either.
 */
const rank: Readonly<Record<PaymentStatus, number>> = {
  starting: 0,
  awaiting_shopper: 1,
  processing: 2,
  expired: 3,
  refused: 4,
  error: 5,
  cancelled: 6,
  authorised: 7,
}

/** What the event says on its own. Undefined: nothing about the status. */
function claim(event: PaymentEvent): PaymentStatus | undefined {
  switch (event.type) {
    case 'cashier_ready':
      return 'awaiting_shopper'
    case 'cashier_unusable':
    case 'start_rejected':
      return 'error'
    case 'result':
      return resultCodes[event.result.resultCode].status
    case 'details_rejected':
    case 'answer_unusable':
    case 'unanswered':
    case 'refund_news':
      return undefined
    case 'shopper_returned':
      return 'processing'
    case 'authorisation':
      return event.success ? 'authorised' : 'refused'
    case 'offer_closed':
      return 'expired'
  }
}

/** The one place that moves a payment: pure, and defined for every status and event. */
export function transition(status: PaymentStatus, event: PaymentEvent): PaymentStatus {
  const claimed = claim(event)
  return claimed !== undefined && rank[claimed] > rank[status] ? claimed : status
}
