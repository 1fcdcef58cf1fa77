import {
  type PaymentStatus,
  type RefundStatus,
  type RequestPaymentParameters,
  type ResultCode,
  resultCodes,
} from '@tael/contracts'
import type { Revalued } from '../refunds/reversals.ts'

/** Everything that can happen to a payment. */
export type PaymentEvent =
  /** The intent is committed; Adyen was not called yet. */
  | { readonly type: 'started' }
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
      readonly wechatTransactionId?: string
      readonly reason: string
    }
  /** OFFER_CLOSED or EXPIRE webhook: Adyen takes no more payment for this attempt. */
  | { readonly type: 'offer_closed' }
  /** Adyen is asked to close the attempt, because its time is over or the shopper gave the order up. */
  | { readonly type: 'cancel_requested'; readonly why: string }
  /** Adyen took up, or refused to take up, the request to close the attempt. */
  | { readonly type: 'cancel_news'; readonly heard: 'received' | 'rejected'; readonly reason: string }
  /** CANCELLATION, TECHNICAL_CANCEL or CANCEL_OR_REFUND webhook: the attempt is closed, or it stands (`success` false). */
  | {
      readonly type: 'cancellation'
      readonly eventCode: string
      readonly success: boolean
      readonly reason: string
    }
  /** Time is over and nobody said anything: the attempt is given up. Money that comes all the same is dealt with. */
  | { readonly type: 'given_up' }
  /** CAPTURE_FAILED, chargebacks and their like: Adyen took, may take, or gives back money of this payment. */
  | { readonly type: 'reversal'; readonly eventCode: string; readonly reason: string }
  /** A refund of this payment was decided, taken up, made or failed. */
  | {
      readonly type: 'refund_news'
      readonly refundId: string
      readonly heard: RefundStatus
      /** What reversals of the payment give back from then on. */
      readonly reversals?: readonly Revalued[]
    }

/** What an answer of Adyen said, as far as we keep it. */
export interface AdyenResult {
  readonly resultCode: ResultCode
  readonly pspReference?: string
  readonly wechatTransactionId?: string
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

/** The part of an event that moves a payment; what is written down of an event keeps it, so that it can be read again. */
export type Claim =
  | { readonly type: Exclude<PaymentEvent['type'], 'result' | 'authorisation' | 'cancellation'> }
  | { readonly type: 'result'; readonly result: { readonly resultCode: ResultCode } }
  | { readonly type: 'authorisation' | 'cancellation'; readonly success: boolean }

/** Whether an attempt has no end yet: its money may still come at any moment. */
export function isOpen(status: PaymentStatus): boolean {
  return rank[status] < rank.expired
}

/** What an event says on its own. Undefined: nothing about the status. */
function claimed(event: Claim): PaymentStatus | undefined {
  switch (event.type) {
    case 'cashier_ready':
      return 'awaiting_shopper'
    case 'cashier_unusable':
    case 'start_rejected':
      return 'error'
    case 'result':
      return resultCodes[event.result.resultCode].status
    case 'shopper_returned':
      return 'processing'
    case 'authorisation':
      return event.success ? 'authorised' : 'refused'
    case 'cancellation':
      return event.success ? 'expired' : undefined
    case 'offer_closed':
    case 'given_up':
      return 'expired'
    case 'started':
    case 'details_rejected':
    case 'answer_unusable':
    case 'unanswered':
    case 'cancel_requested':
    case 'cancel_news':
    case 'reversal':
    case 'refund_news':
      return undefined
  }
}

/** The one place that moves a payment: pure, and defined for every status and event. */
export function transition(status: PaymentStatus, event: Claim): PaymentStatus {
  const to = claimed(event)
  return to !== undefined && rank[to] > rank[status] ? to : status
}

/** Whether a payment of the first status knows at least as much as one of the second. */
export function knowsAsMuch(status: PaymentStatus, other: PaymentStatus): boolean {
  return rank[status] >= rank[other]
}

/**
 * The event codes by which money of a paid payment was taken back, or may be, once more with what an event adds. A set:
 * the order in which they came leaves no trace.
 */
export function reversalsAfter(reversals: readonly string[], event: PaymentEvent): readonly string[] {
  const code =
    event.type === 'reversal' || (event.type === 'cancellation' && event.success)
      ? event.eventCode
      : undefined
  return code === undefined || reversals.includes(code) ? reversals : [...reversals, code].toSorted()
}
