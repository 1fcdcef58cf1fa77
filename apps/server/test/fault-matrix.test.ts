import { expect } from 'vitest'
import { type CallName, type Cell, type Played, play } from './fault-play.ts'
import { test as base } from './fixtures.ts'
import { logged, simulate } from './shop.ts'

/**
 * What comes of each call to Adyen under each fault, for as long as the fault lasts and after. A payment of its own is
 * played for each cell, all of them side by side. Adyen's clock stands still until every call has come to rest, so that
 * no webhook tells what only the answer to a call can tell.
 */
type Decision =
  /** As if nothing had happened: the fault spoils nothing that this answer says. */
  | 'untouched'
  /** Nobody knows what Adyen did: the same call is made again with its key until it is answered. */
  | 'repeated'
  /** Adyen keeps an error for the key: the call is repeated in vain; the webhook, or the end of its time, decides. */
  | 'kept'
  /** An answer about something else tells nothing, and would come again: the webhook, or the end of its time, decides. */
  | 'disbelieved'
  /** The attempt cannot be paid, which is final; the shopper pays with another one. */
  | 'given_up'

const calls: readonly CallName[] = ['payments', 'details', 'refunds', 'technicalCancels']

const everyCall = (decision: Decision): Record<CallName, Decision> => ({
  payments: decision,
  details: decision,
  refunds: decision,
  technicalCancels: decision,
})

const matrix: Readonly<Record<string, Readonly<Record<CallName, Decision>>>> = {
  lost_request: everyCall('repeated'),
  lost_answer: everyCall('repeated'),
  timeout_before: everyCall('repeated'),
  timeout_after: everyCall('repeated'),
  rate_limited: everyCall('repeated'),
  transient_500: everyCall('repeated'),
  permanent_500: everyCall('kept'),
  unavailable_503: everyCall('repeated'),
  in_progress_704: everyCall('repeated'),
  truncated_json: everyCall('repeated'),
  html_page: everyCall('repeated'),
  wrong_schema: everyCall('repeated'),
  // Only the answer to /payments has what opens a cashier.
  missing_package: { ...everyCall('untouched'), payments: 'given_up' },
  other_reference: everyCall('disbelieved'),
  // The answer to a cancel names no amount.
  other_amount: { ...everyCall('disbelieved'), technicalCancels: 'untouched' },
}

const starting = { payment: 'starting', next: 'wait' }
const waiting = { payment: 'awaiting_shopper', next: 'open_cashier' }
const failed = { payment: 'error', next: 'pay_again' }
const confirming = { order: 'open', payment: 'processing', next: 'wait' }
const paid = { order: 'paid', payment: 'authorised', next: 'view_order' }
const cancelled = { order: 'cancelled', payment: 'awaiting_shopper', next: 'view_order' }

const bought = { ...paid, paid: 5000, refunded: 0, attempts: 1 }
const returned = { ...bought, refund: 'refunded', refunded: 5000 }
const expired = {
  order: 'expired',
  payment: 'expired',
  next: 'view_order',
  paid: 0,
  refunded: 0,
  attempts: 1,
}
const closed = { ...expired, order: 'cancelled' }

type Expected = Readonly<Record<keyof Omit<Played, 'keys'>, object>>

/** What is seen of a decision, call by call: what `Played` says, as far as it matters. */
const seen: Readonly<Record<CallName, Readonly<Partial<Record<Decision, Expected>>>>> = {
  payments: {
    untouched: { told: twice(waiting), then: waiting, end: bought },
    repeated: { told: twice(starting), then: waiting, end: bought },
    kept: { told: twice(starting), then: starting, end: expired },
    disbelieved: { told: twice(starting), then: starting, end: expired },
    given_up: { told: twice(failed), then: failed, end: { ...bought, attempts: 2 } },
  },
  details: {
    untouched: { told: twice({ payment: 'authorised' }), then: paid, end: bought },
    repeated: { told: twice({ payment: 'processing', next: 'wait' }), then: paid, end: bought },
    kept: { told: twice({ payment: 'processing', next: 'wait' }), then: confirming, end: bought },
    disbelieved: { told: twice({ payment: 'processing', next: 'wait' }), then: confirming, end: bought },
  },
  refunds: {
    untouched: { told: twice({ refund: 'requested' }), then: { refund: 'received' }, end: returned },
    repeated: { told: twice({ refund: 'requested' }), then: { refund: 'received' }, end: returned },
    kept: {
      told: twice({ refund: 'requested' }),
      then: { refund: 'requested' },
      end: { ...bought, refund: 'requested' },
    },
    disbelieved: { told: twice({ refund: 'requested' }), then: { refund: 'requested' }, end: returned },
  },
  technicalCancels: {
    untouched: { told: twice(cancelled), then: cancelled, end: closed },
    repeated: { told: twice(cancelled), then: cancelled, end: closed },
    kept: { told: twice(cancelled), then: cancelled, end: closed },
    disbelieved: { told: twice(cancelled), then: cancelled, end: closed },
  },
}

