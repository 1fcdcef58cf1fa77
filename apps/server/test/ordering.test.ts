import { readFile } from 'node:fs/promises'
import { currencyExponents, formatAmount, orderNumber, shopperRoutes } from '@tael/contracts'
import { expect } from 'vitest'
import { callTo, MINUTE, refusalOf } from './actors/index.ts'
import { test as base } from './fixtures.ts'

const test = base
  .extend(
    'stockOf',
    ({ shop }) =>
      (productId: string) =>
        shop.database.stockOf(productId),
  )
  /** Orders pieces of one product. */
  .extend(
    'orderPieces',
    ({ shopper }) =>
      (productId: string, quantity: number, { by = shopper, key = crypto.randomUUID() } = {}) =>
        by.orderProducts([{ productId, quantity }], key),
  )

test.for(['JPY', 'HKD'] as const)(
  'the same goods are sold in %s where the shop is configured for it',
  async (currency, { shop, shopper }) => {
    const server = await shop.startServer({ SHOP_CURRENCY: currency, SHOP_COUNTRY: 'JP' })
    const { products } = await callTo(server)(shopperRoutes.listProducts, {})
    const [first] = products
    expect(products).toHaveLength(10)
    expect(first?.price.currency).toBe(currency)
    const order = await shopper.at(server).orderProducts([{ productId: first?.id ?? '', quantity: 2 }])
    expect(order.amount).toEqual({ currency, value: 2 * (first?.price.value ?? 0) })
    expect(formatAmount(order.amount).includes('.')).toBe(currencyExponents[currency] > 0)
    await server.stop()
  },
)

test("an order has the server's prices, reserves its stock, and sells it when it is paid", async ({
  shop,
  shopper,
  orderPieces,
  stockOf,
}) => {
  const productId = await shop.addProduct(1500, 10)
  const order = await orderPieces(productId, 3)
  expect(order).toMatchObject({
    status: 'open',
    amount: { currency: 'CNY', value: 4500 },
    lines: [{ productId, quantity: 3, unitPrice: { value: 1500 }, amount: { value: 4500 } }],
  })
  expect(await stockOf(productId)).toEqual({ free: 7, reserved: 3, sold: 0 })
  await shopper.pay(await shopper.startPayment(order))
  expect(await stockOf(productId)).toEqual({ free: 7, reserved: 0, sold: 3 })
})

test('of many shoppers at the same moment exactly one buys the last piece', async ({
  shop,
  orderPieces,
  stockOf,
}) => {
  const productId = await shop.addProduct(1000, 1)
  const shoppers = await Promise.all(
    Array.from({ length: 12 }, (_, index) => shop.shopper(`shopper-${index}`)),
  )
  const answers = await Promise.allSettled(shoppers.map((by) => orderPieces(productId, 1, { by })))
  const refused = answers.flatMap((answer) =>
    answer.status === 'rejected' ? [refusalOf(Promise.reject(answer.reason))] : [],
  )
  expect((await Promise.all(refused)).map(({ code }) => code)).toEqual(
    Array.from({ length: 11 }, () => 'out_of_stock'),
  )
  expect(await stockOf(productId)).toEqual({ free: 0, reserved: 1, sold: 0 })
})

test('an order for more than is left is refused with what is left, and reserves nothing', async ({
  shop,
  orderPieces,
  stockOf,
}) => {
  const productId = await shop.addProduct(1000, 2)
  expect(await refusalOf(orderPieces(productId, 3))).toMatchObject({
    code: 'out_of_stock',
    productId,
    available: 2,
  })
  expect(await stockOf(productId)).toEqual({ free: 2, reserved: 0, sold: 0 })
})

test('orders of the same products in opposite orders do not deadlock', async ({ shop, shopper, stockOf }) => {
  const ids = [await shop.addProduct(1000), await shop.addProduct(1000)]
  const lines = ids.map((productId) => ({ productId, quantity: 1 }))
  await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      shopper.orderProducts(index % 2 === 0 ? lines : lines.toReversed()),
    ),
  )
  for (const id of ids) expect(await stockOf(id)).toEqual({ free: 980, reserved: 20, sold: 0 })
})

