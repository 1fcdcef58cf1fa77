import {
  PaymentStatus,
  type RefundStatus,
  type RequestPaymentParameters,
  type ResultCode,
  resultCodes,
} from '@tael/contracts'

/** Everything that can happen to a payment. */
export type PaymentEvent =
  /** The intent is committed; Adyen was not called yet. */
  | { readonly type: 'started' }
  /** Adyen returned what opens the cashier. */
  | {
      readonly type: 'cashier_ready'
      readonly parameters: RequestPaymentParameters
      readonly result: AdyenResult
      readonly answer: CashierAnswer
    }
  /** Adyen returned parameters that open no cashier: this attempt cannot be paid. */
  | { readonly type: 'cashier_unusable'; readonly problems: readonly string[]; readonly result: AdyenResult }
  /** Adyen answered `/payments` or `/payments/details` with a resultCode. */
  | { readonly type: 'result'; readonly result: AdyenResult }
  /** Adyen refused the call that starts the payment: nothing was started. */
  | {
      readonly type: 'start_rejected'
      readonly status: number
      readonly errorCode: string
      readonly message: string
    }
  /** Adyen refused the call for the details: the webhook decides. */
  | {
      readonly type: 'details_rejected'
      readonly status: number
      readonly errorCode: string
      readonly message: string
    }
  /** Adyen's answer does not match this payment, or a retry would get the same error: the webhook decides. */
  | { readonly type: 'answer_unusable'; readonly operation: string; readonly reason: string }
  /** The outcome of a call is unknown. */
  | { readonly type: 'unanswered'; readonly operation: string; readonly reason: string }
  /** The answer to a cancel or a failure of the cashier leads to no outcome. */
  | { readonly type: 'answer_inconclusive'; readonly result: AdyenResult }
  /** `wx.requestPayment` returned ok, which may be wrong: Adyen is asked. */
  | { readonly type: 'shopper_returned'; readonly paymentStatus: string }
  /**
   * `wx.requestPayment` returned a cancel or a failure, which may be wrong too. Until money is
   * reported, the shopper may continue.
   */
  | { readonly type: 'returned_unpaid'; readonly paymentStatus: string }
  /** The shopper continues the attempt: the same parameters are handed out again. */
  | { readonly type: 'continued' }
  /** AUTHORISATION webhook. */
  | {
      readonly type: 'authorisation'
      readonly success: boolean
      readonly pspReference: string
      readonly wechatTransactionId?: string
      readonly reason: string
    }
  /** OFFER_CLOSED or EXPIRE webhook: Adyen accepts no payment for this attempt any more. */
  | { readonly type: 'offer_closed' }
  /** Adyen is asked to close the attempt: the order expired, or its shopper cancelled it. */
  | { readonly type: 'cancel_requested'; readonly why: string }
  /** Adyen accepted or refused the request to close the attempt. */
  | { readonly type: 'cancel_answered'; readonly answer: 'received' | 'rejected'; readonly reason: string }
  /**
   * CANCELLATION, TECHNICAL_CANCEL or CANCEL_OR_REFUND webhook: closed, or not (`success` false).
   */
  | {
      readonly type: 'cancellation'
      readonly eventCode: string
      readonly success: boolean
      readonly reason: string
    }
  /** No outcome came in time. Money that still arrives is handled as late money. */
  | { readonly type: 'abandoned' }
  /**
   * CAPTURE_FAILED, a chargeback and the like: money was taken back, may be, or was returned to us.
   */
  | { readonly type: 'reversal'; readonly eventCode: string; readonly reason: string }
  /** A refund of this payment was requested, received, made, or failed. */
  | {
      readonly type: 'refund_updated'
      readonly refundId: string
      readonly status: RefundStatus
      /** The new amounts of the payment's reversals that this changes. */
      readonly reversals?: readonly Revalued[]
    }

/** The new amount, in minor units, of a reversal after another refund changed. */
export interface Revalued {
  readonly refundId: string
  readonly value: number
}

/** The form of the answer that opens the cashier, for the assumptions of docs/going-live.md. */
export interface CashierAnswer {
  /** Where it had the parameters. */
  readonly shape: string
  /** How the parameters were spelled: as `wx.requestPayment` spells them, or the names that they had. */
  readonly names: string
  readonly signType?: string
  /** Whether it had a pspReference. */
  readonly withReference: boolean
  /** Whether it had what `/payments/details` must return to Adyen. */
  readonly withData: boolean
}

