import { setTimeout as pause } from 'node:timers/promises'
import type { Call, NextAction, Order, Payment, RefundStatus } from '@tael/contracts'
import { openidOf } from '@tael/simulator/openid'
import { credentials, type Server } from '@tael/stack'
import {
  type CallName,
  callTo,
  HOUR,
  type Merchant,
  MINUTE,
  type Operator,
  type ReceivedCall,
  type Shop,
  type Shopper,
} from './actors/index.ts'

/** One call to Adyen that meets one fault, or a details call with one answer to who left unpaid. */
export interface Cell {
  /** The name of the fault, or of the scenario that has the answer. */
  readonly fault: string
  /**
   * Only of a scenario: the last digits of its price, how the shopper leaves the cashier, and
   * whether Adyen answers before they continue.
   */
  readonly leaves?: {
    readonly digits: number
    readonly by: 'cancel' | 'fail'
    readonly isAnswered: boolean
  }
  readonly call: CallName
  readonly lasts: 'as long as the call' | 'one try'
}

/**
 * The state of an order, as its shopper sees it, and at Adyen. An answer of the server has a part
 * of it.
 */
export interface OrderState {
  readonly order?: Order['status']
  readonly payment?: Payment['status'] | undefined
  readonly next?: NextAction | undefined
  readonly refund?: RefundStatus | undefined
  /** How many attempts to pay it there are. */
  readonly attempts?: number
  /** The type of the last event that an answer of Adyen caused: how the server read it. */
  readonly read?: string | undefined
  /** Adyen's result of its newest payment. */
  readonly atAdyen?: string
  /** The money that moved, in minor units. */
  readonly paid?: number
  readonly refunded?: number
}

/** What became of a cell. */
export interface Played {
  /** The answers to two identical requests, of which one makes or enqueues the call. */
  readonly answers: readonly OrderState[]
  /** When the fault is over and the server has done what it does by itself, before any webhook. */
  readonly after: OrderState
  /** When the shopper has gone on, Adyen has delivered its webhooks, and time is over. */
  readonly end: OrderState
  /** The idempotency keys under which Adyen received the call, one for each time. */
  readonly keys: readonly (string | undefined)[]
}

/** A shopper with an order, at one of the servers. */
interface Visit {
  readonly cell: Cell
  readonly shop: Shop
  readonly shopper: Shopper
  readonly operator: Operator
  readonly order: Order
}

/**
 * A shopper at the moment before the call; `act` makes the server call Adyen, and may be done
 * twice.
 */
interface Ready extends Visit {
  readonly act: () => Promise<OrderState>
}

const PRICE = 5000
/** A phone gives up after 15 seconds; these wait for as long as a busy machine takes. */
const PATIENCE_MS = 60_000
/** All cells together, a third of which wait for an answer that does not come. */
const WAIT_MS_MAX = 180_000
/** How many shoppers act at the same time: more would only wait for the processor. */
const BUSY = 8
/** How many may wait for an answer that a fault holds up. */
const WAITING = 24

/**
 * Brings a shopper to the moment before a call; returns what makes the server call Adyen, and may
 * be done twice.
 */
const acts: Readonly<Record<CallName, (visit: Visit) => Promise<() => Promise<OrderState>>>> = {
  async payments({ shopper, order }) {
    const key = crypto.randomUUID()
    return async () => stateOfPayment((await shopper.startPayment(order, key)).payment)
  },
  async details({ shopper, order, cell: { leaves } }) {
    const attempt = await shopper.startPayment(order)
    const cancels = leaves?.by === 'cancel'
    const errMsg = await (cancels ? shopper.cancelAtCashier(attempt) : shopper.payAtCashier(attempt))
    return async () => stateOfPayment(await shopper.submitDetails(attempt, errMsg))
  },
  async refunds({ shopper, operator, order }) {
    const payment = await shopper.pay(await shopper.startPayment(order))
    const key = crypto.randomUUID()
    return async () => ({ refund: (await operator.refund(payment, PRICE, key)).status })
  },
  async technicalCancels({ shopper, order }) {
    await shopper.startPayment(order)
    return async () => stateOfOrder(await shopper.cancelOrder(order.id))
  },
}

const stateOfPayment = ({ status, outcome }: Payment): OrderState => ({
  payment: status,
  next: outcome.nextAction,
})
const stateOfOrder = ({ status, payment, refunds }: Order): OrderState => ({
  ...(payment === null ? {} : stateOfPayment(payment)),
  order: status,
  refund: refunds.at(-1)?.status,
})

