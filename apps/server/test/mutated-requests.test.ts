import {
  everyRoute,
  operatorRoutes,
  operatorScopes,
  orderNumber,
  type Payment,
  type Route,
  routesOf,
} from '@tael/contracts'
import * as fc from 'fast-check'
import { Pool } from 'undici'
import { expect } from 'vitest'
import {
  ConsolePage,
  type Headers,
  type Merchant,
  type Operator,
  type Shop,
  type Shopper,
} from './actors/index.ts'
import { answerTo, breach, type HttpAnswer } from './contract-answers.ts'
import { test as base } from './fixtures.ts'
import { brokenInvariants } from './invariants.ts'
import type { Tree } from './mutations.ts'
import { refundInVain } from './refund-in-vain.ts'
import { type Authorizations, type FuzzedRequest, requestsTo } from './requests.ts'
import type { Known } from './schema-values.ts'
import { changeLines, type Line } from './settlement-reports.ts'
import { SEED } from './seed.ts'
import { ADYEN_AUTHORIZATION, authorisationOf, signed } from './webhook-items.ts'

/** How many requests each route gets; `REQUESTS=10000` makes a long run. */
const REQUESTS = Number(process.env['REQUESTS'] ?? 20)
const LONG = { timeout: 60_000 + REQUESTS * 100 }

const test = base
  .extend('settings', { scope: 'file' }, { TRUSTED_PROXIES: '1' })
  .extend('listeners', { scope: 'file' }, ({ shop }, { onCleanup }) => {
    const pools = { public: new Pool(shop.server.url), operators: new Pool(shop.server.operatorsUrl) }
    onCleanup(async () => {
      await pools.public.close()
      await pools.operators.close()
    })
    return pools
  })
  // For the routes that read what operators may see: they use nothing up.
  .extend('readable', { scope: 'file' }, async ({ shop }) =>
    createKnown(undefined, shop, await shop.shopper('readable'), shop.operator(...operatorScopes)),
  )

/** How many requests a shopper or operator sends: fewer than they may send in a minute. */
const CHUNK = 400

for (const route of everyRoute) {
  const name = `${route.method} ${route.path}`
  test(
    `${name} answers ${REQUESTS} requests, most of them mutated, by its contract (SEED=${SEED})`,
    LONG,
    async ({ shop, listeners, readable }) => {
      const statuses = new Set<number>()
      for (let sent = 0; sent < REQUESTS; sent += CHUNK) {
        const server = listeners[routesOf.public.includes(route) ? 'public' : 'operators']
        const numRuns = Math.min(CHUNK, REQUESTS - sent)
        for (const status of await sendMutated(route, { shop, server, readable, seed: SEED + sent, numRuns }))
          statuses.add(status)
      }
      // Enough that some of them are valid.
      const neverServed = REQUESTS >= 200 && !statuses.has(route.status)
      expect(neverServed).toBe(false)
      expect(await brokenInvariants(shop)).toEqual([])
    },
  )
}

interface Run {
  readonly shop: Shop
  readonly server: Pool
  readonly readable: Known
  readonly seed: number
  readonly numRuns: number
}

/** Sends requests of a new shopper and a new operator. Returns the statuses of the answers. */
async function sendMutated(
  route: Route,
  { shop, server, readable, seed, numRuns }: Run,
): Promise<Set<number>> {
  const shopper = await shop.shopper(`${seed}-${route.path}`.slice(0, NAME_LENGTH_MAX))
  const operator = shop.operator(...operatorScopes)
  const isReadByOperators = route.method === 'GET' && route.access !== 'shopper'
  // New for each run of the others: some use up what exists, and one ends the session.
  const known = isReadByOperators ? readable : await createKnown(route, shop, shopper, operator)
  const authorizations: Authorizations = {
    public: undefined,
    shopper: `Bearer ${shopper.token}`,
    adyen: ADYEN_AUTHORIZATION,
    operator: `Bearer ${await operator.key()}`,
    merchant: `Bearer ${await operator.key()}`,
    console: undefined,
  }
  const statuses = new Set<number>()
  const session = route.access === 'console' ? await sessionHeaders(shop, operator) : {}
  const requests = requestsTo(route, known, authorizations, session)
  const answersByContract = fc.asyncProperty(requests, async (request) => {
    const answer = await send(server, route, request)
    statuses.add(answer.status)
    expect(faultOf(route, request, answer)).toBeUndefined()
  })
  await fc.assert(answersByContract, { seed, numRuns })
  return statuses
}

/** What the console's page sends in a session of this operator. */
async function sessionHeaders(shop: Shop, operator: Operator): Promise<Headers> {
  const { page } = await new ConsolePage(shop.server.operatorsUrl).signIn(await operator.key())
  return page.headers
}

function send(server: Pool, { method }: Route, request: FuzzedRequest): Promise<HttpAnswer> {
  const { path, headers, padding, body, encoding } = request
  return answerTo(server, {
    method,
    path,
    headers: padding === 0 ? headers : { ...headers, 'x-padding': 'x'.repeat(padding) },
    body: body === null ? null : Buffer.from(body, encoding),
  })
}

