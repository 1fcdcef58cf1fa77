import { setTimeout as pause } from 'node:timers/promises'
import * as Type from '@sinclair/typebox'
import { Parse } from '@sinclair/typebox/value'
import { type AnswerOf, type InputOf, NoAnswerError, ProblemError, type Route, routes } from '@tael/contracts'
import type { Program } from '@tael/stack'
import { expect, test, vi } from 'vitest'
import { SEED } from './seed.ts'
import {
  addProduct,
  atCashier,
  callTo,
  idle,
  loginCode,
  newKey,
  openShop,
  row,
  type Shop,
  simulate,
} from './shop.ts'

/** How often a server is killed; `KILLS=500` makes a long run of it. */
const KILLS = Number(process.env['KILLS'] ?? 6)
const SHOPPERS_AT_ONCE = 12

/** Amounts whose last digits make the simulator play: paid, pending, received, late money, lost answers, odd webhooks. */
const prices = [4000, 4003, 4004, 4008, 4011, 4012, 4017, 4022, 4023, 4024] as const

const Ledger = Type.Object({
  payments: Type.Array(
    Type.Object({
      merchantReference: Type.String(),
      merchantOrderReference: Type.String(),
      paid: Type.Integer(),
      refunded: Type.Integer(),
    }),
  ),
})

test(
  `servers are killed ${KILLS} times under load, and no payment is lost, doubled or stuck (SEED=${SEED})`,
  async () => {
    const random = mulberry32(SEED)
    const shop = await openShop({ LOG_LEVEL: 'info' }, { SIMULATOR_SPEED: '1000' })
    const servers: Program[] = [shop.server, await shop.anotherServer()]
    const products = await Promise.all(prices.map((price) => addProduct(shop, price, 100_000)))
    const over = new AbortController()
    const visit = { shop, servers, products, random, over: over.signal }
    const shoppers = Array.from({ length: SHOPPERS_AT_ONCE }, async (_, index) => {
      while (!over.signal.aborted) await shopOnce(visit, `crash-${index}`)
    })

    for (let kill = 0; kill < KILLS; kill += 1) {
      await pause(random() * 400)
      const index = Math.floor(random() * servers.length)
      const victim = servers[index] ?? shop.server
      await victim.stop('SIGKILL')
      // On its own port again: Adyen's webhooks know no other.
      servers[index] = await shop.anotherServer({ PORT: new URL(victim.url).port })
    }
    over.abort()
    await Promise.all(shoppers)

    await settle(shop)
    expect(await differences(shop)).toEqual([])
    await shop.close()
  },
  150_000 + KILLS * 5_000,
)

interface Visit {
  readonly shop: Shop
  readonly servers: readonly Program[]
  readonly products: readonly string[]
  readonly random: () => number
  /** When the killing is over, whoever still waits for an answer walks away. */
  readonly over: AbortSignal
}

/** Longer than any answer takes; shorter than the lease of a call whose server died. */
const PATIENCE_MS = 5_000

/** Repeats a call until some server answers it, as a phone on a bad network does. Undefined: it walked away. */
async function insist<R extends Route>(
  { servers, random, over }: Visit,
  route: R,
  input: InputOf<R> & object,
  token?: string,
): Promise<AnswerOf<R> | undefined> {
  while (!over.aborted) {
    const server = servers[Math.floor(random() * servers.length)]
    const options = { timeoutMs: PATIENCE_MS, ...(token === undefined ? {} : { token }) }
    try {
      return await callTo(server?.url ?? '')(route, input, options)
    } catch (error) {
      // Late money may have paid the order meanwhile: then there is nothing left to do.
      if (error instanceof ProblemError && error.problem.code === 'order_not_payable') return undefined
      if (!(error instanceof NoAnswerError)) throw error
      await pause(20)
    }
  }
  return undefined
}

