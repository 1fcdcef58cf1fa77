import { outcomeOf, outcomes, PaymentStatus, ResultCode, resultCodes } from '@tael/contracts'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type PaymentEvent, reversalsAfter, transition } from '../src/ledger/transition.ts'

const statuses = PaymentStatus.anyOf.map((literal) => literal.const)
const codes = ResultCode.anyOf.map((literal) => literal.const)
const final = (status: PaymentStatus): boolean => outcomes[status].final

const result = fc.constantFrom(...codes).map((resultCode) => ({ resultCode }))
const parameters = {
  timeStamp: '1',
  nonceStr: 'n',
  package: 'prepay_id=1',
  signType: 'RSA',
  paySign: 's',
} as const
const cancellations = ['CANCELLATION', 'TECHNICAL_CANCEL', 'CANCEL_OR_REFUND'].flatMap((eventCode) =>
  [true, false].map((success) => ({ type: 'cancellation' as const, eventCode, success, reason: '' })),
)
const reversals = ['CAPTURE_FAILED', 'CHARGEBACK', 'CHARGEBACK_REVERSED'].map((eventCode) => ({
  type: 'reversal' as const,
  eventCode,
  reason: '',
}))
const fromAdyen: fc.Arbitrary<PaymentEvent> = fc.oneof(
  result.map((one) => ({ type: 'result' as const, result: one })),
  result.map((one) => ({ type: 'cashier_ready' as const, parameters, result: one })),
  result.map((one) => ({ type: 'cashier_unusable' as const, problems: [], result: one })),
  fc
    .boolean()
    .map((success) => ({ type: 'authorisation' as const, success, pspReference: 'psp', reason: '' })),
  fc.constant<PaymentEvent>({ type: 'start_rejected', status: 422, errorCode: '1', message: '' }),
  fc.constant<PaymentEvent>({ type: 'unanswered', operation: 'payments', reason: '' }),
  fc.constant<PaymentEvent>({ type: 'offer_closed' }),
  fc.constant<PaymentEvent>({ type: 'cancel_answered', answer: 'received', reason: '' }),
  fc.constantFrom(...cancellations, ...reversals),
)
const event: fc.Arbitrary<PaymentEvent> = fc.oneof(
  fromAdyen,
  fc.constant<PaymentEvent>({ type: 'shopper_returned', paymentStatus: 'requestPayment:ok' }),
  fc.constant<PaymentEvent>({ type: 'started' }),
  fc.constant<PaymentEvent>({ type: 'cancel_requested', why: '' }),
  fc.constant<PaymentEvent>({ type: 'abandoned' }),
  fc.constant<PaymentEvent>({ type: 'refund_updated', refundId: 'rf_1', status: 'refunded' }),
)
const moneyArrived = (one: PaymentEvent): boolean =>
  (one.type === 'authorisation' && one.success) ||
  (one.type === 'result' && one.result.resultCode === 'Authorised')
const play = (events: readonly PaymentEvent[]): PaymentStatus =>
  events.reduce<PaymentStatus>(transition, 'starting')

test('events of Adyen and the phone lead to the same end in any order and any number', () => {
  const cases = fc.array(event, { maxLength: 12 }).chain((events) =>
    fc.tuple(
      fc.constant(events),
      fc.shuffledSubarray([...events, ...events], {
        minLength: events.length * 2,
        maxLength: events.length * 2,
      }),
    ),
  )
  const sameEnd = fc.property(cases, ([events, shuffledTwice]) => play(shuffledTwice) === play(events))
  expect(fc.check(sameEnd, { numRuns: 5000 })).toMatchObject({ failed: false })
})

test('what is authorised stays authorised, and nothing final becomes open again', () => {
  const start = fc.constantFrom(...statuses)
  const keepsItsEnd = fc.property(start, fc.array(event, { maxLength: 20 }), (from, events) => {
    const end = events.reduce<PaymentStatus>(transition, from)
    return (from !== 'authorised' || end === 'authorised') && (!final(from) || final(end))
  })
  expect(fc.check(keepsItsEnd, { numRuns: 5000 })).toMatchObject({ failed: false })
})

test('whatever of the rest is lost, a payment whose money arrived is authorised', () => {
  const someLost = fc
    .array(event, { maxLength: 12 })
    .chain((events) => fc.tuple(fc.subarray(events), fc.nat({ max: 12 })))
  const money: PaymentEvent = { type: 'authorisation', success: true, pspReference: 'psp', reason: '' }
  const arrives = fc.property(someLost, ([left, at]) => play(left.toSpliced(at, 0, money)) === 'authorised')
  expect(fc.check(arrives, { numRuns: 5000 })).toMatchObject({ failed: false })
})

const remember = (events: readonly PaymentEvent[]): readonly string[] =>
  events.reduce<readonly string[]>(reversalsAfter, [])

test('what was taken back of a payment is the same set in any order and any number', () => {
  const cases = fc
    .array(event, { maxLength: 12 })
    .chain((events) =>
      fc.tuple(
        fc.constant(events),
        fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2 }),
      ),
    )
  const same = fc.property(
    cases,
    ([events, shuffledTwice]) => String(remember(events)) === String(remember(shuffledTwice)),
  )
  expect(fc.check(same, { numRuns: 5000 })).toMatchObject({ failed: false })
})

test('only Adyen makes a payment authorised', () => {
  const moneyDecides = fc.property(
    fc.array(event, { maxLength: 20 }),
    (events) => (play(events) === 'authorised') === events.some(moneyArrived),
  )
  expect(fc.check(moneyDecides, { numRuns: 5000 })).toMatchObject({ failed: false })
})

test('an attempt that took nothing is not offered again once its order is paid or given up', () => {
  for (const status of statuses) {
    const open = outcomeOf(status, { surplus: false, order: 'open' })
    expect(open).toEqual(outcomes[status])
    const expected = open.nextAction === 'wait' ? 'wait' : 'view_order'
    expect(outcomeOf(status, { surplus: false, order: 'paid' }).nextAction).toBe(expected)
    expect(outcomeOf(status, { surplus: false, order: 'expired' }).nextAction).toBe(expected)
    expect(outcomeOf(status, { surplus: false, order: 'cancelled' }).nextAction).toBe(expected)
  }
})

test('every resultCode of Adyen means something, and those of WeChat Pay mean what Adyen says', () => {
  expect(Object.keys(resultCodes).toSorted()).toEqual(codes.toSorted())
  expect(
    Object.fromEntries(
      codes.filter((code) => resultCodes[code].final).map((code) => [code, resultCodes[code].message]),
    ),
  ).toEqual({ Authorised: 'paid', Refused: 'refused', Error: 'error', Cancelled: 'cancelled' })
  expect([resultCodes.Pending.nextAction, resultCodes.Received.nextAction]).toEqual(['wait', 'wait'])
})
