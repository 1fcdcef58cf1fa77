import { PaymentStatus, type ResultCode } from '@tael/contracts'
import { expect, test } from 'vitest'
import {
  type Claim,
  isOpen,
  isUndecided,
  knowsAsMuch,
  openStatuses,
  type PaymentEvent,
  reversalsAfter,
  transition,
  undecidedStatuses,
} from '../src/ledger/transition.ts'

/** From the status that knows least to the one that knows most. */
const byKnowledge: readonly PaymentStatus[] = [
  'starting',
  'awaiting_shopper',
  'processing',
  'expired',
  'refused',
  'error',
  'cancelled',
  'authorised',
]

const result = (resultCode: ResultCode): Claim => ({ type: 'result', result: { resultCode } })

/** What each event claims; null where it claims nothing. */
const claims: readonly (readonly [Claim, PaymentStatus | null])[] = [
  [{ type: 'started' }, null],
  [{ type: 'cashier_ready' }, 'awaiting_shopper'],
  [{ type: 'cashier_unusable' }, 'error'],
  [{ type: 'start_rejected' }, 'error'],
  [{ type: 'details_rejected' }, null],
  [{ type: 'answer_unusable' }, null],
  [{ type: 'unanswered' }, null],
  [{ type: 'shopper_returned' }, 'processing'],
  [{ type: 'returned_unpaid' }, null],
  [{ type: 'answer_inconclusive' }, null],
  [{ type: 'continued' }, null],
  [{ type: 'authorisation', success: true }, 'authorised'],
  [{ type: 'authorisation', success: false }, 'refused'],
  [{ type: 'offer_closed' }, 'expired'],
  [{ type: 'cancel_requested' }, null],
  [{ type: 'cancel_answered' }, null],
  [{ type: 'cancellation', success: true }, 'expired'],
  [{ type: 'cancellation', success: false }, null],
  [{ type: 'abandoned' }, 'expired'],
  [{ type: 'reversal' }, null],
  [{ type: 'refund_updated' }, null],
  [result('Authorised'), 'authorised'],
  [result('Cancelled'), 'cancelled'],
  [result('Error'), 'error'],
  [result('Refused'), 'refused'],
  [result('Pending'), 'processing'],
  [result('Received'), 'processing'],
  [result('RedirectShopper'), 'awaiting_shopper'],
  [result('Success'), 'processing'],
]

test.each(claims)(
  '%j claims %s: a payment that knows less becomes that, any other stays',
  (event, claimed) => {
    for (const [known, status] of byKnowledge.entries()) {
      const isNews = claimed !== null && byKnowledge.indexOf(claimed) > known
      expect([status, transition(status, event)]).toEqual([status, isNews ? claimed : status])
    }
  },
)

test('the statuses are ordered by what they know, and all of them are', () => {
  expect(byKnowledge.toSorted()).toEqual(PaymentStatus.anyOf.map((literal) => literal.const).toSorted())
  for (const [index, status] of byKnowledge.entries()) {
    for (const [other, less] of byKnowledge.entries()) expect(knowsAsMuch(status, less)).toBe(index >= other)
  }
})

test('an attempt is open until it has an outcome, and undecided unless it waits for its shopper', () => {
  expect(byKnowledge.filter(isOpen)).toEqual(['starting', 'awaiting_shopper', 'processing'])
  expect(byKnowledge.filter(isUndecided)).toEqual(['starting', 'processing'])
  expect(openStatuses).toEqual(byKnowledge.filter(isOpen))
  expect(undecidedStatuses).toEqual(byKnowledge.filter(isUndecided))
})

const cancellation = (eventCode: string, success: boolean): PaymentEvent => ({
  type: 'cancellation',
  eventCode,
  success,
  reason: '',
})

test('a reversal and a cancellation that succeeded are kept, sorted and once; nothing else is', () => {
  const chargeback: PaymentEvent = { type: 'reversal', eventCode: 'CHARGEBACK', reason: '' }
  const events: readonly PaymentEvent[] = [
    cancellation('TECHNICAL_CANCEL', true),
    chargeback,
    cancellation('CANCELLATION', false),
    chargeback,
    { type: 'offer_closed' },
    { type: 'refund_updated', refundId: 'rf_1', status: 'failed' },
  ]
  expect(events.reduce<readonly string[]>(reversalsAfter, [])).toEqual(['CHARGEBACK', 'TECHNICAL_CANCEL'])
})
