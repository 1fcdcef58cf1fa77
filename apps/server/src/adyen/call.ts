import type { Context } from '../context.ts'
import type { PaymentRow } from '../db/rows.ts'
import type { LeasedCall } from '../ledger/calls.ts'
import type { RefundUpdate } from '../ledger/change-refund.ts'
import type { AdyenResult, PaymentEvent } from '../ledger/transition.ts'

/** The part of the context that a call to Adyen uses. */
export type CallContext = Pick<Context, 'config' | 'log' | 'db' | 'jobs' | 'checkout' | 'openids'>

/** A leased call with everything its request needs. */
export interface ReadyCall extends LeasedCall {
  readonly payment: PaymentRow
  /** WeChat's id of the payer; only the call that starts a payment sends it, and no event holds it. */
  readonly openid: string
  /** The variant of the call's row; for a refund, the refund's id. */
  readonly variant: string
}

/** The events that Adyen's answers cause. */
export type CallEvent = Extract<
  PaymentEvent,
  {
    type:
      | 'cashier_ready'
      | 'cashier_unusable'
      | 'result'
      | 'start_rejected'
      | 'details_rejected'
      | 'answer_unusable'
      | 'unanswered'
      | 'cancel_answered'
  }
>

/**
 * What came of a call: an event of its payment, a result whose event depends on what the shopper has
 * done in the meantime, an update of its refund, or nothing, because the call is no longer needed.
 * The event `unanswered` means that the call is retried.
 */
export type CallOutcome =
  | { readonly kind: 'event'; readonly event: CallEvent }
  | { readonly kind: 'details'; readonly result: AdyenResult }
  | {
      readonly kind: 'refund'
      readonly refundId: string
      readonly update: RefundUpdate
      readonly reason: string
    }
  | { readonly kind: 'obsolete' }

/** One kind of call to Adyen: makes the request and reads the answer. Writes nothing. */
export type Operation = (context: CallContext, call: ReadyCall) => Promise<CallOutcome>

/** The paymentData that an outcome adds; empty where it adds none. */
export function paymentDataOf(outcome: CallOutcome): string {
  return outcome.kind === 'event' && 'result' in outcome.event ? (outcome.event.result.paymentData ?? '') : ''
}

export function eventOutcome(event: CallEvent): CallOutcome {
  return { kind: 'event', event }
}
