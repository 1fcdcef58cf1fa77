import { setTimeout as pause } from 'node:timers/promises'
import * as Type from '@sinclair/typebox'
import { Parse } from '@sinclair/typebox/value'
import {
  type Call,
  type NextAction,
  type Order,
  type Payment,
  type RefundStatus,
  shopperRoutes,
} from '@tael/contracts'
import type { Program } from '@tael/stack'
import {
  atCashier,
  callTo,
  idle,
  logIn,
  newKey,
  order,
  pay,
  passTime,
  refund,
  row,
  type Shop,
  simulate,
  submit,
} from './shop.ts'

/** One call to Adyen that meets one fault. */
export interface Cell {
  readonly fault: string
  readonly call: CallName
  readonly lasts: 'as long as the call' | 'one try'
  /** Whether the call is answered in the end, and need not be repeated any more. */
  readonly comesToRest: boolean
}

/** The calls to Adyen, by the simulator's names. */
export type CallName = 'payments' | 'details' | 'refunds' | 'technicalCancels'

/** How an order stands, as its shopper sees it, and at Adyen. An answer of the server's tells a part of it. */
export interface Standing {
  readonly order?: Order['status']
  readonly payment?: Payment['status'] | undefined
  readonly next?: NextAction | undefined
  readonly refund?: RefundStatus | undefined
  /** How many attempts to pay it there are. */
  readonly attempts?: number
  /** What Adyen knows of its newest payment. */
  readonly atAdyen?: string
  /** The money that moved, in minor units. */
  readonly paid?: number
  readonly refunded?: number
}

/** What came of a cell. */
export interface Played {
  /** What each of two identical requests was answered, of which one makes or orders the call. */
  readonly told: readonly Standing[]
  /** When the fault is over and the server has done what it does by itself, before any webhook. */
  readonly after: Standing
  /** When the shopper has gone on, Adyen's webhooks have come, and time is over. */
  readonly end: Standing
  /** The idempotency keys that Adyen heard the call with, one for each time. */
  readonly keys: readonly string[]
}

/** A shopper with an order, at one of the servers. */
interface Visit {
  readonly cell: Cell
  readonly shop: Shop
  readonly shopper: string
  readonly token: string
  /** An operator's. */
  readonly key: string
  readonly order: Order
}

/** A shopper at the moment before the call; `act` makes the server call, and may be done twice. */
interface Ready extends Visit {
  readonly act: () => Promise<Standing>
}

const PRICE = 5000
/** A phone gives up after 15 seconds; these wait for as long as a busy machine takes. */
const PATIENCE_MS = 60_000
/** How many shoppers do something at once: more would only wait for the processor, and the longer for it. */
const BUSY = 8
/** How many may wait for an answer that a fault holds up. */
const WAITING = 24

/** How a shopper comes to the moment before a call; what it returns makes the server call, and may be done twice. */
const acts: Readonly<Record<CallName, (visit: Visit) => Promise<() => Promise<Standing>>>> = {
  async payments({ shop, token, order: { id, amount } }) {
    const request = { idempotencyKey: newKey(), body: { orderId: id, amount } }
    return async () => ofPayment((await shop.call(shopperRoutes.startPayment, request, { token })).payment)
  },
  async details({ shop, token, order: placed }) {
    const started = await pay(shop, token, placed)
    const errMsg = await atCashier(shop, started, 'pay')
    return async () => ofPayment(await submit(shop, token, started.payment.id, errMsg))
  },
  async refunds({ shop, token, key, order: placed }) {
    const started = await pay(shop, token, placed)
    await submit(shop, token, started.payment.id, await atCashier(shop, started, 'pay'))
    const idempotencyKey = newKey()
    return async () => {
      const { status } = await refund(shop, key, started.payment.id, placed.amount, idempotencyKey)
      return { refund: status }
    }
  },
  async technicalCancels({ shop, token, order: placed }) {
    await pay(shop, token, placed)
    const params = { orderId: placed.id }
    return async () => ofOrder(await shop.call(shopperRoutes.cancelOrder, { params }, { token }))
  },
}

const ofPayment = ({ status, outcome }: Payment): Standing => ({ payment: status, next: outcome.nextAction })
const ofOrder = ({ status, payment, refunds }: Order): Standing => ({
  ...(payment === null ? {} : ofPayment(payment)),
  order: status,
  refund: refunds.at(-1)?.status,
})

