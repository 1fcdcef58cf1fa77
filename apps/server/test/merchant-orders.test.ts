import { openidOf } from '@tael/simulator/openid'
import { credentials } from '@tael/stack'
import { expect, inject } from 'vitest'
import { callTo, DAY, fen, HOUR, MINUTE, openShop, refusalOf } from './actors/index.ts'
import { test } from './fixtures.ts'
import { brokenInvariants } from './invariants.ts'
import { until } from './until.ts'

test('the shopper who presents the pay token first pays the order, and nobody else can', async ({
  shop,
  shopper,
  merchant,
}) => {
  const order = await merchant.put({ metadata: { basket: '4711' } })
  expect(order).toMatchObject({ status: 'open', version: 1, payment: null, metadata: { basket: '4711' } })
  expect(order.payToken).toMatch(/^[A-Za-z0-9_-]{43}$/)
  const bob = await shop.shopper('bob')
  const { payToken: _, ...withoutToken } = order
  expect(await refusalOf(bob.startPayment(withoutToken))).toMatchObject({ code: 'order_not_found' })
  const madeUp = { ...order, payToken: 'A'.repeat(43) }
  expect(await refusalOf(bob.startPayment(madeUp))).toMatchObject({ code: 'order_not_found' })
  expect(await refusalOf(shopper.getOrder(order.id))).toMatchObject({ code: 'order_not_found' })

  const attempt = await shopper.startPayment(order)
  expect(await refusalOf(bob.startPayment(order))).toMatchObject({ code: 'order_not_found' })
  expect(await shopper.pay(attempt)).toMatchObject({ status: 'authorised' })
  expect(await shopper.getOrder(order.id)).toMatchObject({
    status: 'paid',
    lines: [],
    description: { en: 'Longjing tea' },
  })
  expect(await refusalOf(bob.getOrder(order.id))).toMatchObject({ code: 'order_not_found' })
  expect(await merchant.get(order.reference)).toMatchObject({
    status: 'paid',
    payment: { id: attempt.payment.id, status: 'authorised', reversals: [] },
  })
  expect(await shop.adyen.payment(attempt.payment.id)).toMatchObject({ paid: order.amount.value })
})

test('an order that is put again once the app has another secret has another pay token', async ({
  shop,
  shopper,
  merchant,
}) => {
  const order = await merchant.put()
  const renewed = await shop.startServer({ WECHAT_APP_SECRET: 'fedcba9876543210'.repeat(2) })
  const again = await merchant.through(callTo(renewed)).put({}, order.reference)
  expect(again).toMatchObject({ id: order.id, version: order.version })
  expect(again.payToken).not.toBe(order.payToken)
  await renewed.stop()
  expect(await refusalOf(shopper.startPayment(order))).toMatchObject({ code: 'order_not_found' })
  expect(await shopper.startPayment(again)).toMatchObject({ payment: { status: 'awaiting_shopper' } })
})

test('the payer may log in again, and needs the token no more', async ({ shop, shopper, merchant }) => {
  const order = await merchant.put()
  const attempt = await shopper.startPayment(order)
  const again = await shop.shopper(shopper.name)
  expect(await again.startPayment({ id: order.id, amount: order.amount })).toMatchObject({
    payment: { id: attempt.payment.id },
  })
})

test('an order that names its payer is theirs, also before their first login', async ({ shop, merchant }) => {
  const order = await merchant.put({ payer: { openid: openidOf(credentials.WECHAT_APP_ID, 'dora') } })
  expect(order.payToken).toBeNull()
  const [dora, bob] = [await shop.shopper('dora'), await shop.shopper('bob')]
  expect(await refusalOf(bob.startPayment(order))).toMatchObject({ code: 'order_not_found' })
  expect(await dora.getOrder(order.id)).toMatchObject({ status: 'open', amount: fen(4000) })
  expect(await dora.pay(await dora.startPayment(order))).toMatchObject({ status: 'authorised' })
})

test('many sessions that present one token side by side lead to one payer', async ({ shop, merchant }) => {
  const order = await merchant.put()
  const names = ['ann', 'ben', 'cid', 'dan', 'eve']
  const shoppers = await Promise.all(names.map((name) => shop.shopper(name)))
  const attempts = await Promise.allSettled(shoppers.map((one) => one.startPayment(order)))
  expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
})

