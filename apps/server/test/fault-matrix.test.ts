import { expect } from 'vitest'
import { type CallName, logLines, waitForLog } from './actors/index.ts'
import { type Cell, type OrderState, play } from './fault-play.ts'
import { test as base } from './fixtures.ts'

/**
 * How each call to Adyen ends under each fault, while the fault lasts and after. A payment of its
 * own is played for each cell, all of them side by side, half of them for orders of a merchant. The simulator's clock does not move until
 * every call has come to rest, so that no webhook reports what only the answer to a call can
 * report.
 */
type Decision =
  /** The fault changes nothing that this answer is read for. */
  | 'untouched'
  /** What Adyen did is unknown: the same call is retried with its key until it is answered. */
  | 'retried'
  /**
   * Adyen keeps an error for the key, which a retry would get again: the webhook, or the end of its
   * time, decides; of a refund an operator.
   */
  | 'kept'
  /**
   * An answer about something else would be the same again: the webhook, or the end of its time,
   * decides.
   */
  | 'disbelieved'
  /** The attempt cannot be paid, which is final; the shopper pays with another one. */
  | 'unpayable'

const calls: readonly CallName[] = ['payments', 'details', 'refunds', 'technicalCancels']

const everyCall = (decision: Decision): Record<CallName, Decision> => ({
  payments: decision,
  details: decision,
  refunds: decision,
  technicalCancels: decision,
})

const matrix: Readonly<Record<string, Readonly<Record<CallName, Decision>>>> = {
  lost_request: everyCall('retried'),
  lost_answer: everyCall('retried'),
  timeout_before: everyCall('retried'),
  timeout_after: everyCall('retried'),
  rate_limited: everyCall('retried'),
  transient_500: everyCall('retried'),
  permanent_500: everyCall('kept'),
  unavailable_503: everyCall('retried'),
  in_progress_704: everyCall('retried'),
  truncated_json: everyCall('retried'),
  html_page: everyCall('retried'),
  wrong_schema: everyCall('retried'),
  // Only the answer to /payments has what opens a cashier.
  missing_package: { ...everyCall('untouched'), payments: 'unpayable' },
  other_reference: everyCall('disbelieved'),
  // The answer to a cancel names no amount.
  other_amount: { ...everyCall('disbelieved'), technicalCancels: 'untouched' },
}

/**
 * What Adyen may answer to a shopper who left the cashier unpaid: no document says which it is. The
 * scenarios play it, `paid` the first.
 */
const leaving = {
  paid: { digits: 0, by: 'cancel', answer: 'Cancelled' },
  cancel_pending: { digits: 26, by: 'cancel', answer: 'waiting' },
  cancel_received: { digits: 27, by: 'cancel', answer: 'waiting' },
  cancel_refused: { digits: 28, by: 'cancel', answer: 'Refused' },
  cancel_unanswered: { digits: 29, by: 'cancel', answer: 'nothing' },
  fail_cancelled: { digits: 31, by: 'fail', answer: 'Cancelled' },
  fail_pending: { digits: 32, by: 'fail', answer: 'waiting' },
  fail_received: { digits: 33, by: 'fail', answer: 'waiting' },
  fail_refused: { digits: 34, by: 'fail', answer: 'Refused' },
  fail_unanswered: { digits: 36, by: 'fail', answer: 'nothing' },
} as const

type State = Readonly<Partial<Record<keyof OrderState, unknown>>>

interface Expected {
  readonly answers: readonly State[]
  readonly after: State
  readonly end: State
}

const starting: State = { payment: 'starting', next: 'wait' }
const waiting: State = { payment: 'awaiting_shopper', next: 'open_cashier' }
const failed: State = { payment: 'error', next: 'pay_again' }
const processing: State = { payment: 'processing', next: 'wait' }
const authorised: State = { payment: 'authorised', next: 'view_order' }
const cancelled: State = { order: 'cancelled', payment: 'awaiting_shopper', next: 'view_order' }

const bought: State = { order: 'paid', ...authorised, attempts: 1, paid: 5000, refunded: 0 }
const returned: State = { ...bought, refund: 'refunded', refunded: 5000 }
const over: State = { payment: 'expired', next: 'view_order', attempts: 1, paid: 0, refunded: 0 }

