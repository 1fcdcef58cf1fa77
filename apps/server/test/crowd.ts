import { setTimeout as pause } from 'node:timers/promises'
import { type Call, NoAnswerError, type Order, type PlacedMerchantOrder, ProblemError } from '@tael/contracts'
import type { Server } from '@tael/stack'
import {
  callTo,
  CashierRefusedError,
  type Merchant,
  type Operator,
  type Shop,
  Shopper,
} from './actors/index.ts'
import type { ExistingShopServer, ShopOrder } from './existing-shop.ts'
import { seededRandom } from './seed.ts'

const SHOPPERS = 6
/**
 * Longer than any answer takes, in milliseconds; shorter than the lease of a call whose server
 * died.
 */
const PATIENCE_MS = 5_000
const PAUSE_MS = 20

/**
 * Prices whose last digits make the simulator play: paid, pending, received, late money, lost
 * answers, odd webhooks.
 */
export const prices = [4000, 4003, 4004, 4008, 4011, 4012, 4017, 4022, 4023, 4024]

/** Problems that mean that another request was faster: nothing is left to do. */
const tooLate: ReadonlySet<string> = new Set([
  'order_not_payable',
  'order_not_cancellable',
  'order_not_changeable',
  'payment_not_refundable',
  'refund_exceeds_payment',
])
/** Problems of a server whose database is down: the same request may be sent again. */
const passing: ReadonlySet<string> = new Set(['internal_error', 'not_ready', 'rate_limited'])

/**
 * A crowd of shoppers who order, pay, cancel, leave and get money back, whatever dies meanwhile.
 */
export interface CrowdOptions {
  readonly shop: Shop
  /** The servers that run now. */
  servers(): readonly Server[]
  /** What the crowd buys: see `stockUp`. */
  readonly products: readonly string[]
  /** May refund. */
  readonly operator: Operator
  /** Has orders of its own, which the crowd also pays; without it only the shop's. */
  readonly merchant?: Merchant
  /** The merchant's own server, at which half of their orders are made; without it none. */
  readonly existingShop?: Pick<ExistingShopServer, 'order'>
}

/** What became of the requests that the crowd sent to one server. */
export interface AnswerCount {
  answered: number
  /** The shopper gave up waiting. */
  abandoned: number
}

export interface Crowd {
  /** Ends every visit. Throws where one failed for another reason than the network. */
  leave(): Promise<void>
  /** Counts the answers of one server, as they arrived. */
  answersFrom(server: Server): AnswerCount
}

/** Products at all the prices that the crowd pays, enough for a long run. */
export function stockUp(shop: Shop): Promise<readonly string[]> {
  return Promise.all(prices.map((price) => shop.addProduct(price, 100_000)))
}

/** The crowd has left: whoever still waits for an answer leaves too. */
class LeftError extends Error {
  override readonly name = 'LeftError'
}

interface Surroundings extends CrowdOptions {
  /** Aborted when the crowd leaves. */
  readonly over: AbortSignal
  readonly random: () => number
  /** Sends a request to any server, once. */
  readonly once: Call
  /** Sends it to any server until one answers, as a phone on a bad network does. */
  readonly insist: Call
}

/** Starts the crowd's visits. */
export function startCrowd(options: CrowdOptions): Crowd {
  const over = new AbortController()
  const counts = new WeakMap<Server, AnswerCount>()
  const random = seededRandom()
  const once = countingCall(() => oneOf(options.servers(), random), counts)
  const insist = insistingCall(once, over.signal)
  const surroundings = { ...options, over: over.signal, random, once, insist }
  const visits = Promise.all(
    Array.from({ length: SHOPPERS }, async (_, index) => {
      while (!over.signal.aborted) await visit(surroundings, `crowd-${index}`, over.signal)
    }),
  )
  // Awaited in `leave`; until then a failure is kept, not unhandled.
  visits.catch(() => undefined)
  return {
    async leave() {
      over.abort()
      await visits
    },
    answersFrom: (server) => countOf(counts, server),
  }
}

function countOf(counts: WeakMap<Server, AnswerCount>, server: Server): AnswerCount {
  const known = counts.get(server) ?? { answered: 0, abandoned: 0 }
  counts.set(server, known)
  return known
}

/** Calls a server, and counts what becomes of it. */
function countingCall(chooseServer: () => Server, counts: WeakMap<Server, AnswerCount>): Call {
  return async (route, input, options) => {
    const server = chooseServer()
    const count = countOf(counts, server)
    try {
      const answer = await callTo(server)(route, input, { timeoutMs: PATIENCE_MS, ...options })
      count.answered += 1
      return answer
    } catch (error) {
      if (error instanceof ProblemError) count.answered += 1
      else if (isTimeout(error)) count.abandoned += 1
      throw error
    }
  }
}

