import type { AdyenFault } from './faults.ts'

/**
 * The course of one payment. What a row omits happens as in `paid`. The README repeats each
 * description, and a test compares the two.
 */
export interface Scenario {
  readonly name: string
  /** The last two digits of `amount.value` that choose it. */
  readonly digits: string
  readonly description: string
  /** Hits the first such call of the payment; a retry succeeds. */
  readonly fault?: { readonly call: 'payments' | 'details'; readonly name: AdyenFault }
  /** What `/payments` answers instead of the cashier parameters. */
  readonly payments?: 'refused' | 'redirect_action' | 'no_package' | 'no_sign_type' | 'other_spelling'
  /**
   * The outcome of the shopper's tap on "pay", if the money does not move; `fails_once` is only the
   * first tap's.
   */
  readonly cashier?: 'refused' | 'error' | 'refused_later' | 'fails_once'
  /** What `/payments/details` answers while Adyen waits for WeChat; the webhook follows. */
  readonly details?: 'Pending' | 'Received'
  /**
   * What `/payments/details` answers after a cashier that closed unpaid: Cancelled if omitted. While
   * it is Pending, Received or nothing, the prepay_id can still be paid.
   */
  readonly unpaid?: UnpaidAnswer
  readonly webhook?: 'duplicate' | 'older_failure' | 'lost_twice'
  /** The money moves after `/payments/details` has answered Cancelled. */
  readonly paidAfterCancelled?: true
}

/** What the shopper must do in the cashier for a scenario to happen. */
export function shopperOf({ cashier, unpaid, paidAfterCancelled }: Scenario): 'cancels' | 'pays' {
  return paidAfterCancelled === true || (unpaid !== undefined && cashier === undefined) ? 'cancels' : 'pays'
}

/** `nothing`: the connection is cut until the prepay_id is paid. */
export type UnpaidAnswer = 'Cancelled' | 'Pending' | 'Received' | 'Refused' | 'nothing'

/** 00, and every amount that no other row lists. */
const paid: Scenario = {
  name: 'paid',
  digits: '00',
  description: 'Paid: Authorised, then an AUTHORISATION webhook. Also every amount not listed.',
}

/**
 * Every scenario. An ordinary price, which ends in 99 or is a multiple of five, chooses only
 * `paid`.
 */
