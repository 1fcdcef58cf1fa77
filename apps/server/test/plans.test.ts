import * as Type from '@sinclair/typebox'
import { Check } from '@sinclair/typebox/value'
import type { NotificationFacts } from '@tael/contracts'
import { credentials, type Program } from '@tael/stack'
import type { Pool } from 'pg'
import { expect } from 'vitest'
import { type Database, logLines } from './actors/index.ts'
import { test as base } from './fixtures.ts'
import { insertPastPayments } from './past-payments.ts'
import { scrape } from './scrape.ts'
import { until } from './until.ts'
import { authorisationOf, postWebhook, signed } from './webhook-items.ts'

/** The tables that grow with the sales. A product is one of few. */
const growing: ReadonlySet<string> = new Set([
  'adyen_calls',
  'idempotency_keys',
  'merchant_deliveries',
  'merchant_events',
  'notifications',
  'operator_actions',
  'orders',
  'payment_events',
  'payments',
  'refund_proposals',
  'refunds',
  'sessions',
  'settlements',
  'shipments',
  'shoppers',
  'webhook_items',
])
const PAYMENTS = 20_000
const SHOPPERS = 5_000
/** Every so many calls one is unanswered, as an outage of Adyen leaves them. */
const UNANSWERED_EVERY = 50

const pastNotification: NotificationFacts = {
  kind: 'webhook',
  change: 'opened',
  severity: 'warning',
  count: 1,
  subject: null,
  orderId: null,
  paymentId: null,
  amount: null,
  since: null,
  open: [],
}

/** A node of a plan, as EXPLAIN describes it (PostgreSQL documentation, EXPLAIN). */
const Node = Type.Recursive((This) =>
  Type.Object({
    'Node Type': Type.String(),
    'Relation Name': Type.Optional(Type.String()),
    'Index Name': Type.Optional(Type.String()),
    'Index Cond': Type.Optional(Type.String()),
    Plans: Type.Optional(Type.Array(This)),
  }),
)
type Node = Type.Static<typeof Node>
const Explanation = Type.Tuple([Type.Object({ Plan: Node })])

const test = base
  .extend('settings', { scope: 'file' }, { LOG_LEVEL: 'trace' })
  /** The plan of a statement, made without its values. */
  .extend('planOf', ({ shop }) => async (sql: string): Promise<Node> => {
    const row = await shop.database.row(`explain (generic_plan, format json) ${sql}`)
    const explanation = row['QUERY PLAN']
    if (!Check(Explanation, explanation)) throw new Error(`No plan: ${JSON.stringify(explanation)}`)
    return explanation[0].Plan
  })
  /** Says of a statement where it reads more of a growing table than it wants. */
  .extend(
    'findScans',
    ({ planOf }) =>
      async (sql: string) =>
        scansIn(await planOf(sql)),
  )

function scansIn(node: Node, tableAbove = ''): readonly string[] {
  const { 'Node Type': type, 'Relation Name': table = tableAbove, Plans: plans = [] } = node
  // Conditions such as `leased_until <= now()` look nothing up: they read a part of the table that grows with it.
  const readsAll = type === 'Seq Scan' || (/Index.*Scan/.test(type) && !/ = /.test(node['Index Cond'] ?? ''))
  const below = plans.flatMap((plan) => scansIn(plan, table))
  return readsAll && growing.has(table) ? [`${type} of ${table}`, ...below] : below
}

/** The growing tables that a statement reads from their first row to the last. */
function tablesReadWhole(node: Node): readonly string[] {
  const { 'Node Type': type, 'Relation Name': table = '', Plans: plans = [] } = node
  const isWhole = type === 'Seq Scan' || (/Index.*Scan/.test(type) && node['Index Cond'] === undefined)
  return [...(isWhole && growing.has(table) ? [table] : []), ...plans.flatMap(tablesReadWhole)]
}

function nodesIn(node: Node): readonly Node[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesIn)]
}

