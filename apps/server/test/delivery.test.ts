import { type Address, type CreateOrder, type Order, shopperRoutes } from '@tael/contracts'
import { expect } from 'vitest'
import { refusalOf, type Shopper, Simulator, waitForLog } from './actors/index.ts'
import { test as base } from './fixtures.ts'

/** Of a shopper whose name has a character of two halves, as rare ones have. */
const address: Address = {
  userName: '张𠮷明',
  telNumber: '020-81167888',
  provinceName: '广东省',
  cityName: '广州市',
  countyName: '海珠区',
  streetName: '新港中路街道',
  detailInfo: '新港中路397号',
  postalCode: '510000',
}
const personal = [address.userName, address.telNumber, address.detailInfo]

const test = base
  .extend('settings', { scope: 'file' }, { LOG_LEVEL: 'trace' })
  /** Orders one piece of a new product. */
  .extend(
    'orderTo',
    ({ shop, shopper }) =>
      async (
        deliverTo: Address | undefined,
        { by = shopper, key = crypto.randomUUID(), productId = '' }: OrderOptions = {},
      ): Promise<Order> => {
        const product = productId === '' ? await shop.addProduct(1000) : productId
        const body: CreateOrder = { lines: [{ productId: product, quantity: 1 }] }
        return by.call(shopperRoutes.createOrder, {
          idempotencyKey: key,
          body: deliverTo === undefined ? body : { ...body, deliverTo },
        })
      },
  )

interface OrderOptions {
  readonly by?: Shopper
  readonly key?: string
  readonly productId?: string
}

test('an order shows its address to its shopper, and its payment to operators', async ({
  shopper,
  operator,
  orderTo,
}) => {
  const order = await orderTo(address)
  expect(order.deliverTo).toEqual(address)
  expect((await shopper.getOrder(order.id)).deliverTo).toEqual(address)
  expect((await shopper.listOrders({ limit: 1 })).orders).toMatchObject([
    { id: order.id, deliverTo: address },
  ])
  const { id } = await shopper.pay(await shopper.startPayment(order))
  expect(await shopper.getOrder(order.id)).toMatchObject({ status: 'paid', deliverTo: address })
  expect((await operator.getPaymentRecord(id)).deliverTo).toEqual(address)
})

test('a shop that delivers nothing takes orders without one', async ({ shopper, operator, orderTo }) => {
  const order = await orderTo(undefined)
  expect(order.deliverTo).toBeNull()
  const { payment } = await shopper.startPayment(order)
  expect((await operator.getPaymentRecord(payment.id)).deliverTo).toBeNull()
})

test('a shop that delivers refuses an order without one, and reserves nothing', async ({
  shop,
  shopper,
  orderTo,
}) => {
  const productId = await shop.addProduct(1000, 5)
  const earlier = crypto.randomUUID()
  const { id } = await orderTo(undefined, { key: earlier, productId })
  const delivering = await shop.startServer({ SHOP_DELIVERS: 'true' })
  const by = shopper.at(delivering)
  const key = crypto.randomUUID()
  expect(await refusalOf(orderTo(undefined, { by, key, productId }))).toMatchObject({
    code: 'address_required',
    status: 400,
    detail: expect.stringContaining('deliverTo'),
  })
  expect(await shop.database.stockOf(productId)).toMatchObject({ reserved: 1 })
  // The refused request left its key free, and an order that was accepted before stays.
  expect((await orderTo(address, { by, key, productId })).deliverTo).toEqual(address)
  expect(await orderTo(undefined, { by, key: earlier, productId })).toMatchObject({ id, deliverTo: null })
  await delivering.stop()
})

test('the same key leads to no order with another address', async ({ shop, orderTo }) => {
  const productId = await shop.addProduct(1000, 5)
  const key = crypto.randomUUID()
  const { id } = await orderTo(address, { key, productId })
  expect(await orderTo({ ...address }, { key, productId })).toMatchObject({ id })
  const moved = { ...address, detailInfo: '新港中路400号' }
  expect(await refusalOf(orderTo(moved, { key, productId }))).toMatchObject({
    code: 'idempotency_key_reused',
  })
  expect(await refusalOf(orderTo(undefined, { key, productId }))).toMatchObject({
    code: 'idempotency_key_reused',
  })
  expect(await shop.database.stockOf(productId)).toMatchObject({ reserved: 1 })
})

test.for([
  ['no name', { userName: '' }],
  ['a line break', { detailInfo: '一号\n二号' }],
  ['U+0000', { userName: '张\u0000' }],
  ['half a character', { userName: '\ud842' }],
  ['halves in the wrong order', { userName: '\udfb7\ud842' }],
  ['a long text', { detailInfo: '路'.repeat(257) }],
  ['an unknown member', { errMsg: 'chooseAddress:ok' }],
] as const)(
  'an address with %s is refused, and the answer does not repeat it',
  async ([, change], { orderTo }) => {
    const refusal = await refusalOf(orderTo({ ...address, ...change }))
    expect(refusal).toMatchObject({ code: 'validation_failed', status: 400 })
    for (const part of personal) expect(JSON.stringify(refusal)).not.toContain(part)
  },
)

test('an address is in its order alone: in no log line, other table, or call to Adyen and WeChat', async ({
  shop,
  operator,
  adyen,
  orderTo,
}) => {
  const by = await shop.shopper('bob')
  const order = await orderTo(address, { by })
  await refusalOf(orderTo({ ...address, postalCode: '\n' }, { by }))
  const payment = await by.pay(await by.startPayment(order))
  await adyen.waitForDeliveries()
  await operator.getPaymentRecord(payment.id)
  await operator.ship(order.id, { logisticsType: 'same_city', items: 'tea' })
  await by.logOut()
  const { reqId } = await waitForLog(shop.server, { req: { path: '/logout' } })
  await waitForLog(shop.server, { reqId, msg: 'request completed' })

  expect(await shop.database.tablesWith(personal)).toEqual(['public.orders'])

  const messages = await new Simulator(shop.simulator.url).messages()
  expect(JSON.stringify(messages)).toContain(payment.id)
  const log = shop.server.lines.join('\n')
  expect(personal.filter((part) => log.includes(part))).toEqual([])
  expect(personal.filter((part) => JSON.stringify(messages).includes(part))).toEqual([])
})