function faultOf(route: Route, { isRouted }: FuzzedRequest, answer: HttpAnswer): string | undefined {
  const isElsewhere = !isRouted && answer.text.includes('"code":"route_not_found"')
  const fault = isElsewhere ? undefined : breach(route, answer)
  return fault && `${fault}: ${answer.text.slice(0, 500)}`
}

const of = (...values: readonly Tree[]): fc.Arbitrary<Tree> => fc.constantFrom(...values)

/** The longest name of a shopper at the simulator. */
const NAME_LENGTH_MAX = 64

/** A line of a report with another amount. */
const overcharged = (line: Line): Line =>
  line['Gross Currency'] === '' ? line : { ...line, 'Gross Credit (GC)': '0.01' }

/** The references of an open, an attempted and a paid order of a merchant. */
async function placeMerchantOrders(merchant: Merchant, shopper: Shopper): Promise<readonly string[]> {
  const [open, attempted, paid] = [await merchant.put(), await merchant.put(), await merchant.put()]
  await shopper.startPayment(attempted)
  await shopper.pay(await shopper.startPayment(paid))
  return [open.reference, attempted.reference, paid.reference]
}

/** The ids of refunds above the limit of a key. */
async function proposeRefunds(shop: Shop, payment: Payment): Promise<readonly string[]> {
  const limited = shop.refunder('Lina', { currency: 'CNY', value: 0 })
  const created = [
    await limited.createRefund(payment, { value: 1 }),
    await limited.createRefund(payment, { value: 2 }),
  ]
  return created.map((one) => (one.state === 'requested' ? one.refund.id : one.proposal.refundId))
}

/**
 * Orders and payments of every kind, of this shopper and another, by the names under which requests
 * to this route, or to any that reads, mention them.
 */
async function createKnown(
  route: Route | undefined,
  shop: Shop,
  shopper: Shopper,
  operator: Operator,
): Promise<Known> {
  const needs = (path: string): boolean => route === undefined || route.path.startsWith(path)
  const productId = await shop.addProduct(4000, 1_000_000_000)
  const references = await placeMerchantOrders(shop.merchant(), shopper)
  const open = [await shopper.order(4000), await shopper.order(4000)]
  const { payment: waiting } = await shopper.startBuying(4000)
  const paid = await shopper.buy(4000)
  const asked = await shopper.buy(4000)
  const { payment: others } = await (await shop.shopper('bob')).startBuying(4000)
  const payments = [waiting, paid, asked, others]
  const orderIds = [...open.map(({ id }) => id), ...payments.map(({ orderId }) => orderId)]
  await shopper.requestRefund(paid.orderId)
  await shopper.requestRefund(asked.orderId)
  const refund = await operator.refund(paid, 1)
  // Slow to make, and only its routes need it.
  const unsent = route === operatorRoutes.resendRefund ? [await refundInVain(shop, operator, asked, 1)] : []
  const proposed = needs('/ops/refund-proposals') ? await proposeRefunds(shop, asked) : []
  const codes = await Promise.all(Array.from({ length: 5 }, () => shop.weChat.loginCode('carol')))
  const item = signed(authorisationOf(waiting, { success: 'false' }))
  const items = await operator.listAttention()
  const { webhooks } = await operator.listWebhooks()
  const report = await shop.adyen.settlementReport()
  const settlements = needs('/ops/settlements')
    ? [await operator.keepSettlement('report.csv', changeLines(report, overcharged))]
    : []
  return {
    reference: of(...references, 'nothing', 'a/b?c#%'),
    kind: of(...items.map(({ kind }) => kind), 'refund_failed'),
    subject: of(...items.map(({ subject }) => subject), 'nothing'),
    since: of(...items.map(({ since }) => since), '2026-13-45T99:00:00.000Z'),
    report: of(report, changeLines(report, overcharged)),
    settlementId: of(...settlements.map(({ id }) => id), 'nothing'),
    number: of(1, 2, 1e300),
    productId: of(productId, productId, 'nothing'),
    orderId: of(...orderIds, 'nothing'),
    before: of(...orderIds, 'nothing'),
    q: of(...payments.map(({ id }) => id), ...orderIds.map((id) => orderNumber(id)), 'nothing'),
    webhookId: of(...webhooks.map(({ id }) => id), 0, 1e300),
    from: of('2026-01-01', '2026-01-01T10:00Z', '2026-13-45T99:00Z'),
    to: of('2999-01-01', '2026-13-45'),
    value: of(4000, 1, 0, 1e300),
    refundId: of(refund.id, ...unsent, ...proposed, 'nothing'),
    paymentId: of(...payments.map(({ id }) => id), 'nothing'),
    amount: of(
      { currency: 'CNY', value: 4000 },
      { currency: 'CNY', value: 1 },
      { currency: 'JPY', value: 4000 },
    ),
    code: of(...codes, crypto.randomUUID(), '\u0000', '\ud800', '支付'),
    paymentStatus: of('requestPayment:ok', 'requestPayment:fail cancel', 'requestPayment:fail 支付失败'),
    notificationItems: of([{ NotificationRequestItem: item }]),
    // Short, so that the run does not wait.
    waitMs: of(0, 1, 20, -1, 25_001),
  }
}
