import { currencyExponents, formatAmount, shopperRoutes } from '@tael/contracts'
import { goods } from '@tael/miniprogram/goods'
import { expect } from 'vitest'
import { test } from './fixtures.ts'
import { snapshot } from './invariants.ts'
import { addProduct, command, commandWith, newKey, pay, row } from './shop.ts'

const stock =
  'select stock_free as free, stock_reserved as reserved, stock_sold as sold from products where id = $1'

test('a server in test mode sells the goods of the merchant, in their order', async ({ shop }) => {
  const { products } = await shop.call(shopperRoutes.listProducts, {})
  expect(products).toEqual(
    goods.map(({ id, name, prices, stock: available }) => ({
      id,
      name,
      price: { currency: 'CNY', value: prices.CNY },
      available,
    })),
  )
  // A stock that came in is there to be sold, and the books know of it.
  expect(await command(shop, 'reconcile')).toMatchObject({ code: 0 })
})

test('put-goods sells exactly the goods of the merchant, and touches neither stock nor orders', async ({
  shop,
  token,
}) => {
  const old = await addProduct(shop, 700, 5)
  const lines = [
    { productId: 'tea-jasmine', quantity: 2 },
    { productId: old, quantity: 1 },
  ]
  const order = await shop.call(
    shopperRoutes.createOrder,
    { idempotencyKey: newKey(), body: { lines } },
    { token },
  )
  const before = await row(shop, stock, ['tea-jasmine'])
  await shop.db.query(
    `update product_prices set value = 1 where product_id = 'tea-jasmine' and currency = 'CNY'`,
  )
  await shop.db.query(`update products set name_en = 'Nothing', position = 99 where id = 'tea-jasmine'`)

  const put = await command(shop, 'put-goods')
  expect(put).toMatchObject({ code: 0, err: '' })
  const price = goods.find(({ id }) => id === 'tea-jasmine')?.prices.CNY
  expect(put.out).toBe(
    `tea-jasmine costs ${formatAmount({ currency: 'CNY', value: price ?? 0 })}, before: ¥0.01\n${old} is no longer sold\n` +
      `${goods.length} goods are on sale\n`,
  )
  const { products } = await shop.call(shopperRoutes.listProducts, {})
  expect(products.map(({ id, name, price }) => ({ id, name, value: price.value }))).toEqual(
    goods.map(({ id, name, prices }) => ({ id, name, value: prices.CNY })),
  )
  expect(await row(shop, stock, ['tea-jasmine'])).toEqual(before)
  expect(await row(shop, stock, [old])).toEqual({ free: 4, reserved: 1, sold: 0 })
  expect(await pay(shop, token, order)).toMatchObject({ payment: { amount: order.amount } })
  expect(await row(shop, `select detail from operator_actions where action = 'goods.put'`)).toEqual({
    detail: {
      added: [],
      withdrawn: [old],
      repriced: [{ id: 'tea-jasmine', currency: 'CNY', from: 1, to: price }],
    },
  })
  expect((await command(shop, 'put-goods')).out).toBe(`${goods.length} goods are on sale\n`)
  expect(await command(shop, 'reconcile')).toMatchObject({ code: 0 })
})

test('put-goods brings new goods with their stock', async ({ shop }) => {
  const [first] = goods
  const id = first?.id ?? ''
  await shop.db.query(`delete from product_prices where product_id = '${id}'`)
  await shop.db.query(`delete from stock_intakes where product_id = '${id}'`)
  await shop.db.query(`delete from products where id = '${id}'`)
  expect((await command(shop, 'put-goods')).out).toContain(`${id} is new\n`)
  expect(await row(shop, stock, [id])).toEqual({ free: first?.stock, reserved: 0, sold: 0 })
  expect(await command(shop, 'reconcile')).toMatchObject({ code: 0 })
})