test('the same PUT is the same order with the same token, whatever became of it', async ({
  shop,
  shopper,
  merchant,
}) => {
  const terms = { metadata: { a: '1', b: '2' }, expiresAt: inSeconds(HOUR) }
  const reference = 'A-1/2026?x#e%'
  const order = await merchant.put(terms, reference)
  const again = await merchant.put({ ...terms, metadata: { b: '2', a: '1' } }, reference)
  expect(again).toEqual(order)
  await shopper.pay(await shopper.startPayment(order))
  expect(await merchant.put(terms, reference)).toMatchObject({
    id: order.id,
    status: 'paid',
    payToken: order.payToken,
  })
  const { stored } = await shop.database.row('select orders::text as stored from orders where id = $1', [
    order.id,
  ])
  expect(stored).not.toContain(order.payToken)
})

test('PUTs of one reference side by side make one order', async ({ merchant, queue }) => {
  const orders = await Promise.all(Array.from({ length: 6 }, () => merchant.put({}, 'side-by-side')))
  expect(new Set(orders.map(({ id, payToken }) => `${id} ${payToken}`)).size).toBe(1)
  expect(await queue.everEnqueued('expire-order', { orderId: orders[0]?.id ?? '' })).toBe(1)
})

test('another PUT changes the order until an attempt is open, and its payer stays', async ({
  shop,
  shopper,
  merchant,
}) => {
  const { reference } = await merchant.put()
  const changed = await merchant.put({ value: 4100 }, reference)
  expect(changed).toMatchObject({ version: 2, amount: fen(4100) })
  const attempt = await shopper.startPayment(changed)
  expect(await refusalOf(merchant.put({ value: 4200 }, reference))).toMatchObject({
    status: 409,
    code: 'order_not_changeable',
  })
  expect(await merchant.get(reference)).toMatchObject({ version: 2, amount: fen(4100) })

  await shopper.cancelPayment(attempt)
  await shop.adyen.waitForDeliveries()
  const cheaper = await merchant.put({ value: 3900 }, reference)
  expect(await refusalOf(shopper.startPayment(changed))).toMatchObject({
    code: 'amount_changed',
    amount: fen(3900),
  })
  const bob = await shop.shopper('bob')
  expect(await refusalOf(bob.startPayment(cheaper))).toMatchObject({ code: 'order_not_found' })
  await shopper.pay(await shopper.startPayment(cheaper))
  expect(await refusalOf(merchant.put({ value: 1 }, reference))).toMatchObject({
    code: 'order_not_changeable',
  })

  const other = await merchant.put()
  await shopper.startPayment(other).then((started) => shopper.cancelPayment(started))
  await shop.adyen.waitForDeliveries()
  const renamed = await merchant.put(
    { payer: { openid: openidOf(credentials.WECHAT_APP_ID, 'bob') } },
    other.reference,
  )
  expect(renamed.payToken).toBeNull()
  expect(await refusalOf(shopper.startPayment(other))).toMatchObject({ code: 'order_not_found' })
  expect(await bob.startPayment(renamed)).toMatchObject({ payment: { status: 'awaiting_shopper' } })
})

test('money of an attempt at an earlier amount does not pay the order, and is refunded', async ({
  shopper,
  merchant,
  adyen,
}) => {
  const order = await merchant.put({ value: 5500 })
  const { payment } = await shopper.startPayment(order)
  await shopper.cancelPayment({ payment, requestPayment: (await shopper.startPayment(order)).requestPayment })
  await adyen.waitForDeliveries()
  await merchant.put({ value: 5600 }, order.reference)
  await adyen.deliver({ eventCode: 'AUTHORISATION', about: payment })
  await expect
    .poll(() => merchant.get(order.reference))
    .toMatchObject({ status: 'open', refunds: [{ amount: fen(5500), reason: 'surplus' }] })
})

test.for([
  ['a time that has passed', { expiresAt: '2020-01-01T00:00:00Z' }],
  ['a time beyond two hours', { expiresAt: inSeconds(3 * HOUR) }],
  ['a time that does not exist', { expiresAt: '2026-13-40T00:00:00Z' }],
  ['a time beside a lifetime', { expiresAt: inSeconds(HOUR), lifetimeSeconds: 60 }],
  ['a lifetime beyond two hours', { lifetimeSeconds: 2 * HOUR + 1 }],
  ['no money', { value: 0 }],
  ['a name of metadata with a space', { metadata: { 'a b': '' } }],
] as const)('an order with %s is refused', async ([, terms], { merchant }) => {
  expect(await refusalOf(merchant.put(terms))).toMatchObject({ code: 'validation_failed' })
})

