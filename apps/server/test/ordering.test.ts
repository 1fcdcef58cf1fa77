import { currencyExponents, formatAmount, shopperRoutes } from '@tael/contracts'
import { expect, vi } from 'vitest'
import { test as base } from './fixtures.ts'
import {
  addProduct,
  atCashier,
  callTo,
  idle,
  logIn,
  newKey,
  refusal,
  order,
  passTime,
  pay,
  row,
  submit,
  withFault,
} from './shop.ts'

const stock =
  'select stock_free as free, stock_reserved as reserved, stock_sold as sold from products where id = $1'

const test = base
  .extend(
    'place',
    ({ shop, token }) =>
      (productId: string, quantity: number, by = token, idempotencyKey = newKey()) =>
        shop.call(
          shopperRoutes.createOrder,
          { idempotencyKey, body: { lines: [{ productId, quantity }] } },
          { token: by },
        ),
  )
  .extend(
    'stockOf',
    ({ shop }) =>
      (id: string) =>
        row(shop, stock, [id]),
  )

test.for(['JPY', 'HKD'] as const)(
  'the same goods are sold in %s where the shop is run in it',
  async (currency, { shop, token }) => {
    const server = await shop.anotherServer({ SHOP_CURRENCY: currency, SHOP_COUNTRY: 'JP' })
    const call = callTo(server.url)
    const { products } = await call(shopperRoutes.listProducts, {})
    const [first] = products
    expect(products).toHaveLength(10)
    expect(first?.price.currency).toBe(currency)
    const body = { lines: [{ productId: first?.id ?? '', quantity: 2 }] }
    const placed = await call(shopperRoutes.createOrder, { idempotencyKey: newKey(), body }, { token })
    expect(placed.amount).toEqual({ currency, value: 2 * (first?.price.value ?? 0) })
    expect(formatAmount(placed.amount).includes('.')).toBe(currencyExponents[currency] > 0)
    await server.stop()
  },
)

test('an order has prices of the server, reserves its stock, and sells it when it is paid', async ({
  shop,
  token,
  place,
  stockOf,
}) => {
  const productId = await addProduct(shop, 1500, 10)
  const placed = await place(productId, 3)
  expect(placed).toMatchObject({
    status: 'open',
    amount: { currency: 'CNY', value: 4500 },
    lines: [{ productId, quantity: 3, unitPrice: { value: 1500 }, amount: { value: 4500 } }],
  })
  expect(await stockOf(productId)).toEqual({ free: 7, reserved: 3, sold: 0 })
  const started = await pay(shop, token, placed)
  await submit(shop, token, started.payment.id, await atCashier(shop, started, 'pay'))
  expect(await stockOf(productId)).toEqual({ free: 7, reserved: 0, sold: 3 })
})

test('of many shoppers at once exactly one buys the last piece', async ({ shop, place, stockOf }) => {
  const productId = await addProduct(shop, 1000, 1)
  const shoppers = await Promise.all(
    Array.from({ length: 12 }, (_, index) => logIn(shop, `shopper-${index}`)),
  )
  const answers = await Promise.allSettled(shoppers.map((by) => place(productId, 1, by)))
  const refused = answers.flatMap((answer) =>
    answer.status === 'rejected' ? [refusal(Promise.reject(answer.reason))] : [],
  )
  expect((await Promise.all(refused)).map(({ code }) => code)).toEqual(
    Array.from({ length: 11 }, () => 'out_of_stock'),
  )
  expect(await stockOf(productId)).toEqual({ free: 0, reserved: 1, sold: 0 })
})

test('too little stock is said with what is left, and reserves nothing', async ({ shop, place, stockOf }) => {
  const productId = await addProduct(shop, 1000, 2)
  expect(await refusal(place(productId, 3))).toMatchObject({
    code: 'out_of_stock',
    productId,
    available: 2,
  })
  expect(await stockOf(productId)).toEqual({ free: 2, reserved: 0, sold: 0 })
})

test('orders that share goods in opposite order do not wait for each other in a circle', async ({
  shop,
  token,
  stockOf,
}) => {
  const [one, two] = [await addProduct(shop, 1000), await addProduct(shop, 1000)]
  const both = (first: string, second: string) =>
    shop.call(
      shopperRoutes.createOrder,
      {
        idempotencyKey: newKey(),
        body: {
          lines: [
            { productId: first, quantity: 1 },
            { productId: second, quantity: 1 },
          ],
        },
      },
      { token },
    )
  await Promise.all(
    Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? both(one, two) : both(two, one))),
  )
  expect(await stockOf(one)).toEqual({ free: 980, reserved: 20, sold: 0 })
})

test('the same key makes one order', async ({ shop, token, place, stockOf }) => {
  const productId = await addProduct(shop, 1000, 10)
  const key = newKey()
  const orders = await Promise.all(Array.from({ length: 5 }, () => place(productId, 1, token, key)))
  expect(new Set(orders.map(({ id }) => id)).size).toBe(1)
  expect(await stockOf(productId)).toMatchObject({ reserved: 1 })
  expect(await refusal(place(productId, 2, token, key))).toMatchObject({ code: 'idempotency_key_reused' })
})

