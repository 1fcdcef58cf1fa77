import { expect } from 'vitest'
import { DAY, MINUTE, refusalOf, type Shopper } from './actors/index.ts'
import { test as base } from './fixtures.ts'
import { until } from './until.ts'

const ORDER_LIFETIME = 30 * MINUTE
const GRACE = 10 * MINUTE

const test = base
  .extend(
    'settings',
    { scope: 'file' },
    {
      SHOPPER_ORDERS_MAX: '3',
      SHOPPER_PIECES_MAX: '20',
      SHOPPER_STOCK_PERCENT: '50',
      HOLD_GRACE_SECONDS: String(GRACE),
    },
  )
  /** Orders so many pieces of one product. */
  .extend(
    'order',
    () =>
      (shopper: Shopper, productId: string, quantity = 1) =>
        shopper.orderProducts([{ productId, quantity }]),
  )
  .extend('mallory', ({ shop }) => shop.shopper(`mallory-${crypto.randomUUID()}`))

test('a shopper has only so many open orders, also of orders sent in the same moment', async ({
  shop,
  mallory,
  shopper,
  order,
}) => {
  const productId = await shop.addProduct(1000, 100)
  const sent = await Promise.allSettled(Array.from({ length: 12 }, () => order(mallory, productId)))
  const opened = sent.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  expect(opened).toHaveLength(3)
  expect(await shop.database.stockOf(productId)).toEqual({ free: 97, reserved: 3, sold: 0 })
  expect(await refusalOf(order(mallory, productId))).toMatchObject({
    code: 'too_many_open_orders',
    status: 409,
    detail: expect.stringContaining('Pay or cancel an open order first'),
  })
  // The same key still leads to the order that it made, and another shopper has their own.
  expect(await order(shopper, productId)).toMatchObject({ status: 'open' })
  await mallory.cancelOrder(opened[0]?.id ?? '')
  await mallory.pay(await mallory.startPayment(await order(mallory, productId)))
  expect(await order(mallory, productId)).toMatchObject({ status: 'open' })
})

test('a shopper reserves only so many pieces', async ({ shop, mallory, order }) => {
  const [tea, cup] = [await shop.addProduct(1000, 1000), await shop.addProduct(500, 1000)]
  await order(mallory, tea, 15)
  const tooMany = await refusalOf(order(mallory, cup, 6))
  expect(tooMany).toMatchObject({ code: 'too_many_pieces', status: 409, available: 5 })
  expect(tooMany).not.toHaveProperty('productId')
  expect(await shop.database.stockOf(cup)).toEqual({ free: 1000, reserved: 0, sold: 0 })
  expect(await order(mallory, cup, 5)).toMatchObject({ status: 'open' })
})

test('a shopper reserves only a part of a product, but always one piece', async ({
  shop,
  mallory,
  order,
}) => {
  const [rare, last] = [await shop.addProduct(1000, 8), await shop.addProduct(1000, 1)]
  expect(await refusalOf(order(mallory, rare, 5))).toMatchObject({
    code: 'too_many_pieces',
    productId: rare,
    available: 4,
  })
  await order(mallory, rare, 4)
  expect(await refusalOf(order(mallory, rare, 1))).toMatchObject({ code: 'too_many_pieces', available: 0 })
  expect(await order(mallory, last, 1)).toMatchObject({ status: 'open' })
})