test.for(['..', '.', 'a b', 'ü', 'x'.repeat(81)])(
  'the reference %j is refused',
  async (reference, { merchant }) => {
    const { code } = await refusalOf(merchant.put({}, reference))
    // An HTTP client resolves dots in a path before it sends it.
    expect(['validation_failed', 'route_not_found']).toContain(code)
  },
)

test('an order expires when its time is over, and a change of its end counts', async ({
  merchant,
  clock,
}) => {
  const { reference } = await merchant.put({ lifetimeSeconds: 10 * MINUTE })
  await merchant.put({ lifetimeSeconds: HOUR }, reference)
  await clock.passTime(11 * MINUTE)
  expect(await merchant.get(reference)).toMatchObject({ status: 'open' })
  await clock.passTime(HOUR)
  await expect.poll(() => merchant.get(reference)).toMatchObject({ status: 'expired' })
  expect(await refusalOf(merchant.put({}, reference))).toMatchObject({ code: 'order_not_changeable' })
  const { reference: short } = await merchant.put({ lifetimeSeconds: HOUR })
  await merchant.put({ lifetimeSeconds: MINUTE }, short)
  await clock.passTime(2 * MINUTE)
  await expect.poll(() => merchant.get(short)).toMatchObject({ status: 'expired' })
})

test('late money for an expired order is refunded', async ({ shopper, merchant, clock, adyen }) => {
  const order = await merchant.put({ value: 5500 })
  const { payment } = await shopper.startPayment(order)
  await clock.passTime(DAY)
  await expect.poll(() => merchant.get(order.reference)).toMatchObject({ status: 'expired' })
  await adyen.deliver({ eventCode: 'AUTHORISATION', about: payment })
  await expect
    .poll(() => merchant.get(order.reference))
    .toMatchObject({ status: 'expired', refunds: [{ amount: fen(5500), reason: 'surplus' }] })
})

test('late money is kept where the merchant wants that, but not for a cancelled order', async ({
  shop,
  shopper,
  merchant,
  clock,
  adyen,
}) => {
  const keeping = await shop.startServer({ MERCHANT_LATE_MONEY: 'keep' })
  const keeper = merchant.through(callTo(keeping))
  const [late, cancelled] = [await keeper.put({ value: 5500 }), await keeper.put({ value: 5500 })]
  const [{ payment: first }, { payment: second }] = [
    await shopper.startPayment(late),
    await shopper.startPayment(cancelled),
  ]
  expect(await keeper.cancel(cancelled.reference)).toMatchObject({ status: 'cancelled' })
  expect(await keeper.cancel(cancelled.reference)).toMatchObject({ status: 'cancelled' })
  await clock.passTime(DAY)
  await expect.poll(() => keeper.get(late.reference)).toMatchObject({ status: 'expired' })
  await adyen.deliver({ eventCode: 'AUTHORISATION', about: first })
  expect(await keeper.get(late.reference)).toMatchObject({ status: 'paid', refunds: [] })
  await adyen.deliver({ eventCode: 'AUTHORISATION', about: second })
  expect(await keeper.get(cancelled.reference)).toMatchObject({
    status: 'cancelled',
    refunds: [{ reason: 'surplus' }],
  })
})

test('a merchant refunds a paid order in parts, once for each key, and no more than was paid', async ({
  shopper,
  merchant,
}) => {
  const order = await merchant.put({ value: 6000 })
  expect(await refusalOf(merchant.refund(order))).toMatchObject({ code: 'order_not_refundable' })
  const payment = await shopper.pay(await shopper.startPayment(order))
  const key = crypto.randomUUID()
  const refund = await merchant.refund(order, 1000, key)
  expect(refund).toMatchObject({ paymentId: payment.id, amount: fen(1000) })
  expect((await merchant.refund(order, 1000, key)).id).toBe(refund.id)
  expect(await refusalOf(merchant.refund(order, 2000, key))).toMatchObject({ code: 'idempotency_key_reused' })
  expect(await refusalOf(merchant.refund(order, 5001))).toMatchObject({
    code: 'refund_exceeds_payment',
    amount: fen(5000),
  })
  await expect
    .poll(() => merchant.get(order.reference))
    .toMatchObject({ refunds: [{ id: refund.id, status: 'refunded' }] })
  expect(await refusalOf(merchant.cancel(order.reference))).toMatchObject({ code: 'order_not_cancellable' })
  expect(await refusalOf(merchant.refund({ ...order, reference: 'nothing' }))).toMatchObject({
    code: 'order_not_found',
  })
})