export const scenarios: readonly Scenario[] = [
  paid,
  {
    name: 'refused',
    digits: '01',
    description:
      'WeChat refuses when the shopper pays: requestPayment:fail, Refused, AUTHORISATION success=false.',
    cashier: 'refused',
  },
  {
    name: 'error',
    digits: '02',
    description: 'The cashier reports ok, but no money moved: Error, AUTHORISATION success=false.',
    cashier: 'error',
  },
  {
    name: 'pending_authorised',
    digits: '03',
    description: 'Paid, but Adyen does not know yet: Pending, then AUTHORISATION success=true.',
    details: 'Pending',
  },
  {
    name: 'received_authorised',
    digits: '04',
    description: 'Paid, but Adyen does not know yet: Received, then AUTHORISATION success=true.',
    details: 'Received',
  },
  {
    name: 'pending_refused',
    digits: '06',
    description: 'The cashier reports ok, then Pending, then AUTHORISATION success=false: no money moved.',
    cashier: 'refused_later',
    details: 'Pending',
  },
  {
    name: 'refused_at_once',
    digits: '07',
    description: 'POST /payments answers Refused, without an action.',
    payments: 'refused',
  },
  {
    name: 'late_authorisation',
    digits: '08',
    description: 'The shopper cancels, Adyen answers Cancelled, then the money moves: late AUTHORISATION.',
    paidAfterCancelled: true,
  },
  {
    name: 'unusable_parameters',
    digits: '09',
    description: 'POST /payments answers cashier parameters without `package`.',
    payments: 'no_package',
  },
  {
    name: 'lost_answer',
    digits: '11',
    description: 'The first POST /payments is processed, but its connection is cut before the answer.',
    fault: { call: 'payments', name: 'lost_answer' },
  },
  {
    name: 'transient_500',
    digits: '12',
    description: 'The first POST /payments answers HTTP 500 with `transient-error: true`.',
    fault: { call: 'payments', name: 'transient_500' },
  },
  {
    name: 'unavailable_503',
    digits: '13',
    description: 'The first POST /payments answers HTTP 503 with errorCode 703.',
    fault: { call: 'payments', name: 'unavailable_503' },
  },
  {
    name: 'rate_limited',
    digits: '14',
    description: 'The first POST /payments answers HTTP 429.',
    fault: { call: 'payments', name: 'rate_limited' },
  },
  {
    name: 'in_progress_704',
    digits: '16',
    description: 'The first POST /payments answers HTTP 422 with errorCode 704, request in progress.',
    fault: { call: 'payments', name: 'in_progress_704' },
  },
  {
    name: 'lost_details_answer',
    digits: '17',
    description:
      'The first POST /payments/details is processed, but its connection is cut before the answer.',
    fault: { call: 'details', name: 'lost_answer' },
  },
  {
    name: 'slow_answer',
    digits: '18',
    description: 'The first POST /payments is processed, but answered after three seconds.',
    fault: { call: 'payments', name: 'slow_answer' },
  },
  {
    name: 'redirect_action',
    digits: '21',
    description:
      'From v67 on the cashier parameters come in an action of type redirect, without paymentData.',
    payments: 'redirect_action',
  },
  {
    name: 'duplicate_webhook',
    digits: '22',
    description: 'Paid; the AUTHORISATION webhook is sent twice.',
    webhook: 'duplicate',
  },
  {
    name: 'reordered_webhook',
    digits: '23',
    description: 'Paid; an older AUTHORISATION success=false arrives after the success=true.',
    webhook: 'older_failure',
  },
  {
    name: 'lost_webhook',
    digits: '24',
    description: 'Paid; the first two attempts to deliver the webhook are lost on the way.',
    webhook: 'lost_twice',
  },
  {
    name: 'cancel_pending',
    digits: '26',
    description: 'The shopper cancels: Adyen answers Pending; the prepay_id can still be paid.',
    unpaid: 'Pending',
  },
  {
    name: 'cancel_received',
    digits: '27',
    description: 'The shopper cancels: Adyen answers Received; the prepay_id can still be paid.',
    unpaid: 'Received',
  },
  {
    name: 'cancel_refused',
    digits: '28',
    description: 'The shopper cancels: Adyen answers Refused and closes the offer.',
    unpaid: 'Refused',
  },
  {
    name: 'cancel_unanswered',
    digits: '29',
    description: 'The shopper cancels: Adyen does not answer; the prepay_id can still be paid.',
    unpaid: 'nothing',
  },
  {
    name: 'fail_cancelled',
    digits: '31',
    description: 'The first tap on pay fails: Adyen answers Cancelled and closes the offer.',
    cashier: 'fails_once',
    unpaid: 'Cancelled',
  },
  {
    name: 'fail_pending',
    digits: '32',
    description: 'The first tap on pay fails: Adyen answers Pending; the prepay_id can still be paid.',
    cashier: 'fails_once',
    unpaid: 'Pending',
  },
  {
    name: 'fail_received',
    digits: '33',
    description: 'The first tap on pay fails: Adyen answers Received; the prepay_id can still be paid.',
    cashier: 'fails_once',
    unpaid: 'Received',
  },
  {
    name: 'fail_refused',
    digits: '34',
    description: 'The first tap on pay fails: Adyen answers Refused and closes the offer.',
    cashier: 'fails_once',
    unpaid: 'Refused',
  },
  {
    name: 'fail_unanswered',
    digits: '36',
    description: 'The first tap on pay fails: Adyen does not answer; the prepay_id can still be paid.',
    cashier: 'fails_once',
    unpaid: 'nothing',
  },
  {
    name: 'default_sign_type',
    digits: '37',
    description: "The cashier parameters lack `signType`: they are signed with WeChat's default, MD5.",
    payments: 'no_sign_type',
  },
  {
    name: 'other_spelling',
    digits: '38',
    description: 'The cashier parameters have names such as `TIME_STAMP` and `pay-sign`.',
    payments: 'other_spelling',
  },
]

const byName = new Map(scenarios.map((scenario) => [scenario.name, scenario]))
const byDigits = new Map(scenarios.map((scenario) => [scenario.digits, scenario]))

export function scenarioNamed(name: string): Scenario | undefined {
  return byName.get(name)
}

/** The scenario that the last two digits of an amount in minor units choose. */
export function scenarioOfAmount(value: number): Scenario {
  return byDigits.get(String(value).padStart(2, '0').slice(-2)) ?? paid
}
