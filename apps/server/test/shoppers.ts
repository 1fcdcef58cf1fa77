import { setTimeout as pause } from 'node:timers/promises'
import {
  type AnswerOf,
  type InputOf,
  NoAnswerError,
  operatorRoutes,
  type Order,
  ProblemError,
  type Route,
  shopperRoutes,
} from '@tael/contracts'
import type { Program } from '@tael/stack'
import { atCashier, callTo, loginCode, newKey, type Shop } from './shop.ts'

const SHOPPERS_AT_ONCE = 6

/** Amounts whose last digits make the simulator play: paid, pending, received, late money, lost answers, odd webhooks. */
export const prices = [4000, 4003, 4004, 4008, 4011, 4012, 4017, 4022, 4023, 4024] as const

/** A crowd of shoppers who order, pay, cancel, walk away and get money back, whatever dies meanwhile. */
export interface Crowd {
  readonly shop: Shop
  /** Those that run now; a dead one is replaced in its place. */
  readonly servers: readonly Program[]
  /** One for each of `prices`. */
  readonly products: readonly string[]
  readonly random: () => number
  /** Of an operator who may refund. */
  readonly operatorKey: string
}

/** What became of the requests that the crowd sent to one server. */
export interface Heard {
  answered: number
  /** Nobody waited any longer for the answer. */
  abandoned: number
}

interface Visit extends Crowd {
  readonly heard: WeakMap<Program, Heard>
  /** When it is over, whoever still waits for an answer walks away. */
  readonly over: AbortSignal
}

/**
 * Lets the crowd in. `leave` ends it, and throws what any of them met that is no matter of the network. `heardOf` counts
 * the answers of one server, as they arrived.
 */
export function startShoppers(crowd: Crowd): { leave(): Promise<void>; heardOf(server: Program): Heard } {
  const over = new AbortController()
  const heard = new WeakMap<Program, Heard>()
  const visit = { ...crowd, heard, over: over.signal }
  const shoppers = Promise.all(
    Array.from({ length: SHOPPERS_AT_ONCE }, async (_, index) => {
      while (!over.signal.aborted) await shopOnce(visit, `crowd-${index}`)
    }),
  )
  // Awaited in `leave`; until then a failure is kept, not unhandled.
  shoppers.catch(() => undefined)
  return {
    async leave() {
      over.abort()
      await shoppers
    },
    heardOf: (server) => heardOf(heard, server),
  }
}

function heardOf(heard: WeakMap<Program, Heard>, server: Program): Heard {
  const known = heard.get(server) ?? { answered: 0, abandoned: 0 }
  heard.set(server, known)
  return known
}

/** Calls one of the servers, and counts what comes of it. */
async function ask<R extends Route>(
  { servers, random, heard }: Visit,
  route: R,
  input: InputOf<R>,
  token?: string,
): Promise<AnswerOf<R>> {
  const server = servers[Math.floor(random() * servers.length)]
  if (server === undefined) throw new Error('No server runs.')
  const count = heardOf(heard, server)
  const options = { timeoutMs: PATIENCE_MS, ...(token === undefined ? {} : { token }) }
  try {
    const answer = await callTo(server.url)(route, input, options)
    count.answered += 1
    return answer
  } catch (error) {
    if (error instanceof ProblemError) count.answered += 1
    else if (isTimeout(error)) count.abandoned += 1
    throw error
  }
}

const isTimeout = (error: unknown): boolean =>
  error instanceof NoAnswerError && error.cause instanceof Error && error.cause.name === 'TimeoutError'

/** Longer than any answer takes; shorter than the lease of a call whose server died. */
const PATIENCE_MS = 5_000

/** Problems that mean that somebody or something was faster: there is nothing left to do. */
const tooLate: readonly string[] = [
  'order_not_payable',
  'order_not_cancellable',
  'payment_not_refundable',
  'refund_exceeds_payment',
]
/** Problems of a server whose database is down: the same request may be sent again. */
const again: readonly string[] = ['internal_error', 'not_ready', 'rate_limited']

/** Repeats a call until some server answers it, as a phone on a bad network does. Undefined: it walked away. */
async function insist<R extends Route>(
  visit: Visit,
  route: R,
  input: InputOf<R> & object,
  token?: string,
): Promise<AnswerOf<R> | undefined> {
  while (!visit.over.aborted) {
    try {
      return await ask(visit, route, input, token)
    } catch (error) {
      if (error instanceof ProblemError && tooLate.includes(error.problem.code)) return undefined
      const isPassing = error instanceof ProblemError && again.includes(error.problem.code)
      if (!isPassing && !(error instanceof NoAnswerError)) throw error
      await pause(20)
    }
  }
  return undefined
}

/** One visit: order something, pay, cancel or walk away, tell the server, and perhaps get some of it back. */
async function shopOnce(visit: Visit, name: string): Promise<void> {
  const { shop, products, random } = visit
  const token = await logIn(visit, name)
  if (token === undefined) return
  const productId = products[Math.floor(random() * products.length)] ?? ''
  const body = { lines: [{ productId, quantity: 1 }] }
  const order = await insist(visit, shopperRoutes.createOrder, { idempotencyKey: newKey(), body }, token)
  if (order === undefined) return
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const request = { idempotencyKey: newKey(), body: { orderId: order.id, amount: order.amount } }
    const started = await insist(visit, shopperRoutes.startPayment, request, token)
    if (started === undefined || started.requestPayment === null) return
    if (random() < 0.1) return cancel(visit, order, token)
    const errMsg = await atCashier(shop, started, random() < 0.75 ? 'pay' : 'cancel').catch(whereClosed)
    if (errMsg === undefined || random() < 0.2) return
    const details = { paymentId: started.payment.id, details: { paymentStatus: errMsg } }
    const ended = await insist(visit, shopperRoutes.submitPaymentDetails, { body: details }, token)
    if (ended?.status === 'authorised' && random() < 0.4) await giveBack(visit, ended.id, order)
    if (ended?.outcome.nextAction !== 'pay_again') return
  }
}

async function cancel(visit: Visit, { id: orderId }: Order, token: string): Promise<void> {
  await insist(visit, shopperRoutes.cancelOrder, { params: { orderId } }, token)
}

async function giveBack(visit: Visit, paymentId: string, { amount }: Order): Promise<void> {
  const part = 1 + Math.floor(visit.random() * amount.value)
  const input = {
    params: { paymentId },
    body: { amount: { ...amount, value: part } },
    idempotencyKey: newKey(),
  }
  await insist(visit, operatorRoutes.createRefund, input, visit.operatorKey)
}

/** The attempt was closed before the cashier opened. */
function whereClosed(error: unknown): undefined {
  if (error instanceof Error && error.message.startsWith('There is no prepayId')) return undefined
  throw error
}

async function logIn(visit: Visit, name: string): Promise<string | undefined> {
  while (!visit.over.aborted) {
    // A code works once: where the answer was lost, the phone asks WeChat for another.
    const code = await loginCode(visit.shop, name)
    const session = await ask(visit, shopperRoutes.login, { body: { code } }).catch((error: unknown) => {
      if (error instanceof NoAnswerError) return undefined
      if (error instanceof ProblemError && again.includes(error.problem.code)) return undefined
      throw error
    })
    if (session !== undefined) return session.token
    await pause(20)
  }
  return undefined
}