test('an order is not cancelled while an attempt may have taken money', async ({
  shopper,
  merchant,
  adyen,
}) => {
  const order = await merchant.put({ value: 4003 })
  const attempt = await shopper.startPayment(order)
  await shopper.submitDetails(attempt, 'requestPayment:ok')
  expect(await refusalOf(merchant.cancel(order.reference))).toMatchObject({ code: 'order_not_cancellable' })
  await adyen.waitForDeliveries()
})

test('orders are listed newest first, in pages, by status, and without those of the shop', async ({
  shop,
  shopper,
  merchant,
}) => {
  await shopper.order(4000)
  await merchant.put()
  const cancelled = await merchant.put()
  await merchant.cancel(cancelled.reference)
  const newest = await merchant.put()
  const { orders, next } = await merchant.list({ limit: 2 })
  expect(orders.map(({ reference }) => reference)).toEqual([newest.reference, cancelled.reference])
  const references = orders.map(({ reference }) => reference)
  for (let before = next; before !== null;) {
    const page = await merchant.list({ before, limit: 2 })
    references.push(...page.orders.map(({ reference }) => reference))
    before = page.next
  }
  const all = await shop.database.count('orders', 'reference is not null')
  expect([references.length, new Set(references).size]).toEqual([all, all])
  const ofStatus = (await merchant.list({ status: 'cancelled' })).orders
  expect(ofStatus[0]?.reference).toBe(cancelled.reference)
  expect(new Set(ofStatus.map(({ status }) => status))).toEqual(new Set(['cancelled']))
})

test("a merchant's orders count neither against what their payer may hold nor as lapsed", async ({
  shop,
  merchant,
}) => {
  const strict = await shop.startServer({ SHOPPER_ORDERS_MAX: '1' })
  const fay = (await shop.shopper('fay')).at(strict)
  for (let held = 0; held < 3; held += 1) await fay.startPayment(await merchant.put())
  expect(await fay.order(4000)).toMatchObject({ status: 'open' })
})

test('a server without a shop sells nothing and needs no goods, and takes payments', async () => {
  const shop = await openShop({ postgresUrl: inject('postgresUrl'), server: { SHOP: 'none' } })
  try {
    for (const [method, path] of [
      ['GET', '/products'],
      ['POST', '/orders'],
    ] as const)
      expect((await fetch(shop.server.url + path, { method })).status).toBe(404)
    const order = await shop.merchant().put()
    const gil = await shop.shopper('gil')
    expect(await gil.pay(await gil.startPayment(order))).toMatchObject({ status: 'authorised' })
    expect(await gil.listOrders()).toMatchObject({ orders: [{ id: order.id, status: 'paid' }] })
    expect(await shop.database.count('products', 'true')).toBe(0)
  } finally {
    await shop.close()
  }
})

test('each use of a key is in the audit', async ({ shop, shopper, merchant }) => {
  const order = await merchant.put()
  await shopper.pay(await shopper.startPayment(order))
  await merchant.get(order.reference)
  await merchant.refund(order, 100)
  await refusalOf(merchant.cancel(order.reference))
  const actions = (await shop.database.operatorActions(order.reference)).map(({ action }) => action)
  expect(actions).toEqual(['merchant.order.put', 'merchant.order.read', 'merchant.order.refund'])
  const refused = await shop.database.operatorActions()
  expect(refused.at(-1)).toMatchObject({ action: 'refused', detail: { code: 'order_not_cancellable' } })
})

test('what holds of all records holds with orders of a merchant among them', async ({ shop, operator }) => {
  await until(async () => (await shop.queue.waiting('make-refund')) === 0)
  await shop.adyen.waitForDeliveries()
  expect(await brokenInvariants(shop)).toEqual([])
  expect(await operator.reconcile()).toMatchObject({ code: 0 })
})

/** A time so many seconds from now, to the second, in Beijing. */
function inSeconds(seconds: number): string {
  const time = new Date(Date.now() + seconds * 1000 + 8 * HOUR * 1000)
  return `${time.toISOString().slice(0, 19)}+08:00`
}