/** Plays all cells side by side at two servers, each with a shopper of its own: the fault is aimed at them alone. */
export async function play(
  shop: Shop,
  key: string,
  cells: readonly Cell[],
): Promise<{ readonly cells: ReadonlyMap<Cell, Played>; readonly servers: readonly Program[] }> {
  const servers = [shop.server, await shop.anotherServer()]
  const heard = await hear(shop)
  try {
    const visits = await forEach(cells, BUSY, (cell, index) => {
      const call = patient(servers[index % servers.length]?.url ?? '')
      return arrive({ ...shop, call }, key, cell, `shopper-${index}`)
    })
    await aim(shop, visits)
    const acting = forEach(visits, WAITING, ({ act }) => Promise.all([act(), act()]))
    const [told] = await Promise.all([acting, endFaults(shop, visits)])
    await comeToRest(shop, visits)
    const after = await standings(shop, visits)
    await forEach(visits, BUSY, goOn)
    await letTimeEnd(shop)
    const end = await standings(shop, visits)

    const lines = await heard.untilNow()
    const played = await forEach(visits, BUSY, async (one, index): Promise<[Cell, Played]> => {
      const keys = await keysOf(one, lines)
      return [one.cell, { told: told[index] ?? [], after: after[index] ?? {}, end: end[index] ?? {}, keys }]
    })
    return { cells: new Map(played), servers }
  } finally {
    heard.stop()
  }
}

/** Does this for each, at most so many at a time. */
async function forEach<T, R>(
  items: readonly T[],
  atOnce: number,
  act: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  const queue = items.entries()
  const work = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await act(item, index)
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return results
}

/** Brings a shopper to the moment before the call of a cell. */
async function arrive(shop: Shop, key: string, cell: Cell, shopper: string): Promise<Ready> {
  const token = await logIn(shop, shopper)
  const visit = { cell, shop, shopper, token, key, order: await order(shop, token, PRICE) }
  return { ...visit, act: await acts[cell.call](visit) }
}

const patient =
  (serverUrl: string): Call =>
  (route, input, options) =>
    callTo(serverUrl)(route, input, { timeoutMs: PATIENCE_MS, ...options })

/** Switches on the faults of these visits, and no other. */
async function aim(shop: Shop, visits: readonly Visit[]): Promise<void> {
  const faults = visits.map(({ cell: { fault, call, lasts }, shopper }) => ({
    name: fault,
    probability: 1,
    call,
    shopper,
    ...(lasts === 'one try' ? { times: 1 } : {}),
  }))
  await simulate(shop, 'PUT', '/scenario', { faults })
}

/** Ends each fault as soon as the server has once given up on the call that it strikes, or has its answer. */
async function endFaults(shop: Shop, visits: readonly Visit[]): Promise<void> {
  let struck = visits
  await wait(async () => {
    const calls = await callsToAdyen(shop)
    const left = struck.filter((one) => {
      const call = calls.get(nameOf(one))
      return call === undefined || !(call.answered || call.unanswered > 0)
    })
    if (left.length < struck.length) await aim(shop, left)
    struck = left
    return struck.length === 0
  })
}

/** Waits until every call is answered, or, where its answer never helps, has been made again. */
async function comeToRest(shop: Shop, visits: readonly Visit[]): Promise<void> {
  await wait(async () => {
    const calls = await callsToAdyen(shop)
    return visits.every((one) => {
      const call = calls.get(nameOf(one))
      return call !== undefined && (one.cell.comesToRest ? call.answered : call.unanswered > 1)
    })
  })
}