/** What reads a growing table whole, or orders it: a page of a list is read from an index in its order. */
function readsBeyondPage(node: Node): readonly string[] {
  const { 'Node Type': type, 'Relation Name': table = '', Plans: plans = [] } = node
  const reads = type === 'Sort' || (/Seq Scan|Bitmap Heap Scan/.test(type) && growing.has(table))
  return [...(reads ? [`${type} ${table}`] : []), ...plans.flatMap(readsBeyondPage)]
}

/** The statements of requests since a line of the log. */
function statementsSince(server: Program, line: number): readonly string[] {
  const ofRequests = logLines(server)
    .slice(line)
    .filter(({ reqId }) => reqId !== undefined)
  const all = new Set(ofRequests.flatMap(({ sql }) => (sql === undefined ? [] : [sql.trim()])))
  return [...all].filter((sql) => /^(select|insert|update|delete|with)/.test(sql))
}

/** Many shoppers with their sessions, paid orders, refunds and shipments, and orders of a merchant with their events. */
async function fill(pool: Pool, productId: string): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query(
      `with shopper as (
         insert into shoppers (id, openid) select 'sh_' || md5(n::text), md5(n::text) from generate_series(1, $1::int) as n
         returning id
       )
       insert into sessions (token_hash, shopper_id, expires_at)
       select sha256(id::bytea), id, now() + interval '1 day' from shopper`,
      [SHOPPERS],
    )
    const price = { currency: 'CNY', price: 4000 }
    const merchantAccount = credentials.ADYEN_MERCHANT_ACCOUNT
    await insertPastPayments(client, { count: PAYMENTS, productId, ...price, merchantAccount })
    await client.query(
      `insert into refunds (id, payment_id, currency, value, reason, status)
       select 'rf_' || md5(id), id, currency, 1, 'operator', 'refunded' from payments where status = 'authorised'`,
    )
    await client.query(
      `insert into refund_proposals (refund_id, payment_id, currency, value, reason, proposed_by, proposed_by_name,
         proposed_at, expires_at)
       select 'rf_' || md5('proposed' || id), id, currency, 1, 'goodwill', 'opk_1', 'Lina', created_at,
         created_at + interval '7 days' from payments where status = 'authorised'`,
    )
    await client.query(
      `insert into shipments (id, order_id, logistics_type, items, upload)
       select 'shp_' || md5(id), id, 'self_pickup', 'tea', case when right(id, 1) = '0' then 'failed' else 'uploaded' end
       from orders where status = 'paid' and right(id, 1) <> '1'`,
    )
    await client.query(
      `with placed as (
         insert into orders (id, shopper_id, status, currency, value, lines, expires_at, reference, description,
           metadata, request_hash, late_money, version)
         select 'ord_' || md5('own' || id), id, 'expired', 'CNY', 4000, '[]', now(), 'past-' || id,
           '{"zh-CN":"茶","en":"tea"}',
           '{}', sha256(id::bytea), 'refund', 2 from shoppers
         returning id, version
       )
       insert into merchant_events (id, order_id, version, type, data)
       select 'evt_' || md5(id), id, version, 'order.expired', '{}' from placed`,
    )
    await client.query(
      `insert into merchant_deliveries (event_id, tries, retry_until, delivered_at)
       select id, 1, now(), now() from merchant_events`,
    )
    await client.query(
      `insert into operator_actions (at, actor, action, subject, detail)
       select paid_at, 'opk_' || (row_number() over ()) % 7, 'order.read', id, '{}' from orders where status = 'paid'`,
    )
    await client.query(
      `with report as (
         insert into settlement_reports (id, sha256, name, bytes, content)
         select 'rep_' || n, sha256(n::text::bytea), 'past', 0, '' from generate_series(1, 2000) as n returning id
       )
       insert into settlements (id, report_id, merchant_account, series, actor, totals, differences)
       select 'stl_' || id, id, $1, id, 'adyen', '{}', 0 from report`,
      [merchantAccount],
    )
    await client.query(
      `insert into notifications (channel, kind, facts, state, retry_until, sent_at)
       select 'slack', 'webhook', $2, 'sent', now(), now() from generate_series(1, $1::int)`,
      [PAYMENTS, JSON.stringify(pastNotification)],
    )
    await client.query('analyze')
  } finally {
    client.release()
  }
}