const requested = twice({ refund: 'requested' })

const startSucceeded = { after: { ...waiting, read: 'cashier_ready', atAdyen: 'open' }, end: bought }
const detailsSucceeded = { after: { ...authorised, read: 'result', order: 'paid' }, end: bought }
const refundAccepted = {
  after: { refund: 'received', read: 'refund_updated' },
  end: returned,
}

/** What is seen of a decision, call by call: as much of `Played` as matters. */
const seen: Readonly<Record<CallName, Readonly<Partial<Record<Decision, Expected>>>>> = {
  payments: {
    untouched: { answers: twice(waiting), ...startSucceeded },
    retried: { answers: twice(starting), ...startSucceeded },
    kept: {
      answers: twice(starting),
      after: { ...starting, read: 'answer_unusable', atAdyen: 'unknown' },
      end: { ...over, order: 'expired' },
    },
    disbelieved: {
      answers: twice(starting),
      after: { ...starting, read: 'answer_unusable', atAdyen: 'open' },
      end: { ...over, order: 'expired' },
    },
    unpayable: {
      answers: twice(failed),
      after: { ...failed, read: 'cashier_unusable', atAdyen: 'open' },
      end: { ...bought, attempts: 2 },
    },
  },
  details: {
    untouched: { answers: twice(authorised), ...detailsSucceeded },
    retried: { answers: twice(processing), ...detailsSucceeded },
    kept: {
      answers: twice(processing),
      after: { ...processing, read: 'answer_unusable', order: 'open' },
      end: bought,
    },
    disbelieved: {
      answers: twice(processing),
      after: { ...processing, read: 'answer_unusable', order: 'open' },
      end: bought,
    },
  },
  refunds: {
    // Adyen may have answered before the second of two identical requests is.
    untouched: {
      answers: twice({ refund: expect.stringMatching(/^(?:requested|received)$/) }),
      ...refundAccepted,
    },
    retried: { answers: requested, ...refundAccepted },
    // A person must look at it: see below.
    kept: {
      answers: requested,
      after: { refund: 'requested', read: 'answer_unusable' },
      end: { ...bought, refund: 'requested' },
    },
    disbelieved: {
      answers: requested,
      after: { refund: 'requested', read: 'answer_unusable' },
      end: returned,
    },
  },
  technicalCancels: {
    untouched: closing({ atAdyen: 'cancelled', read: 'cancel_answered' }),
    retried: closing({ atAdyen: 'cancelled', read: 'cancel_answered' }),
    kept: closing({ atAdyen: 'open', read: 'answer_unusable' }),
    disbelieved: closing({ atAdyen: 'cancelled', read: 'answer_unusable' }),
  },
}

/** The order is cancelled however the call ends; the attempt ends when Adyen reports it. */
function closing(after: State): Expected {
  return {
    answers: twice(cancelled),
    after: { ...cancelled, ...after },
    end: { ...over, order: 'cancelled' },
  }
}

/** Two identical requests, of which one makes the call, are answered alike. */
function twice(state: State): readonly State[] {
  return [state, state]
}

/** What is seen of each answer to who left unpaid. */
const seenUnpaid: Readonly<Record<(typeof leaving)[keyof typeof leaving]['answer'], Expected>> = {
  Cancelled: ended('cancelled'),
  Refused: ended('refused'),
  waiting: {
    answers: twice(waiting),
    after: { ...waiting, order: 'open', read: 'answer_inconclusive', atAdyen: 'open' },
    end: { order: 'paid', ...authorised, attempts: 1 },
  },
  nothing: {
    answers: twice(waiting),
    after: { ...waiting, order: 'open', read: 'unanswered', atAdyen: 'open' },
    end: { order: 'paid', ...authorised, attempts: 1 },
  },
}

/** The attempt is over, and the shopper pays with another one. */
function ended(payment: 'cancelled' | 'refused'): Expected {
  const state: State = { payment, next: 'pay_again' }
  return {
    answers: twice(state),
    after: { ...state, order: 'open', read: 'result', atAdyen: payment },
    end: { order: 'paid', ...authorised, attempts: 2 },
  }
}