/** The server's own record of the calls it owes Adyen: one of a kind for an order here. */
async function callsToAdyen(shop: Shop) {
  const { rows } = await shop.db.query<{ name: string; answered: boolean; unanswered: number }>(
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

async function standings(shop: Shop, visits: readonly Visit[]): Promise<Standing[]> {
  const ledger = Parse(Ledger, await simulate(shop, 'GET', '/ledger')).payments
  const { rows } = await shop.db.query<{ id: string; attempts: number }>(
    'select order_id as id, count(*)::int as attempts from payments group by order_id',
  )
  const attempts = new Map(rows.map((one) => [one.id, one.attempts]))
  const look = async ({ shop: { call }, token, order: { id } }: Visit): Promise<Standing> => {
    const moved = ledger.filter(({ merchantOrderReference }) => merchantOrderReference === id)
    return {
      ...ofOrder(await call(shopperRoutes.getOrder, { params: { orderId: id } }, { token })),
      attempts: attempts.get(id) ?? 0,
      atAdyen: moved.at(-1)?.result ?? 'unheard of',
      paid: moved.reduce((sum, { paid }) => sum + paid, 0),
      refunded: moved.reduce((sum, { refunded }) => sum + refunded, 0),
    }
  }
  return forEach(visits, BUSY, look)
}

/** A shopper who is not done taps on pay once more, and pays where a cashier opens. */
async function goOn(one: Visit): Promise<void> {
  const { shop, token, order: placed, cell } = one
  if (cell.call !== 'payments') return
  const started = await pay(shop, token, placed)
  if (started.requestPayment === null) return
  await submit(shop, token, started.payment.id, await atCashier(shop, started, 'pay'))
}

/** Lets Adyen's webhooks come, and time pass until no order waits for anything. */
async function letTimeEnd(shop: Shop): Promise<void> {
  await adyenLater(shop, 2 * HOUR_MS + MINUTE_MS)
  await wait(async () => {
    await passTime(shop, HOUR_MS / 1000)
    await adyenLater(shop, HOUR_MS)
    return (await row(shop, `select count(*)::int as open from orders where status = 'open'`))['open'] === 0
  }, 1_000)
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

async function adyenLater(shop: Shop, forwardMs: number): Promise<void> {
  await simulate(shop, 'POST', '/clock', { forwardMs })
  await idle(shop)
}

/** The key of each time that Adyen heard the call of this visit. */
async function keysOf({ shop, cell, order: { id } }: Visit, lines: readonly string[]): Promise<string[]> {
  const first = await row(
    shop,
    `select payments.id, payment_data, refunds.id as refund_id
     from payments left join refunds on payment_id = payments.id
     where order_id = $1 order by payments.id limit 1`,
    [id],
  )
  const named: Readonly<Record<CallName, string>> = {
    payments: `"label":"POST /payments",.*"reference":"${String(first['id'])}"`,
    details: `"paymentData":${JSON.stringify(first['payment_data'])},"details"`,
    refunds: `/refunds",.*"reference":"${String(first['refund_id'])}"`,
    technicalCancels: `"label":"POST /cancels",.*"paymentReference":"${String(first['id'])}"`,
  }
  const said = new RegExp(`"from":"server".*${named[cell.call].replaceAll(/[/+]/g, '\\$&')}`)
  return lines
    .filter((line) => said.test(line))
    .map((line) => /"idempotency-key":"([^"]+)"/.exec(line)?.[1] ?? 'none')
}

/** Hears every call that the simulator takes part in from now on, however many there are. */
async function hear(shop: Shop): Promise<{ untilNow(): Promise<string[]>; stop(): void }> {
  const abort = new AbortController()
  const answer = await fetch(`${shop.simulator.url}/simulator/messages`, { signal: abort.signal })
  let heard = ''
  const listen = async (): Promise<void> => {
    for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) heard += chunk
  }
  listen().catch((error: unknown) => {
    if (!abort.signal.aborted) throw error
  })
  return {
    async untilNow() {
      const last = await simulate(shop, 'POST', '/wechat/codes', { shopper: 'the last one' })
      await wait(async () => heard.includes(JSON.stringify(last)))
      return heard.split('\n').filter((line) => line.includes('"kind":"request"'))
    },
    stop: () => abort.abort(),
  }
}

/** Waits until this is so, but not for ever: what is not so then is seen in the cells it concerns. */
async function wait(until: () => Promise<boolean>, intervalMs = 200): Promise<void> {
  const end = Date.now() + MINUTE_MS
  while (!(await until()) && Date.now() < end) await pause(intervalMs)
}

const Ledger = Type.Object({
  payments: Type.Array(
    Type.Object({
      merchantOrderReference: Type.String(),
      result: Type.String(),
      paid: Type.Integer(),
      refunded: Type.Integer(),
    }),
  ),
})