/** Leaves some calls unanswered, as an outage of Adyen does. */
async function loseAnswers(database: Database): Promise<void> {
  await database.rows(
    `update adyen_calls set answered_at = null, retry_at = now() + interval '1 hour', leased_until = now() + interval '1 hour'
     where payment_id in (select id from (select id, row_number() over () as n from payments) as numbered where n % $1 = 0)`,
    [UNANSWERED_EVERY],
  )
  await database.rows('analyze')
}

test('what shoppers, a merchant and webhooks cause looks rows up by an index, however many there are', async ({
  shop,
  shopper,
  merchant,
  findScans,
}) => {
  const { database, server } = shop
  await fill(database.pool, await shop.addProduct(4000))

  await shopper.cancelOrder((await shopper.startBuying(4000)).payment.orderId)
  const paid = await shopper.startBuying(4000)
  await shopper.submitDetails(paid, await shopper.cancelAtCashier(paid))
  await postWebhook(server, [signed(authorisationOf(paid.payment))])
  await expect.poll(() => shopper.getPayment(paid.payment.id)).toMatchObject({ status: 'authorised' })
  await shopper.waitForChange(paid.payment)
  await shopper.getOrder(paid.payment.orderId)
  await shopper.listOrders()
  await shopper.requestRefund(paid.payment.orderId)
  const own = await merchant.put()
  const changed = await merchant.put({ value: 4100 }, own.reference)
  await shopper.pay(await shopper.startPayment(changed))
  await merchant.refund(changed, 100)
  await merchant.get(own.reference)
  await merchant.cancel((await merchant.put()).reference)
  await shopper.logOut()

  // What jobs run rarely is planned with its values, and not held to this.
  const hot = statementsSince(server, 0)
  expect(hot.length).toBeGreaterThan(15)
  const findAll = async (): Promise<Readonly<Record<string, readonly string[]>>> => {
    const found = await Promise.all(hot.map(async (sql) => [sql, await findScans(sql)] as const))
    return Object.fromEntries(found.filter(([, scans]) => scans.length > 0))
  }
  expect(await findAll()).toEqual({})
  await loseAnswers(database)
  expect(await findAll()).toEqual({})
})