/**
 * Plays all cells side by side at two servers, each with a shopper of its own at whom its fault is
 * aimed.
 */
export async function play(
  shop: Shop,
  operator: Operator,
  cells: readonly Cell[],
): Promise<{ readonly cells: ReadonlyMap<Cell, Played>; readonly servers: readonly Server[] }> {
  const servers = [shop.server, await shop.startServer()]
  const merchant = shop.merchant()
  const recording = await shop.adyen.record()
  try {
    const visits = await forEach(cells, BUSY, async (cell, index) => {
      const patient = patientCallTo(servers[index % servers.length] ?? shop.server)
      const shopper = (await shop.shopper(`shopper-${index}`)).through(patient)
      // Each kind of order at each server.
      const place = index % 4 < 2 ? placeInShop : placeAt(merchant)
      return arrive({ cell, shop, shopper, operator: operator.through(patient) }, place)
    })
    await aim(shop, visits)
    const answered = new Set<Visit>()
    const acting = forEach(visits, WAITING, async (visit) => {
      const answers = await Promise.all([visit.act(), visit.act()])
      answered.add(visit)
      return answers
    })
    const [answers] = await Promise.all([acting, endFaults(shop, visits, answered)])
    await comeToRest(shop, visits)
    const after = await statesOf(shop, visits)
    await forEach(visits, BUSY, goOn)
    await letTimeEnd(shop)
    const end = await statesOf(shop, visits)

    const calls = await recording.calls()
    const played = await forEach(visits, BUSY, async (visit, index): Promise<[Cell, Played]> => {
      const keys = (await callsOf(visit, calls)).map(({ idempotencyKey }) => idempotencyKey)
      return [
        visit.cell,
        { answers: answers[index] ?? [], after: after[index] ?? {}, end: end[index] ?? {}, keys },
      ]
    })
    return { cells: new Map(played), servers }
  } finally {
    recording.stop()
  }
}

/** Does this for each, at most so many at a time. */
async function forEach<T, R>(
  items: readonly T[],
  concurrency: number,
  act: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  const queue = items.entries()
  const work = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await act(item, index)
  }
  await Promise.all(Array.from({ length: concurrency }, work))
  return results
}

/** Brings a shopper to the moment before the call of a cell. */
async function arrive(visitor: Omit<Visit, 'order'>, place: Place): Promise<Ready> {
  const price = PRICE + (visitor.cell.leaves?.digits ?? 0)
  const visit = { ...visitor, order: await place(visitor.shopper, price) }
  return { ...visit, act: await acts[visit.cell.call](visit) }
}

/** Places an order of a shopper at this price. */
type Place = (shopper: Shopper, price: number) => Promise<Order>

const placeInShop: Place = (shopper, price) => shopper.order(price)

const placeAt =
  (merchant: Merchant): Place =>
  async (shopper, price) => {
    const payer = { openid: openidOf(credentials.WECHAT_APP_ID, shopper.name) }
    const { id } = await merchant.put({ value: price, payer })
    return shopper.getOrder(id)
  }

const patientCallTo =
  (server: Server): Call =>
  (route, input, options) =>
    callTo(server)(route, input, { timeoutMs: PATIENCE_MS, ...options })

/** Switches on the faults of these visits, and no other. A scenario needs no switch. */
async function aim({ adyen }: Shop, visits: readonly Visit[]): Promise<void> {
  const faulty = visits.filter(({ cell }) => cell.leaves === undefined)
  const faults = faulty.map(({ cell: { fault, call, lasts }, shopper }) => ({
    name: fault,
    call,
    shopper: shopper.name,
    ...(lasts === 'one try' ? { times: 1 } : {}),
  }))
  await adyen.setFaults(...faults)
}

/**
 * Ends each fault when both requests of the shopper are answered and the server has either given up
 * once on the call or received its answer. Ended earlier, it would miss a second request that comes
 * late.
 */
async function endFaults(shop: Shop, visits: readonly Visit[], answered: ReadonlySet<Visit>): Promise<void> {
  let struck = visits
  await wait(async () => {
    const calls = await storedCalls(shop)
    const left = struck.filter((visit) => {
      const call = calls.get(nameOf(visit))
      return !answered.has(visit) || call === undefined || !(call.answered || call.unanswered > 0)
    })
    if (left.length < struck.length) await aim(shop, left)
    struck = left
    return struck.length === 0
  })
}