interface Row extends Cell {
  readonly expected: Expected
  /** How often Adyen receives the call: once, a second time, or until the fault is over. */
  readonly received: 'once' | 'twice' | 'again and again'
}

/** One row for each answer to who left unpaid. Whoever continues is charged once. */
const unpaidRows = Object.entries(leaving).map(([fault, { digits, by, answer }]): Row => {
  const { end, ...expected } = seenUnpaid[answer]
  return {
    fault,
    call: 'details',
    leaves: { digits, by, isAnswered: answer !== 'nothing' },
    lasts: 'as long as the call',
    expected: { ...expected, end: { ...end, paid: 5000 + digits, refunded: 0 } },
    received: answer === 'nothing' ? 'again and again' : 'once',
  }
})

/**
 * Every cell while the fault lasts; and where a phone waits for a call that is worth retrying, once
 * more with a fault that is over before the tries of the call are.
 */
const faultRows: readonly Row[] = Object.entries(matrix).flatMap(([fault, decisions]) =>
  calls.flatMap((call): Row[] => {
    const decision = decisions[call]
    const [expected, untouched] = [seen[call][decision], seen[call].untouched]
    if (expected === undefined || untouched === undefined) throw new Error(`${call} is never ${decision}.`)
    const lasting: Row = {
      fault,
      call,
      lasts: 'as long as the call',
      expected,
      received: decision === 'retried' ? 'again and again' : 'once',
    }
    const short: Row = { ...lasting, lasts: 'one try', expected: untouched, received: 'twice' }
    const phoneWaits = call === 'payments' || call === 'details'
    return decision === 'retried' && phoneWaits ? [lasting, short] : [lasting]
  }),
)

const rows = [...faultRows, ...unpaidRows]

const test = base
  // A thousandth of the time on the wall: no webhook is sent before the clock is put forward.
  .extend('simulatorSettings', { scope: 'file' }, { SIMULATOR_SPEED: '0.001' })
  // Played once, also where that fails: every test then fails with the reason.
  .extend('played', { scope: 'file' }, ({ shop, operator }) => {
    const playing = play(shop, operator, rows)
    return () => playing
  })

const title = '$call, $fault for $lasts'
const options = { timeout: 300_000 }
test.for(rows)(title, options, async (row, { played }) => {
  const { answers, after, end, keys } = (await played()).cells.get(row) ?? { keys: [] }
  expect({ answers, after, end }).toMatchObject(row.expected)
  expect(new Set(keys).size).toBe(1)
  if (row.received === 'again and again') expect(keys.length).toBeGreaterThan(1)
  else expect(keys).toHaveLength(row.received === 'once' ? 1 : 2)
})

test('no payment is started twice at Adyen', async ({ adyen, played }) => {
  const { cells } = await played()
  const references = (await adyen.ledger()).map(({ merchantReference }) => merchantReference)
  expect(references.length).toBeGreaterThan(cells.size / 2)
  expect(new Set(references).size).toBe(references.length)
})

test('only what nobody can find out any more needs attention', async ({ operator, played }) => {
  expect((await played()).cells.size).toBe(rows.length)
  const items = await operator.listAttention()
  expect(items.map(({ kind }) => kind)).toEqual(['refund_unsent'])
})

test('no fault of Adyen becomes one of ours', async ({ played }) => {
  for (const server of (await played()).servers) {
    await waitForLog(server, { msg: 'Adyen did not answer' })
    const messages = logLines(server).map(({ msg }) => msg)
    expect(messages.filter((msg) => /job failed|request failed|needs attention/.test(msg))).toEqual([])
  }
})

test('every answer to who left the cashier unpaid has its row', async ({ adyen }) => {
  const scenarios = await adyen.scenarioNames()
  expect(Object.keys(leaving)).toEqual(['paid', ...scenarios.filter((name) => /^(cancel|fail)_/.test(name))])
})

test('every fault that a call to Adyen can meet has its row', async ({ adyen }) => {
  // An answer that takes three seconds is in time: processes.test.ts lives on it.
  expect(new Set(await adyen.faultNames())).toEqual(new Set([...Object.keys(matrix), 'slow_answer']))
})