const isTimeout = (error: unknown): boolean =>
  error instanceof NoAnswerError && error.cause instanceof Error && error.cause.name === 'TimeoutError'

function insistingCall(once: Call, over: AbortSignal): Call {
  return async (route, input, options) => {
    while (!over.aborted) {
      try {
        return await once(route, input, options)
      } catch (error) {
        if (!passes(error)) throw error
        await pause(PAUSE_MS)
      }
    }
    throw new LeftError()
  }
}

function passes(error: unknown): boolean {
  return error instanceof NoAnswerError || (error instanceof ProblemError && passing.has(error.problem.code))
}

function oneOf<T>(items: readonly T[], random: () => number): T {
  const item = items[Math.floor(random() * items.length)]
  if (item === undefined) throw new Error('There is nothing to choose from.')
  return item
}

/**
 * One visit, until it ends by itself, because another request was faster, or because the crowd
 * leaves.
 */
async function visit(surroundings: Surroundings, name: string, over: AbortSignal): Promise<void> {
  try {
    await buy(surroundings, await logIn(surroundings, name, over))
  } catch (error) {
    const isTooLate = error instanceof ProblemError && tooLate.has(error.problem.code)
    // An attempt may be closed before its cashier opens.
    if (!(isTooLate || error instanceof LeftError || error instanceof CashierRefusedError)) throw error
  }
}

/** A code works once: where the answer was lost, the phone gets another from WeChat. */
async function logIn(
  { shop, once, insist }: Surroundings,
  name: string,
  over: AbortSignal,
): Promise<Shopper> {
  while (!over.aborted) {
    try {
      const shopper = await Shopper.logIn(name, {
        weChat: shop.weChat,
        server: once,
        addProduct: (price) => shop.addProduct(price),
      })
      return shopper.through(insist)
    } catch (error) {
      if (!passes(error)) throw error
      await pause(PAUSE_MS)
    }
  }
  throw new LeftError()
}

/**
 * Orders something, pays, cancels or leaves, reports to the server, and perhaps gets some of the
 * money back.
 */
async function buy(surroundings: Surroundings, shopper: Shopper): Promise<void> {
  const { products, random, operator, insist, merchant } = surroundings
  if (merchant !== undefined && random() < 0.5)
    return buyFrom(merchant.through(insist), surroundings, shopper)
  const order = await shopper.orderProducts([{ productId: oneOf(products, random), quantity: 1 }])
  for (let attempts = 0; attempts < 2; attempts += 1) {
    const attempt = await shopper.startPayment(order)
    if (attempt.requestPayment === null) return
    if (random() < 0.1) {
      await shopper.cancelOrder(order.id)
      return
    }
    const errMsg = await (random() < 0.75 ? shopper.payAtCashier(attempt) : shopper.cancelAtCashier(attempt))
    if (random() < 0.2) return
    const payment = await shopper.submitDetails(attempt, errMsg)
    if (payment.status === 'authorised' && random() < 0.4) {
      await operator.through(insist).refund(payment, someOf(order, random))
    }
    if (payment.outcome.nextAction !== 'pay_again') return
  }
}

/**
 * The same with an order of a merchant, which its backend perhaps changes, cancels or refunds. Its
 * events are listed now and then.
 */
async function buyFrom(merchant: Merchant, surroundings: Surroundings, shopper: Shopper): Promise<void> {
  const { random } = surroundings
  const order = await orderFrom(merchant, surroundings)
  const { reference } = order
  const attempt = await shopper.startPayment(order)
  if (attempt.requestPayment === null) return
  if (random() < 0.2) {
    await merchant.cancel(reference)
    return
  }
  const errMsg = await (random() < 0.75 ? shopper.payAtCashier(attempt) : shopper.cancelAtCashier(attempt))
  if (random() < 0.2) return
  const payment = await shopper.submitDetails(attempt, errMsg)
  if (payment.status === 'authorised' && random() < 0.4) await merchant.refund(order, someOf(order, random))
  await merchant.listEvents({ limit: 1 })
}

/** An order of the merchant's server, or one that another backend of theirs puts and changes. */
async function orderFrom(
  merchant: Merchant,
  { random, existingShop, over }: Surroundings,
): Promise<ShopOrder | PlacedMerchantOrder> {
  if (existingShop !== undefined && random() < 0.5) {
    const order = await existingShop.order(oneOf(prices, random), over)
    if (order === undefined) throw new LeftError()
    return order
  }
  const { reference } = await merchant.put({ value: oneOf(prices, random), lifetimeSeconds: 5 })
  return merchant.put({ value: oneOf(prices, random), lifetimeSeconds: 5 }, reference)
}

const someOf = ({ amount }: Pick<Order, 'amount'>, random: () => number): number =>
  1 + Math.floor(random() * amount.value)