/** Waits until every call is answered, or, where no answer comes, has been made again. */
async function comeToRest(shop: Shop, visits: readonly Visit[]): Promise<void> {
  await wait(async () => {
    const calls = await storedCalls(shop)
    return visits.every((visit) => {
      const call = calls.get(nameOf(visit))
      return visit.cell.leaves?.isAnswered === false ? (call?.unanswered ?? 0) > 1 : call?.answered === true
    })
  })
}

/**
 * The server's own record of its calls to Adyen, by order and operation: one of a kind for an order
 * here.
 */
async function storedCalls({ database }: Shop) {
  const { rows } = await database.pool.query<{ name: string; answered: boolean; unanswered: number }>(
    `select order_id || ' ' || operation as name, answered_at is not null as answered, unanswered
     from adyen_calls join payments on payments.id = payment_id`,
  )
  return new Map(rows.map((call) => [call.name, call]))
}

const operations: Readonly<Record<CallName, string>> = {
  payments: 'payments',
  details: 'payments/details',
  refunds: 'refunds',
  technicalCancels: 'cancels',
}

const nameOf = ({ cell, order: { id } }: Visit): string => `${id} ${operations[cell.call]}`

async function statesOf(shop: Shop, visits: readonly Visit[]): Promise<OrderState[]> {
  const ledger = await shop.adyen.ledger()
  const attempts = await attemptsByOrder(shop)
  return forEach(visits, BUSY, async ({ shopper, order: { id } }) => {
    const entries = ledger.filter(({ merchantOrderReference }) => merchantOrderReference === id)
    return {
      ...stateOfOrder(await shopper.getOrder(id)),
      ...attempts.get(id),
      atAdyen: entries.at(-1)?.result ?? 'unknown',
      paid: entries.reduce((sum, { paid }) => sum + paid, 0),
      refunded: entries.reduce((sum, { refunded }) => sum + refunded, 0),
    }
  })
}

/** How many attempts each order has, and the last event that an answer of Adyen caused. */
async function attemptsByOrder({ database }: Shop) {
  const { rows } = await database.pool.query<{ id: string; attempts: number; read: string }>(
    `select order_id as id, count(distinct payments.id)::int as attempts,
       (array_agg(type order by event.id desc) filter (where source = 'adyen'))[1] as read
     from payments join payment_events as event on payment_id = payments.id group by order_id`,
  )
  return new Map(rows.map(({ id, ...attempts }) => [id, attempts]))
}

/** A shopper who is not done taps pay once more, and pays where a cashier opens. */
async function goOn({ shopper, order, cell }: Visit): Promise<void> {
  if (cell.call !== 'payments' && cell.leaves === undefined) return
  const attempt = await shopper.startPayment(order)
  if (attempt.requestPayment === null) return
  const errMsg = await shopper.payAtCashier(attempt)
  // A scenario may fail the first payment of the new attempt too.
  const isPaid = errMsg === 'requestPayment:ok'
  await shopper.submitDetails(attempt, isPaid ? errMsg : await shopper.payAtCashier(attempt))
}

/** Lets Adyen deliver its webhooks, and time pass until no order is open. */
async function letTimeEnd({ adyen, clock, database }: Shop): Promise<void> {
  await clock.passSimulatedTime(2 * HOUR + MINUTE)
  await adyen.waitForDeliveries()
  await wait(async () => {
    await clock.passTime(HOUR)
    await clock.passSimulatedTime(HOUR)
    await adyen.waitForDeliveries()
    return (await database.count('orders', `status = 'open'`)) === 0
  }, 1_000)
}

/** What Adyen received of the call of this visit, each time. */
async function callsOf({ shop, cell, order }: Visit, calls: readonly ReceivedCall[]) {
  const { id, payment_data, refund_id } = await shop.database.row(
    `select payments.id, payment_data, refunds.id as refund_id
     from payments left join refunds on payment_id = payments.id
     where order_id = $1 order by payments.id limit 1`,
    [order.id],
  )
  return calls.filter(({ name, reference, paymentData, paymentStatus }) => {
    if (name !== cell.call) return false
    // Who left unpaid and continues makes a second call, after an ok.
    if (cell.leaves !== undefined && paymentStatus === 'requestPayment:ok') return false
    if (name === 'details') return paymentData === payment_data
    return reference === (name === 'refunds' ? refund_id : id)
  })
}

/** Waits until this holds, but not for ever: where it does not, the cells that it concerns fail. */
async function wait(condition: () => Promise<boolean>, intervalMs = 200): Promise<void> {
  const end = Date.now() + WAIT_MS_MAX
  while (!(await condition()) && Date.now() < end) await pause(intervalMs)
}