/** One visit: order something, pay, cancel or walk away, and tell the server, whatever dies meanwhile. */
async function shopOnce(visit: Visit, name: string): Promise<void> {
  const { shop, products, random } = visit
  const token = await logIn(visit, name)
  const productId = products[Math.floor(random() * products.length)] ?? ''
  const body = { lines: [{ productId, quantity: 1 }] }
  const order = await insist(visit, routes.createOrder, { idempotencyKey: newKey(), body }, token)
  if (order === undefined) return
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const request = { idempotencyKey: newKey(), body: { orderId: order.id, amount: order.amount } }
    const started = await insist(visit, routes.startPayment, request, token)
    if (started === undefined || started.requestPayment === null) return
    const errMsg = await atCashier(shop, started, random() < 0.75 ? 'pay' : 'cancel')
    if (random() < 0.2) return
    const details = { paymentId: started.payment.id, details: { paymentStatus: errMsg } }
    const ended = await insist(visit, routes.submitPaymentDetails, { body: details }, token)
    if (ended?.outcome.nextAction !== 'pay_again') return
  }
}

async function logIn(visit: Visit, name: string): Promise<string> {
  for (;;) {
    // A code works once: where the answer was lost, the phone asks WeChat for another.
    const code = await loginCode(visit.shop, name)
    const server = visit.servers[Math.floor(visit.random() * visit.servers.length)]
    const session = await callTo(server?.url ?? '')(routes.login, { body: { code } }).catch(
      (error: unknown) => {
        if (error instanceof NoAnswerError) return undefined
        throw error
      },
    )
    if (session !== undefined) return session.token
  }
}

/** Lets everything come to rest: webhooks, repeated calls, refunds. */
async function settle(shop: Shop): Promise<void> {
  // The leases of the dead are the one thing to wait for; they end at once here, and a server that starts looks.
  await shop.db.query('update adyen_calls set leased_until = now() where answered_at is null')
  await shop.anotherServer()
  const restless = `select
    (select count(*)::int from adyen_calls where answered_at is null) as calls,
    (select count(*)::int from webhook_items where state = 'attention') as webhooks,
    (select count(*)::int from payments where status = 'starting') as starting`
  const atRest = { calls: 0, webhooks: 0, starting: 0 }
  const rest = async (): Promise<void> => {
    await idle(shop)
    expect(await row(shop, restless)).toEqual(atRest)
  }
  await vi.waitFor(rest, { timeout: 60_000, interval: 200 })
  // Refunds are sent by a server that starts, or every minute.
  await shop.anotherServer()
  const unsent = `select count(*) as unsent from refunds where status in ('requested', 'received')`
  await vi.waitUntil(
    async () => {
      await idle(shop)
      return Number((await row(shop, unsent))['unsent']) === 0
    },
    { timeout: 90_000, interval: 200 },
  )
}

/** Holds our books against the simulator's, to the minor unit: whatever differs, in words. */
async function differences(shop: Shop): Promise<string[]> {
  const ledger = Parse(Ledger, await simulate(shop, 'GET', '/ledger')).payments
  const { rows: payments } = await shop.db.query<{ id: string; order_id: string; status: string }>(
    'select id, order_id, status from payments',
  )
  const { rows: orders } = await shop.db.query<{ id: string; kept: number }>(
    `select id, case when status = 'paid' then value::int else 0 end as kept from orders`,
  )
  const { rows: stock } = await shop.db.query<{ id: string }>(
    `select id from products where id like 'test-%' and stock_free + stock_reserved + stock_sold <> 100000`,
  )
  const found: string[] = stock.map(({ id }) => `stock of ${id} appeared or vanished`)
  if (ledger.filter(({ paid }) => paid > 0).length < 10) found.push('hardly anything was paid')
  for (const { id, status } of payments) {
    const entries = ledger.filter(({ merchantReference }) => merchantReference === id)
    if (entries.length > 1) found.push(`${id} was started ${entries.length} times`)
    const paid = entries.some((entry) => entry.paid > 0)
    if (paid !== (status === 'authorised')) found.push(`${id} is ${status}, paid at Adyen: ${paid}`)
  }
  for (const { id, kept } of orders) {
    const entries = ledger.filter(({ merchantOrderReference }) => merchantOrderReference === id)
    const there = entries.reduce((sum, { paid, refunded }) => sum + paid - refunded, 0)
    if (there !== kept) found.push(`${id} kept ${kept} here and ${there} at Adyen`)
  }
  return found
}

/** A small generator of numbers from 0 to 1: the same seed, the same numbers. */
function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