test('stock brings pieces in and takes them out, and never those that orders hold', async ({
  shop,
  token,
}) => {
  const id = await addProduct(shop, 900, 10)
  const body = { lines: [{ productId: id, quantity: 4 }] }
  await shop.call(shopperRoutes.createOrder, { idempotencyKey: newKey(), body }, { token })
  expect(await command(shop, 'stock', id, '--add', '3')).toMatchObject({ code: 0, out: `${id} has 9 free\n` })
  expect(await command(shop, 'stock', id, '--remove', '9')).toMatchObject({
    code: 0,
    out: `${id} has 0 free\n`,
  })
  expect(await command(shop, 'stock', id, '--remove', '1')).toMatchObject({
    code: 65,
    err: expect.stringContaining('fewer free pieces'),
  })
  expect(await row(shop, stock, [id])).toEqual({ free: 0, reserved: 4, sold: 0 })
  expect(await command(shop, 'stock', 'nothing', '--add', '1')).toMatchObject({ code: 65 })
  const { rows } = await shop.db.query(
    `select detail from operator_actions where action = 'stock.change' and subject = $1 order by id`,
    [id],
  )
  expect(rows.map(({ detail }) => detail)).toEqual([
    { pieces: 3, free: 9 },
    { pieces: -9, free: 0 },
  ])
  expect(await command(shop, 'reconcile')).toMatchObject({ code: 0 })
})

test.for([
  [[], 'Name one product'],
  [['tea', '--add', '1', '--remove', '1'], 'Give --add or --remove a number'],
  [['tea', '--add', '1.5'], 'Give --add or --remove a number'],
] as const)('stock %j is wrong usage', async ([args, words], { shop }) => {
  const { code, out, err } = await command(shop, 'stock', ...args)
  expect({ code, out }).toEqual({ code: 64, out: '' })
  expect(err).toContain(words)
})

test('put-goods counts what somebody put into the database by hand', async ({ shop }) => {
  const id = await addProduct(shop, 900, 10)
  await shop.db.query('delete from stock_intakes where product_id = $1', [id])
  expect((await command(shop, 'reconcile')).out).toContain(
    `${id}: 10 pieces are free, reserved or sold, 0 came in`,
  )
  expect(await command(shop, 'put-goods')).toMatchObject({ code: 0 })
  expect(await command(shop, 'reconcile')).toMatchObject({ code: 0 })
})

test('put-goods and orders of the same goods do not wait for each other in a circle', async ({
  shop,
  token,
}) => {
  const lines = goods.slice(0, 5).map(({ id }) => ({ productId: id, quantity: 1 }))
  const orders = Array.from({ length: 20 }, (_, index) =>
    shop.call(
      shopperRoutes.createOrder,
      { idempotencyKey: newKey(), body: { lines: index % 2 === 0 ? lines : lines.toReversed() } },
      { token },
    ),
  )
  const put = await Promise.all([command(shop, 'put-goods'), command(shop, 'put-goods')])
  expect(put.map(({ code }) => code)).toEqual([0, 0])
  expect((await Promise.all(orders)).map(({ status }) => status)).toEqual(orders.map(() => 'open'))
  expect(await command(shop, 'reconcile')).toMatchObject({ code: 0 })
})

test('goods without a price in the currency of the shop are named, and nothing is changed', async ({
  shop,
}) => {
  const [unpriced = ''] = Object.keys(currencyExponents).filter((one) => !(one in (goods[0]?.prices ?? {})))
  const before = await snapshot(shop)
  expect(await commandWith(shop, { SHOP_CURRENCY: unpriced }, 'put-goods')).toMatchObject({
    code: 65,
    err: expect.stringContaining(`${goods[0]?.id} has no price in ${unpriced}`),
  })
  expect(await snapshot(shop)).toEqual(before)
  await expect(shop.anotherServer({ SHOP_CURRENCY: unpriced })).rejects.toThrow(
    `${goods[0]?.id} has no price in ${unpriced}`,
  )
})
