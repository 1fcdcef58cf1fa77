import { currencyExponents, formatAmount, shopperRoutes } from '@tael/contracts'
import { goods } from '@tael/miniprogram/goods'
import { expect } from 'vitest'
import { test as base } from './fixtures.ts'
import { snapshot } from './invariants.ts'

const test = base
  /** What shoppers see on sale. */
  .extend(
    'productsOnSale',
    ({ shop }) =>
      async () =>
        (await shop.call(shopperRoutes.listProducts, {})).products,
  )
  .extend(
    'stockOf',
    ({ shop }) =>
      (productId: string) =>
        shop.database.stockOf(productId),
  )

test("a server in test mode sells the merchant's goods, in their order", async ({
  operator,
  productsOnSale,
}) => {
  expect(await productsOnSale()).toEqual(
    goods.map(({ id, name, prices, stock: available }) => ({
      id,
      name,
      price: { currency: 'CNY', value: prices.CNY },
      available,
    })),
  )
  // The books know where their stock came from.
  expect(await operator.reconcile()).toMatchObject({ code: 0 })
})

test("put-goods sells exactly the merchant's goods, and changes neither stock nor orders", async ({
  shop,
  shopper,
  operator,
  productsOnSale,
  stockOf,
}) => {
  const old = await shop.addProduct(700, 5)
  const order = await shopper.orderProducts([
    { productId: 'tea-jasmine', quantity: 2 },
    { productId: old, quantity: 1 },
  ])
  const before = await stockOf('tea-jasmine')
  await shop.database.rows(
    `update product_prices set value = 1 where product_id = 'tea-jasmine' and currency = 'CNY'`,
  )
  await shop.database.rows(`update products set name_en = 'Nothing', position = 99 where id = 'tea-jasmine'`)

  const put = await operator.run('put-goods')
  expect(put).toMatchObject({ code: 0, err: '' })
  const price = goods.find(({ id }) => id === 'tea-jasmine')?.prices.CNY ?? 0
  expect(put.out.split('\n')).toEqual([
    `tea-jasmine costs ${formatAmount({ currency: 'CNY', value: price })}, before: ¥0.01`,
    `${old} is no longer sold`,
    `${goods.length} goods are on sale`,
    '',
  ])
  expect((await productsOnSale()).map(({ id, name, price }) => ({ id, name, value: price.value }))).toEqual(
    goods.map(({ id, name, prices }) => ({ id, name, value: prices.CNY })),
  )
  expect(await stockOf('tea-jasmine')).toEqual(before)
  expect(await stockOf(old)).toEqual({ free: 4, reserved: 1, sold: 0 })
  expect(await shopper.startPayment(order)).toMatchObject({ payment: { amount: order.amount } })
  const actions = await shop.database.operatorActions()
  expect(actions.filter(({ action }) => action === 'goods.put').map(({ detail }) => detail)).toEqual([
    {
      added: [],
      withdrawn: [old],
      repriced: [{ id: 'tea-jasmine', currency: 'CNY', from: 1, to: price }],
    },
  ])
  expect((await operator.run('put-goods')).out).toBe(`${goods.length} goods are on sale\n`)
  expect(await operator.reconcile()).toMatchObject({ code: 0 })
})

test('put-goods puts new goods on sale with their stock', async ({ shop, operator, stockOf }) => {
  const [first] = goods
  const id = first?.id ?? ''
  for (const table of [
    'product_prices where product_id',
    'stock_intakes where product_id',
    'products where id',
  ]) {
    await shop.database.rows(`delete from ${table} = $1`, [id])
  }
  expect((await operator.run('put-goods')).out).toContain(`${id} is new\n`)
  expect(await stockOf(id)).toEqual({ free: first?.stock, reserved: 0, sold: 0 })
  expect(await operator.reconcile()).toMatchObject({ code: 0 })
})

test('the stock command adds pieces and removes free ones, never those that orders hold', async ({
  shop,
  shopper,
  operator,
  stockOf,
}) => {
  const id = await shop.addProduct(900, 10)
  await shopper.orderProducts([{ productId: id, quantity: 4 }])
  const stock = (...args: readonly string[]) => operator.run('stock', ...args)
  expect(await stock(id, '--add', '3')).toMatchObject({ code: 0, out: `${id} has 9 free\n` })
  expect(await stock(id, '--remove', '9')).toMatchObject({ code: 0, out: `${id} has 0 free\n` })
  expect(await stock(id, '--remove', '1')).toMatchObject({
    code: 65,
    err: expect.stringContaining('fewer free pieces'),
  })
  expect(await stockOf(id)).toEqual({ free: 0, reserved: 4, sold: 0 })
  expect(await stock('nothing', '--add', '1')).toMatchObject({ code: 65 })
  expect(await shop.database.operatorActions(id)).toMatchObject([
    { action: 'stock.change', detail: { pieces: 3, free: 9 } },
    { action: 'stock.change', detail: { pieces: -9, free: 0 } },
  ])
  expect(await operator.reconcile()).toMatchObject({ code: 0 })
})

test.for([
  [[], 'Name one product'],
  [['tea', '--add', '1', '--remove', '1'], 'Give --add or --remove a number'],
  [['tea', '--add', '1.5'], 'Give --add or --remove a number'],
] as const)('stock %j is wrong usage', async ([args, words], { operator }) => {
  const { code, out, err } = await operator.run('stock', ...args)
  expect({ code, out }).toEqual({ code: 64, out: '' })
  expect(err).toContain(words)
})

test('put-goods counts the stock of a product that was put into the database by hand', async ({
  shop,
  operator,
}) => {
  const id = await shop.addProduct(900, 10)
  await shop.database.rows('delete from stock_intakes where product_id = $1', [id])
  expect((await operator.reconcile()).out).toContain(`${id}: 10 pieces are free, reserved or sold, 0 came in`)
  expect(await operator.run('put-goods')).toMatchObject({ code: 0 })
  expect(await operator.reconcile()).toMatchObject({ code: 0 })
})

test('put-goods and orders of the same products do not deadlock', async ({ shopper, operator }) => {
  const lines = goods.slice(0, 5).map(({ id }) => ({ productId: id, quantity: 1 }))
  const orders = Array.from({ length: 20 }, (_, index) =>
    shopper.orderProducts(index % 2 === 0 ? lines : lines.toReversed()),
  )
  const put = await Promise.all([operator.run('put-goods'), operator.run('put-goods')])
  expect(put.map(({ code }) => code)).toEqual([0, 0])
  expect((await Promise.all(orders)).map(({ status }) => status)).toEqual(orders.map(() => 'open'))
  expect(await operator.reconcile()).toMatchObject({ code: 0 })
})

test("goods without a price in the shop's currency are named, and nothing is changed", async ({
  shop,
  operator,
}) => {
  const [unpriced = ''] = Object.keys(currencyExponents).filter((one) => !(one in (goods[0]?.prices ?? {})))
  const problem = `${goods[0]?.id} has no price in ${unpriced}`
  const before = await snapshot(shop)
  expect(await operator.runWith({ SHOP_CURRENCY: unpriced }, 'put-goods')).toMatchObject({
    code: 65,
    err: expect.stringContaining(problem),
  })
  expect(await snapshot(shop)).toEqual(before)
  await expect(shop.startServer({ SHOP_CURRENCY: unpriced })).rejects.toThrow(problem)
})