/** Two identical requests, of which one makes the call, are told the same. */
function twice(standing: object): object[] {
  return [standing, standing]
}

interface Row extends Cell {
  readonly expected: Expected
  /** How often Adyen hears the call: once, a second time, or until the fault is over. */
  readonly heard: 'once' | 'twice' | 'again and again'
}

/** Every cell while the fault lasts, and those of calls worth repeating where it is over sooner than their tries. */
const rows: readonly Row[] = Object.entries(matrix).flatMap(([fault, decisions]) =>
  calls.flatMap((call): Row[] => {
    const decision = decisions[call]
    const [expected, untouched] = [seen[call][decision], seen[call].untouched]
    if (expected === undefined || untouched === undefined) throw new Error(`${call} is never ${decision}.`)
    const isRepeated = decision === 'repeated' || decision === 'kept'
    const lasting: Row = {
      fault,
      call,
      lasts: 'as long as the call',
      comesToRest: decision !== 'kept',
      expected,
      heard: isRepeated ? 'again and again' : 'once',
    }
    const short: Row = {
      ...lasting,
      lasts: 'one try',
      expected: untouched,
      heard: 'twice',
    }
    return decision === 'repeated' ? [lasting, short] : [lasting]
  }),
)

const test = base
  // A thousandth of the time on the wall: no webhook comes before the clock is put forward.
  .extend('simulatorSettings', { scope: 'file' }, { SIMULATOR_SPEED: '0.001' })
  .extend('played', { scope: 'file' }, ({ shop }): Promise<Map<Cell, Played>> => play(shop, rows))

/** Decided, and not yet so: refunds/send.ts does not look at the amount of an answer. */
const isAhead = ({ call, fault }: Row): boolean => call === 'refunds' && fault === 'other_amount'

const title = '$call, $fault for $lasts'
const options = { timeout: 150_000 }
test.for(rows.filter((row) => !isAhead(row)))(title, options, (row, { played }) => check(row, played))
test.fails.for(rows.filter(isAhead))(title, options, (row, { played }) => check(row, played))

function check(row: Row, played: ReadonlyMap<Cell, Played>): void {
  const { told, then, end, keys } = played.get(row) ?? { keys: [] }
  expect({ told, then, end }).toMatchObject(row.expected)
  expect(new Set(keys).size).toBe(1)
  if (row.heard === 'again and again') expect(keys.length).toBeGreaterThan(1)
  else expect(keys).toHaveLength(row.heard === 'once' ? 1 : 2)
}

test('no payment is started twice at Adyen, and no fault is one of ours', async ({ shop, played }) => {
  expect(played.size).toBe(rows.length)
  const ledger = JSON.stringify(await simulate(shop, 'GET', '/ledger'))
  const references = [...ledger.matchAll(/"merchantReference":"([^"]+)"/g)].map(([, reference]) => reference)
  expect(references.length).toBeGreaterThan(rows.length / 2)
  expect(new Set(references).size).toBe(references.length)
  const log = await logged(shop.server, /the answer of Adyen cannot be used/)
  expect(log).not.toMatch(/job failed|request failed|webhook needs attention/)
})

test('every fault that a call to Adyen can meet has its row', async ({ shop }) => {
  const described = JSON.stringify(await simulate(shop, 'GET', '/scenarios'))
  const known = [...described.matchAll(/"name":"(\w+)","description":"A call to Adyen:/g)].map(
    ([, name]) => name,
  )
  // An answer that takes three seconds is in time: processes.test.ts lives on it.
  expect(known.filter((name) => name !== 'slow_answer').toSorted()).toEqual(Object.keys(matrix).toSorted())
})