test('whoever lets orders lapse again and again may hold less, for a day', async ({
  shop,
  mallory,
  order,
  clock,
}) => {
  const productId = await shop.addProduct(1000, 100)
  const expire = async (id: string): Promise<void> => {
    await clock.passTime(ORDER_LIFETIME)
    await until(async () => (await mallory.getOrder(id)).status === 'expired')
  }
  // Once is no offence.
  await expire((await order(mallory, productId)).id)
  const held = [
    await order(mallory, productId, 5),
    await order(mallory, productId, 5),
    await order(mallory, productId),
  ]
  for (const { id } of held) await mallory.cancelOrder(id)
  // To cancel shortly before the end holds the stock in vain as well.
  const late = await order(mallory, productId)
  await clock.passTime(ORDER_LIFETIME - MINUTE)
  await mallory.cancelOrder(late.id)
  await expire((await order(mallory, productId)).id)
  expect(await refusalOf(order(mallory, productId, 7))).toMatchObject({
    code: 'too_many_pieces',
    available: 6,
  })
  await order(mallory, productId, 6)
  expect(await refusalOf(order(mallory, productId))).toMatchObject({ code: 'too_many_open_orders' })
  await clock.passTime(2 * DAY)
  await expect.poll(() => shop.database.stockOf(productId)).toMatchObject({ reserved: 0 })
  await clock.passTime(2 * DAY)
  for (let made = 0; made < 3; made += 1)
    expect(await order(mallory, productId)).toMatchObject({ status: 'open' })
})

test("the phone's word holds the stock for one grace, and money that comes later still counts", async ({
  shop,
  mallory,
  order,
  clock,
  adyen,
}) => {
  const productId = await shop.addProduct(6100, 10)
  const ordered = await order(mallory, productId, 5)
  const attempt = await mallory.startPayment(ordered)
  const repeat = () => mallory.submitDetails(attempt, 'requestPayment:ok')
  expect(await repeat()).toMatchObject({ status: 'processing' })
  await clock.passTime(ORDER_LIFETIME)
  const looked = () =>
    shop.database.count(
      'pgboss.job',
      `name = 'expire-order' and data->>'orderId' = $1 and state = 'completed'`,
      [ordered.id],
    )
  await until(async () => (await looked()) === 1)
  expect(await repeat()).toMatchObject({ status: 'processing' })
  expect(await mallory.getOrder(ordered.id)).toMatchObject({ status: 'open' })
  await clock.passTime(GRACE)
  await expect
    .poll(() => mallory.getOrder(ordered.id))
    .toMatchObject({
      status: 'expired',
      payment: { status: 'processing', outcome: { nextAction: 'wait' } },
    })
  expect(await shop.database.stockOf(productId)).toEqual({ free: 10, reserved: 0, sold: 0 })
  // Nobody is asked to order again while the money may still arrive.
  expect(await mallory.startPayment(ordered)).toMatchObject({
    payment: { id: attempt.payment.id, status: 'processing' },
    requestPayment: null,
  })
  await adyen.deliver({ eventCode: 'AUTHORISATION', about: attempt.payment })
  expect(await mallory.getOrder(ordered.id)).toMatchObject({ status: 'paid' })
  expect(await shop.database.stockOf(productId)).toEqual({ free: 5, reserved: 0, sold: 5 })
})

test('an undecided attempt is looked at after pauses that grow', async ({
  shop,
  mallory,
  order,
  clock,
  queue,
}) => {
  const ordered = await order(mallory, await shop.addProduct(6100, 10))
  const attempt = await mallory.startPayment(ordered)
  await mallory.submitDetails(attempt, 'requestPayment:ok')
  await clock.passTime(ORDER_LIFETIME)
  const pauses: number[] = []
  for (let looks = 1; looks <= 3; looks += 1) {
    await queue.waitUntilCompleted('expire-order', { orderId: ordered.id }, looks)
    const { pause } = await shop.database.row(
      `select extract(epoch from start_after - created_on)::int as pause from pgboss.job
       where name = 'expire-order' and data->>'orderId' = $1 and state = 'created'`,
      [ordered.id],
    )
    pauses.push(Number(pause))
    await queue.startEarly('expire-order', { orderId: ordered.id })
    await shop.database.rows(
      `update orders set expires_at = expires_at - make_interval(mins => 11) where id = $1`,
      [ordered.id],
    )
  }
  const [first, second = 0, third] = pauses
  expect([first, third]).toEqual([60, 900])
  expect(second).toBeGreaterThan(600)
})
