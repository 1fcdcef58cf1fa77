import { outcomeOf, outcomes, PaymentStatus, ResultCode, resultCodes } from '@tael/contracts'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type PaymentEvent, reversalsAfter, transition } from '../src/ledger/transition.ts'
import type { PaymentRow } from '../src/db/rows.ts'
import type { Account } from '../src/reconciliation/account.ts'
import { checkHistory } from '../src/reconciliation/history.ts'

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
const payment: PaymentRow = {
  id: 'pay_1',
  order_id: 'ord_1',
  shopper_id: 'sh_1',
  currency: 'CNY',
  value: 100,
  status: 'starting',
  result_code: null,
  pays_order: false,
  surplus: false,
  psp_reference: null,
  payment_data: null,
  wx_parameters: null,
  reversals: [],
  wechat_transaction_id: null,
  openings: 1,
  version: 1,
  created_at: new Date(0),
  updated_at: new Date(0),
}
const reason = ''
const answer = { shape: 'action.sdkData', names: 'package', withReference: true, withData: true }
/** Each type of event. A new one does not compile until it is here, and is played then. */
const eventsByType: {
  readonly [T in PaymentEvent['type']]: fc.Arbitrary<Extract<PaymentEvent, { type: T }>>
} = {
  started: fc.constant({ type: 'started' }),
  cashier_ready: result.map((one) => ({ type: 'cashier_ready', parameters, result: one, answer })),
  cashier_unusable: result.map((one) => ({ type: 'cashier_unusable', problems: [], result: one })),
  result: result.map((one) => ({ type: 'result', result: one })),
  start_rejected: fc.constant({ type: 'start_rejected', status: 422, errorCode: '1', message: '' }),
  details_rejected: fc.constant({ type: 'details_rejected', status: 422, errorCode: '1', message: '' }),
  answer_unusable: fc.constant({ type: 'answer_unusable', operation: 'payments', reason }),
  unanswered: fc.constant({ type: 'unanswered', operation: 'payments', reason }),
  answer_inconclusive: result.map((one) => ({ type: 'answer_inconclusive', result: one })),
  returned_unpaid: fc.constant({ type: 'returned_unpaid', paymentStatus: 'requestPayment:fail cancel' }),
  continued: fc.constant({ type: 'continued' }),
  shopper_returned: fc.constant({ type: 'shopper_returned', paymentStatus: 'requestPayment:ok' }),
  authorisation: fc
    .boolean()
    .map((success) => ({ type: 'authorisation', success, pspReference: 'psp', reason })),
  offer_closed: fc.constant({ type: 'offer_closed' }),
  cancel_requested: fc.constant({ type: 'cancel_requested', why: '' }),
  cancel_answered: fc
    .constantFrom('received' as const, 'rejected' as const)
    .map((answer) => ({ type: 'cancel_answered', answer, reason })),
  cancellation: fc
    .tuple(fc.constantFrom('CANCELLATION', 'TECHNICAL_CANCEL', 'CANCEL_OR_REFUND'), fc.boolean())
    .map(([eventCode, success]) => ({ type: 'cancellation', eventCode, success, reason })),
  abandoned: fc.constant({ type: 'abandoned' }),
  reversal: fc
    .constantFrom('CAPTURE_FAILED', 'CHARGEBACK', 'CHARGEBACK_REVERSED')
    .map((eventCode) => ({ type: 'reversal', eventCode, reason })),
  refund_updated: fc.constant({ type: 'refund_updated', refundId: 'rf_1', status: 'refunded' }),
}
const event: fc.Arbitrary<PaymentEvent> = fc.oneof(...Object.values(eventsByType))
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

test('an attempt that took nothing is not offered again once its order is paid or closed', () => {
  for (const status of statuses) {
    const open = outcomeOf(status, { surplus: false, order: 'open' })
    expect(open).toEqual(outcomes[status])
    const expected = open.nextAction === 'wait' ? 'wait' : 'view_order'
    expect(outcomeOf(status, { surplus: false, order: 'paid' }).nextAction).toBe(expected)
    expect(outcomeOf(status, { surplus: false, order: 'expired' }).nextAction).toBe(expected)
    expect(outcomeOf(status, { surplus: false, order: 'cancelled' }).nextAction).toBe(expected)
  }
})

test('every resultCode of Adyen has a meaning, and those of WeChat Pay have the documented one', () => {
  expect(Object.keys(resultCodes).toSorted()).toEqual(codes.toSorted())
  expect(
    Object.fromEntries(
      codes.filter((code) => resultCodes[code].final).map((code) => [code, resultCodes[code].message]),
    ),
  ).toEqual({ Authorised: 'paid', Refused: 'refused', Error: 'error', Cancelled: 'cancelled' })
  expect([resultCodes.Pending.nextAction, resultCodes.Received.nextAction]).toEqual(['wait', 'wait'])
})

/** A payment with these events recorded, as the ledger records them. */
const history = (events: readonly PaymentEvent[]): Account => {
  let status: PaymentStatus = 'starting'
  const recorded = [{ type: 'started' } as const, ...events].map((one, index) => {
    const from = status
    status = transition(status, one)
    const { type, ...detail } = one
    return {
      id: index,
      payment_id: 'pay_1',
      version: index + 1,
      at: new Date(0),
      source: 'adyen' as const,
      type,
      from_status: from,
      to_status: status,
      detail,
      webhook_id: null,
    }
  })
  return {
    payment: { ...payment, status, version: recorded.length },
    events: recorded,
    refunds: [],
    calls: [],
    webhooks: [],
  }
}

test('a payment rebuilt from its recorded events, of whichever types, agrees with its history', () => {
  fc.assert(
    fc.property(fc.array(event, { minLength: 1, maxLength: 12 }), (events) => {
      expect(checkHistory(history(events))).toEqual([])
    }),
    { numRuns: 1000 },
  )
  const damaged = history([{ type: 'offer_closed' }])
  expect(
    checkHistory({ ...damaged, events: damaged.events.map((one) => ({ ...one, type: 'unheard_of' })) }),
  ).toEqual([
    { subject: 'pay_1', problem: 'event 0 (unheard_of) cannot be read' },
    { subject: 'pay_1', problem: 'event 1 (unheard_of) cannot be read' },
    { subject: 'pay_1', problem: 'event 1 leads to expired, not to starting' },
    { subject: 'pay_1', problem: 'it is expired, but its events lead to starting' },
  ])
})