test('the same key makes one order', async ({ shop, orderPieces, stockOf }) => {
  const productId = await shop.addProduct(1000, 10)
  const key = crypto.randomUUID()
  const orders = await Promise.all(Array.from({ length: 5 }, () => orderPieces(productId, 1, { key })))
  expect(new Set(orders.map(({ id }) => id)).size).toBe(1)
  expect(await stockOf(productId)).toMatchObject({ reserved: 1 })
  expect(await refusalOf(orderPieces(productId, 2, { key }))).toMatchObject({
    code: 'idempotency_key_reused',
  })
})

test('a shopper pages through orders, newest first', async ({ shop }) => {
  const pager = await shop.shopper('pager')
  const ids: string[] = []
  for (let index = 0; index < 5; index += 1) ids.unshift((await pager.order(1000)).id)
  const first = await pager.listOrders({ limit: 3 })
  const second = await pager.listOrders({ limit: 3, before: first.next ?? '' })
  expect([...first.orders, ...second.orders].map(({ id }) => id)).toEqual(ids)
  expect(second.next).toBeNull()
})

test('an unpaid order expires, frees its stock, and can no longer be paid; late money pays it', async ({
  shop,
  shopper,
  adyen,
  clock,
  orderPieces,
  stockOf,
}) => {
  const productId = await shop.addProduct(1000, 5)
  const order = await orderPieces(productId, 2)
  const attempt = await shopper.startPayment(order)
  // Adyen does not receive the cancel of the attempt, so its cashier stays open.
  await adyen.withFault({ name: 'lost_request', call: 'technicalCancels' }, async () => {
    await clock.passTime(30 * MINUTE)
    await expect.poll(() => stockOf(productId)).toMatchObject({ free: 5 })
    expect(await shopper.getOrder(order.id)).toMatchObject({
      status: 'expired',
      payment: { id: attempt.payment.id, outcome: { message: 'expired', nextAction: 'view_order' } },
    })
    expect(await refusalOf(shopper.startPayment(order))).toMatchObject({ code: 'order_not_payable' })
    await shopper.payAtCashier(attempt)
  })
  // The goods are still there.
  await adyen.waitForDeliveries()
  expect(await shopper.getOrder(order.id)).toMatchObject({
    status: 'paid',
    payment: { status: 'authorised' },
  })
  expect(await stockOf(productId)).toEqual({ free: 3, reserved: 0, sold: 2 })
})

test('an order lives as long as the server is configured for', async ({ shop, shopper, clock }) => {
  const quick = await shop.startServer({ ORDER_LIFETIME_SECONDS: '300' })
  const productId = await shop.addProduct(1000)
  const order = await shopper.at(quick).orderProducts([{ productId, quantity: 1 }])
  await clock.passTime(310)
  await expect.poll(() => shopper.getOrder(order.id)).toMatchObject({ status: 'expired' })
})

test('a job that comes before the order expires leaves it open, and it still expires in time', async ({
  shopper,
  clock,
  queue,
}) => {
  const { id: orderId } = await shopper.order(1100)
  await queue.startEarly('expire-order', { orderId })
  await queue.waitUntilCompleted('expire-order', { orderId })
  expect(await shopper.getOrder(orderId)).toMatchObject({ status: 'open' })
  await clock.passTime(30 * MINUTE + 1)
  await expect.poll(() => shopper.getOrder(orderId)).toMatchObject({ status: 'expired' })
})

test('many orders that are due at the same moment all expire', async ({
  shop,
  clock,
  orderPieces,
  stockOf,
}) => {
  // More than a job takes at a time.
  const productId = await shop.addProduct(1000, 60)
  const by = await shop.shopper('collector')
  for (let count = 0; count < 60; count += 10) {
    await Promise.all(Array.from({ length: 10 }, () => orderPieces(productId, 1, { by })))
  }
  expect(await stockOf(productId)).toEqual({ free: 0, reserved: 60, sold: 0 })
  await clock.passTime(30 * MINUTE + 1)
  await expect.poll(() => stockOf(productId)).toEqual({ free: 60, reserved: 0, sold: 0 })
})

