import { operatorRoutes } from '@tael/contracts'
import { expect } from 'vitest'
import { type CallName, type Cell, play, type Standing } from './fault-play.ts'
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

type Stage = Readonly<Partial<Record<keyof Standing, unknown>>>

interface Expected {
  readonly told: readonly Stage[]
  readonly after: Stage
  readonly end: Stage
}

const starting: Stage = { payment: 'starting', next: 'wait' }
const waiting: Stage = { payment: 'awaiting_shopper', next: 'open_cashier' }
const failed: Stage = { payment: 'error', next: 'pay_again' }
const processing: Stage = { payment: 'processing', next: 'wait' }
const authorised: Stage = { payment: 'authorised', next: 'view_order' }
const cancelled: Stage = { order: 'cancelled', payment: 'awaiting_shopper', next: 'view_order' }

const bought: Stage = { order: 'paid', ...authorised, attempts: 1, paid: 5000, refunded: 0 }
const returned: Stage = { ...bought, refund: 'refunded', refunded: 5000 }
const over: Stage = { payment: 'expired', next: 'view_order', attempts: 1, paid: 0, refunded: 0 }

const asked = twice({ refund: 'requested' })

/** What is seen of a decision, call by call: as much of `Played` as matters. */
const seen: Readonly<Record<CallName, Readonly<Partial<Record<Decision, Expected>>>>> = {
  payments: {
    untouched: { told: twice(waiting), after: { ...waiting, atAdyen: 'open' }, end: bought },
    repeated: { told: twice(starting), after: { ...waiting, atAdyen: 'open' }, end: bought },
    kept: {
      told: twice(starting),
      after: { ...starting, atAdyen: 'unheard of' },
      end: { ...over, order: 'expired' },
    },
    disbelieved: {
      told: twice(starting),
      after: { ...starting, atAdyen: 'open' },
      end: { ...over, order: 'expired' },
    },
    given_up: {
      told: twice(failed),
      after: { ...failed, atAdyen: 'open' },
      end: { ...bought, attempts: 2 },
    },
  },
  details: {
    untouched: { told: twice(authorised), after: { ...authorised, order: 'paid' }, end: bought },
    repeated: { told: twice(processing), after: { ...authorised, order: 'paid' }, end: bought },
    kept: { told: twice(processing), after: { ...processing, order: 'open' }, end: bought },
    disbelieved: { told: twice(processing), after: { ...processing, order: 'open' }, end: bought },
  },
  refunds: {
    untouched: { told: asked, after: { refund: 'received' }, end: returned },
    repeated: { told: asked, after: { refund: 'received' }, end: returned },
    // A person must look at it: see below.
    kept: { told: asked, after: { refund: 'requested' }, end: { ...bought, refund: 'requested' } },
    disbelieved: { told: asked, after: { refund: 'requested' }, end: returned },
  },
  technicalCancels: {
    untouched: closing('cancelled'),
    repeated: closing('cancelled'),
    kept: closing('open'),
    disbelieved: closing('cancelled'),
  },
}

/** The order is cancelled whatever becomes of the call; the attempt ends when Adyen says so. */
function closing(atAdyen: string): Expected {
  return {
    told: twice(cancelled),
    after: { ...cancelled, atAdyen },
    end: { ...over, order: 'cancelled' },
  }
}

/** Two identical requests, of which one makes the call, are told the same. */
function twice(stage: Stage): readonly Stage[] {
  return [stage, stage]
}

interface Row extends Cell {
  readonly expected: Expected
  /** How often Adyen hears the call: once, a second time, or until the fault is over. */
  readonly heard: 'once' | 'twice' | 'again and again'
}

/**
 * Every cell while the fault lasts; and where a phone waits for a call that is worth repeating, once more with a fault that
 * is over sooner than the tries of the call.
 */
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
    const phoneWaits = call === 'payments' || call === 'details'
    return decision === 'repeated' && phoneWaits ? [lasting, short] : [lasting]
  }),
)

const test = base
  // A thousandth of the time on the wall: no webhook comes before the clock is put forward.
  .extend('simulatorSettings', { scope: 'file' }, { SIMULATOR_SPEED: '0.001' })
  // Played once, also where that fails: the failure is then every test's.
  .extend('played', { scope: 'file' }, ({ shop, key }) => {
    const playing = play(shop, key, rows)
    return () => playing
  })

const title = '$call, $fault for $lasts'
const options = { timeout: 300_000 }
test.for(rows)(title, options, (row, { played }) => check(row, played()))

async function check(row: Row, played: ReturnType<typeof play>): Promise<void> {
  const { cells } = await played
  const { told, after, end, keys } = cells.get(row) ?? { keys: [] }
  expect({ told, after, end }).toMatchObject(row.expected)
  expect(new Set(keys).size).toBe(1)
  if (row.heard === 'again and again') expect(keys.length).toBeGreaterThan(1)
  else expect(keys).toHaveLength(row.heard === 'once' ? 1 : 2)
}

test('no payment is started twice at Adyen', async ({ shop, played }) => {
  const { cells } = await played()
  const ledger = JSON.stringify(await simulate(shop, 'GET', '/ledger'))
  const references = [...ledger.matchAll(/"merchantReference":"([^"]+)"/g)].map(([, reference]) => reference)
  expect(references.length).toBeGreaterThan(cells.size / 2)
  expect(new Set(references).size).toBe(references.length)
})

test('what nobody can find out any more is told to operators, and nothing else', async ({
  shop,
  key,
  played,
}) => {
  expect((await played()).cells.size).toBe(rows.length)
  const { items } = await shop.call(operatorRoutes.listAttention, {}, { token: key })
  expect(items.map(({ kind }) => kind)).toEqual(['refund_unsent'])
})

test('no fault of Adyen becomes one of ours', async ({ played }) => {
  for (const server of (await played()).servers) {
    const log = await logged(server, /Adyen did not answer/)
    expect(log).not.toMatch(/job failed|request failed|needs attention/)
  }
})

test('every fault that a call to Adyen can meet has its row', async ({ shop }) => {
  const described = JSON.stringify(await simulate(shop, 'GET', '/scenarios'))
  const known = [...described.matchAll(/"name":"(\w+)","description":"A call to Adyen:/g)].map(
    ([, name]) => name,
  )
  // An answer that takes three seconds is in time: processes.test.ts lives on it.
  expect(new Set(known)).toEqual(new Set([...Object.keys(matrix), 'slow_answer']))
})