/** The parts of an answer from Adyen that are kept. */
export interface AdyenResult {
  readonly resultCode: ResultCode
  readonly pspReference?: string
  readonly wechatTransactionId?: string
  readonly paymentData?: string
  readonly refusalReason?: string
}

/**
 * How much each status knows. A payment only moves to a higher rank, so that events may arrive in
 * any order and any number of times with the same result. `authorised` is the highest: money that
 * arrived is never un-paid. Among the final statuses without money the most specific wins: a failed
 * AUTHORISATION (`refused`) may also mean an error or the shopper's own cancel.
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

/**
 * What decides the next status for each type of event: its type alone, its resultCode, or whether
 * it succeeded. The one list of event types that exists at run time.
 */
const eventTypes = {
  started: 'type',
  cashier_ready: 'type',
  cashier_unusable: 'type',
  result: 'resultCode',
  start_rejected: 'type',
  details_rejected: 'type',
  answer_unusable: 'type',
  unanswered: 'type',
  answer_inconclusive: 'type',
  shopper_returned: 'type',
  returned_unpaid: 'type',
  continued: 'type',
  authorisation: 'success',
  offer_closed: 'type',
  cancel_requested: 'type',
  cancel_answered: 'type',
  cancellation: 'success',
  abandoned: 'type',
  reversal: 'type',
  refund_updated: 'type',
} as const satisfies Record<PaymentEvent['type'], 'type' | 'resultCode' | 'success'>

type DecidedBy = (typeof eventTypes)[PaymentEvent['type']]
type TypesDecidedBy<K extends DecidedBy> = {
  [T in PaymentEvent['type']]: (typeof eventTypes)[T] extends K ? T : never
}[PaymentEvent['type']]

const deciders: ReadonlyMap<string, DecidedBy> = new Map(Object.entries(eventTypes))

/** Whether a text is an event type whose status this decides. */
export function isDecidedBy<K extends DecidedBy>(type: string, decider: K): type is TypesDecidedBy<K> {
  return deciders.get(type) === decider
}

/** The part of an event that decides a status; a recorded event keeps it, so it can be replayed. */
export type Claim =
  | { readonly type: TypesDecidedBy<'type'> }
  | { readonly type: TypesDecidedBy<'resultCode'>; readonly result: { readonly resultCode: ResultCode } }
  | { readonly type: TypesDecidedBy<'success'>; readonly success: boolean }

/** Whether an attempt has no outcome yet: its money may still arrive at any moment. */
export function isOpen(status: PaymentStatus): boolean {
  return rank[status] < rank.expired
}

/** Whether an attempt may already have taken money without our knowledge. */
export function isUndecided(status: PaymentStatus): boolean {
  return isOpen(status) && status !== 'awaiting_shopper'
}

const statuses: readonly PaymentStatus[] = PaymentStatus.anyOf.map((literal) => literal.const)
/** An order has at most one attempt in these: the index `payments_one_open` lists the same. */
export const openStatuses = statuses.filter(isOpen)
export const undecidedStatuses = statuses.filter(isUndecided)

/** The status that an event claims; undefined where it claims none. */
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
    case 'abandoned':
      return 'expired'
    case 'started':
    case 'details_rejected':
    case 'answer_unusable':
    case 'unanswered':
    case 'answer_inconclusive':
    case 'returned_unpaid':
    case 'continued':
    case 'cancel_requested':
    case 'cancel_answered':
    case 'reversal':
    case 'refund_updated':
      return undefined
  }
}

/** The next status of a payment: pure, and defined for every status and event. */
export function transition(status: PaymentStatus, event: Claim): PaymentStatus {
  const to = claimed(event)
  return to !== undefined && rank[to] > rank[status] ? to : status
}

/** Whether a payment of the first status knows at least as much as one of the second. */
export function knowsAsMuch(status: PaymentStatus, other: PaymentStatus): boolean {
  return rank[status] >= rank[other]
}

/**
 * The event codes by which money of a payment was, or may be, taken back, plus this event's. A
 * sorted set, because the order of arrival must not matter. A CANCEL_OR_REFUND adds nothing: what it
 * takes from a paid payment is a refund.
 */
export function reversalsAfter(reversals: readonly string[], event: PaymentEvent): readonly string[] {
  const code =
    event.type === 'reversal' ||
    (event.type === 'cancellation' && event.success && event.eventCode !== 'CANCEL_OR_REFUND')
      ? event.eventCode
      : undefined
  return code === undefined || reversals.includes(code) ? reversals : [...reversals, code].toSorted()
}