test('a shopper pages through orders, newest first', async ({ shop }) => {
  const by = await logIn(shop, 'pager')
  const made: string[] = []
  for (let index = 0; index < 5; index += 1) made.unshift((await order(shop, by, 1000)).id)
  const first = await shop.call(shopperRoutes.listOrders, { query: { limit: 3 } }, { token: by })
  const second = await shop.call(
    shopperRoutes.listOrders,
    { query: { limit: 3, before: first.next ?? '' } },
    { token: by },
  )
  expect([...first.orders, ...second.orders].map(({ id }) => id)).toEqual(made)
  expect(second.next).toBeNull()
})

test('an unpaid order expires, frees its stock, and can be paid no more', async ({
  shop,
  token,
  stockOf,
}) => {
  const quick = await shop.anotherServer({ ORDER_LIFETIME_SECONDS: '4' })
  const productId = await addProduct(shop, 1000, 5)
  const body = { lines: [{ productId, quantity: 2 }] }
  const placed = await callTo(quick.url)(
    shopperRoutes.createOrder,
    { idempotencyKey: newKey(), body },
    { token },
  )
  const started = await pay(shop, token, placed)
  const orderNow = () => shop.call(shopperRoutes.getOrder, { params: { orderId: placed.id } }, { token })
  // Adyen does not hear that the attempt is to be closed, so its cashier stays open.
  await withFault(
    shop,
    'lost_request',
    async () => {
      await vi.waitUntil(async () => (await stockOf(productId))['free'] === 5, {
        timeout: 30_000,
        interval: 50,
      })
      expect(await orderNow()).toMatchObject({
        status: 'expired',
        payment: { id: started.payment.id, outcome: { message: 'expired', nextAction: 'view_order' } },
      })
      expect(await refusal(pay(shop, token, placed))).toMatchObject({ code: 'order_not_payable' })
      await atCashier(shop, started, 'pay')
    },
    'technicalCancels',
  )
  // The money comes, the goods are there, the order is honoured.
  await idle(shop)
  const honoured = await orderNow()
  expect(honoured).toMatchObject({ status: 'paid', payment: { status: 'authorised' } })
  expect(await stockOf(productId)).toEqual({ free: 3, reserved: 0, sold: 2 })
})

test('an order whose time has not come is left alone by a job that comes early, and expires in time', async ({
  shop,
  token,
}) => {
  const placed = await order(shop, token, 1100)
  const early = `update pgboss.job set start_after = now()
    where name = 'expire-order' and data ->> 'orderId' = $1 and state = 'created'`
  await shop.db.query(early, [placed.id])
  const done = `select count(*)::int as done from pgboss.job
    where name = 'expire-order' and data ->> 'orderId' = $1 and state = 'completed'`
  await vi.waitUntil(async () => (await row(shop, done, [placed.id]))['done'] === 1, {
    timeout: 20_000,
    interval: 50,
  })
  const statusNow = async () =>
    (await shop.call(shopperRoutes.getOrder, { params: { orderId: placed.id } }, { token })).status
  expect(await statusNow()).toBe('open')
  await passTime(shop, 1_801)
  await vi.waitUntil(async () => (await statusNow()) === 'expired', { timeout: 20_000, interval: 50 })
})

test('many orders that expire at once are all given up', async ({ shop, place, stockOf }) => {
  // More than a job takes at a time.
  const productId = await addProduct(shop, 1000, 60)
  for (let placed = 0; placed < 60; placed += 10)
    await Promise.all(Array.from({ length: 10 }, () => place(productId, 1)))
  expect(await stockOf(productId)).toEqual({ free: 0, reserved: 60, sold: 0 })
  await passTime(shop, 1_801)
  await vi.waitUntil(async () => (await stockOf(productId))['free'] === 60, {
    timeout: 20_000,
    interval: 50,
  })
  expect(await stockOf(productId)).toEqual({ free: 60, reserved: 0, sold: 0 })
})

test.for([
  { name: 'no lines', body: { lines: [] } },
  { name: 'a price of the client', body: { lines: [{ productId: 'tea-jasmine', quantity: 1, price: 1 }] } },
  { name: 'a quantity as text', body: { lines: [{ productId: 'tea-jasmine', quantity: '1' }] } },
  { name: 'half a piece', body: { lines: [{ productId: 'tea-jasmine', quantity: 0.5 }] } },
  { name: 'nothing', body: null },
])('a body with $name is refused, not repaired', async ({ body }, { shop, token }) => {
  const answer = await fetch(`${shop.server.url}/orders`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
      'idempotency-key': newKey(),
    },
    body: JSON.stringify(body),
  })
  expect(answer.headers.get('content-type')).toContain('application/problem+json')
  expect([answer.status, await answer.json()]).toMatchObject([
    400,
    { code: 'validation_failed', status: 400 },
  ])
})

test('a product in two lines and a product that is not sold are said by name', async ({
  shop,
  token,
  place,
}) => {
  const line = { productId: 'tea-jasmine', quantity: 1 }
  const twice = shop.call(
    shopperRoutes.createOrder,
    { idempotencyKey: newKey(), body: { lines: [line, line] } },
    { token },
  )
  expect(await refusal(twice)).toMatchObject({
    code: 'validation_failed',
    detail: expect.stringContaining('tea-jasmine'),
  })
  expect(await refusal(place('moon-cake', 1))).toMatchObject({
    code: 'product_not_found',
    productId: 'moon-cake',
  })
})