test('what operators search and read is looked up, and a page of a list is read from an index in its order', async ({
  shop,
  operator,
  findScans,
  planOf,
}) => {
  const { database, server } = shop
  const [order] = (await operator.listOrders({ status: 'paid', limit: 1 })).orders
  if (order === undefined) throw new Error('No order is paid.')
  const { id: orderId, shopperId } = order
  if (shopperId === null) throw new Error('The order has no shopper.')
  const sent = logLines(server).length
  await operator.search(orderId)
  await operator.search(order.number)
  await operator.search('0'.repeat(64))
  await operator.getOrderRecord(orderId)
  const read = statementsSince(server, sent)
  expect(read.length).toBeGreaterThan(10)
  for (const sql of read) expect([sql, await findScans(sql)]).toEqual([sql, []])
  const { id: settled } = await database.row(
    `select shopper_id as id from orders where reference is null and status = 'paid' and shopper_id <> all (array(
       select orders.shopper_id from orders join payments on payments.order_id = orders.id
         left join shipments on shipments.order_id = orders.id left join adyen_calls on adyen_calls.payment_id = payments.id
       where upload = 'failed' or answered_at is null or payments.created_at > now() - interval '8 days'
     )) limit 1`,
  )
  const asked = logLines(server).length
  await operator.exportShopper(String(settled))
  expect(await operator.eraseShopper(String(settled))).toMatchObject({ shopperId: settled })
  // What needs attention is a part of the whole list.
  const ofShopper = statementsSince(server, asked).filter((sql) => !/gravity|kind, count/.test(sql))
  expect(ofShopper.length).toBeGreaterThan(20)
  for (const sql of ofShopper) expect([sql, await findScans(sql)]).toEqual([sql, []])

  const listing = logLines(server).length
  const [payment] = (await operator.listPayments({ limit: 1 })).payments
  await operator.listOrders({ from: '2020-01-01', to: '2999-01-01', before: orderId })
  await operator.listOrders({ status: 'open', from: '2020-01-01', before: orderId })
  await operator.listOrders({ shopperId, before: orderId })
  await operator.listPayments({ before: payment?.id ?? '' })
  await operator.listPayments({ status: 'refused', from: '2020-01-01' })
  await operator.listPayments({ value: 4000, before: payment?.id ?? '' })
  for (const state of ['waiting', 'shipped', 'upload_failed'] as const) {
    await operator.listShipments({ state, after: orderId })
    await operator.listShipments({ state })
  }
  const [done] = (await operator.listAudit({ limit: 1 })).actions
  const before = done?.id ?? 1
  await operator.listAudit({ from: '2020-01-01', to: '2999-01-01', before })
  await operator.listAudit({ actor: done?.actor ?? '', before })
  await operator.listAudit({ action: 'search', before })
  await operator.listAudit({ subject: orderId, before })
  const [item] = (await operator.listWebhooks({ limit: 1 })).webhooks
  await operator.listWebhooks({ before: item?.id ?? 1 })
  await operator.listWebhooks({ state: 'stored', before: item?.id ?? 1 })
  await operator.listSettlements({ before: 'stl_rep_1000' })
  const [notification] = (await operator.listNotifications({ limit: 1 })).notifications
  await operator.listNotifications({ before: notification?.id ?? 1 })
  await operator.listNotifications({ state: 'sent', before: notification?.id ?? 1 })
  const [refund] = (await operator.listRefunds({ limit: 1 })).refunds
  const newest = refund?.id ?? ''
  await operator.listRefunds({ from: '2020-01-01', to: '2999-01-01', before: newest })
  await operator.listRefunds({ status: 'refunded', before: newest })
  await operator.listRefunds({ value: 1, before: newest })
  await operator.listRefunds({ reason: 'goodwill', before: newest })
  await operator.listRefunds({ reason: 'unstated', before: newest })
  const [proposal] = (await operator.listRefundProposals({ limit: 1 })).proposals
  await operator.listRefundProposals({ before: proposal?.refundId ?? '' })
  await operator.listRefundProposals({ state: 'awaiting' })
  await operator.listRefundProposals({ state: 'expired', before: proposal?.refundId ?? '' })
  await operator.listRefundProposals({ state: 'confirmed' })
  const lists = statementsSince(server, listing).filter((sql) => / order by /.test(sql))
  expect(lists.length).toBe(37)
  for (const sql of lists) expect([sql, readsBeyondPage(await planOf(sql))]).toEqual([sql, []])
})

test('the overview reads indexes of what happened in its period, and no row of it', async ({
  shop,
  operator,
  planOf,
}) => {
  const sent = logLines(shop.server).length
  await operator.getOverview({ interval: 'hour' })
  const sales = statementsSince(shop.server, sent).filter((sql) => /place/.test(sql))
  expect(sales.length).toBe(2)
  for (const sql of sales) expect([sql, tablesReadWhole(await planOf(sql))]).toEqual([sql, []])
})

test('a scrape reads what has no outcome from indexes, and no growing table whole', async ({
  shop,
  planOf,
}) => {
  const sent = logLines(shop.server).length
  await scrape(shop.server)
  const state = (): readonly string[] => statementsSince(shop.server, sent)
  await until(() => state().length === 4)
  const partial = await shop.database.rows(
    'select indexrelid::regclass::text as name from pg_index where indpred is not null',
  )
  const names = new Set(partial.map(({ name }) => name))
  for (const sql of state()) {
    const whole = nodesIn(await planOf(sql)).filter(
      (node) => tablesReadWhole({ ...node, Plans: [] }).length > 0,
    )
    // An index of nothing but open ones may be read from its start to its end. All proposals of `fill` are open.
    const read = whole.filter((node) => node['Relation Name'] !== 'refund_proposals')
    expect([sql, read.filter((node) => !names.has(node['Index Name']))]).toEqual([sql, []])
  }
})

test('a statement that no index serves is noticed', async ({ findScans }) => {
  expect(await findScans('select from payments where result_code = $1')).toEqual(['Seq Scan of payments'])
})
