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
  readonly payments?: 'refused' | 'redirect_action' | 'no_package'
  /** The outcome of the shopper's tap on "pay", if the money does not move. */
  readonly cashier?: 'refused' | 'error' | 'refused_later'
  /** What `/payments/details` answers while Adyen waits for WeChat; the webhook follows. */
  readonly details?: 'Pending' | 'Received'
  readonly webhook?: 'duplicate' | 'older_failure' | 'lost_twice'
  /** The money moves after `/payments/details` has answered Cancelled. */
  readonly paidAfterCancelled?: true
}

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