test.for([
  { name: 'no lines', body: { lines: [] } },
  { name: 'a price of the client', body: { lines: [{ productId: 'tea-jasmine', quantity: 1, price: 1 }] } },
  { name: 'a quantity as text', body: { lines: [{ productId: 'tea-jasmine', quantity: '1' }] } },
  { name: 'half a piece', body: { lines: [{ productId: 'tea-jasmine', quantity: 0.5 }] } },
  { name: 'nothing', body: null },
])('a body with $name is refused, not repaired', async ({ body }, { shop, shopper }) => {
  const answer = await fetch(`${shop.server.url}/orders`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${shopper.token}`,
      'idempotency-key': crypto.randomUUID(),
    },
    body: JSON.stringify(body),
  })
  expect(answer.headers.get('content-type')).toContain('application/problem+json')
  expect([answer.status, await answer.json()]).toMatchObject([
    400,
    { code: 'validation_failed', status: 400 },
  ])
})

test('a product in two lines, and one that is not sold, are named in the problem', async ({
  shopper,
  orderPieces,
}) => {
  const line = { productId: 'tea-jasmine', quantity: 1 }
  expect(await refusalOf(shopper.orderProducts([line, line]))).toMatchObject({
    code: 'validation_failed',
    detail: expect.stringContaining('tea-jasmine'),
  })
  expect(await refusalOf(orderPieces('moon-cake', 1))).toMatchObject({
    code: 'product_not_found',
    productId: 'moon-cake',
  })
})

test('nothing is ordered at a total that the shopper did not see', async ({ shop, shopper }) => {
  const productId = await shop.addProduct(4500)
  const lines = [{ productId, quantity: 2 }]
  const key = crypto.randomUUID()
  for (const seen of [
    { currency: 'CNY', value: 8999 },
    { currency: 'EUR', value: 9000 },
  ] as const) {
    expect(await refusalOf(shopper.orderAt(seen, lines, key))).toMatchObject({
      code: 'amount_changed',
      amount: { currency: 'CNY', value: 9000 },
    })
  }
  expect(await shop.database.stockOf(productId)).toEqual({ free: 1000, reserved: 0, sold: 0 })
  const { orders } = await shopper.listOrders()
  expect(orders.filter(({ lines: [line] }) => line?.productId === productId)).toEqual([])
  // The refused request left its key free.
  const order = await shopper.orderAt({ currency: 'CNY', value: 9000 }, lines, key)
  expect(order).toMatchObject({ status: 'open', amount: { value: 9000 } })
})

test('an open order shows how long it may be paid, by the clock of the server', async ({ shopper }) => {
  const { id } = await shopper.order(4500)
  const { leftMs, createdAt, expiresAt } = await shopper.getOrder(id)
  const lifetimeMs = Date.parse(expiresAt) - Date.parse(createdAt)
  expect(leftMs).toBeGreaterThan(0)
  expect(leftMs).toBeLessThanOrEqual(lifetimeMs)
  expect(await shopper.cancelOrder(id)).toMatchObject({ leftMs: null })
})

test('the number that a shopper reads out finds the order, as docs/operating.md says', async ({
  shop,
  shopper,
}) => {
  const { id } = await shopper.order(4500)
  await shopper.order(4500)
  const [day = '', ...digits] = orderNumber(id).split('-')
  const page = await readFile(new URL('../../../docs/operating.md', import.meta.url), 'utf8')
  const query = /^select id from orders\n[^;]*;/m.exec(page)?.[0] ?? ''
  const date = `20${day.slice(0, 2)}-${day.slice(2, 4)}-${day.slice(4)}`
  const asked = query.replaceAll('2026-11-26', date).replace('48291375', digits.join(''))
  expect(await shop.database.rows(asked)).toEqual([{ id }])
})
