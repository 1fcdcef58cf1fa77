import type { Amount } from '@tael/contracts'
import { expect } from 'vitest'
import { fen, type Operator, refusalOf, type Shop } from './actors/index.ts'
import { test } from './fixtures.ts'
import { brokenInvariants } from './invariants.ts'

const REASON = 'A delivery came.'

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0)

const recordOf = async (operator: Operator, productId: string) =>
  (await operator.listProducts()).find(({ id }) => id === productId)

/** What the audit says about a product, oldest first. */
const auditOf = (shop: Shop, productId: string) =>
  shop.database.rows('select actor, action, detail from operator_actions where subject = $1 order by id', [
    productId,
  ])

test('operators see stock and price, and add and remove pieces with a reason', async ({
  shop,
  shopper,
  operator,
}) => {
  const productId = await shop.addProduct(4000, 10)
  await shopper.orderProducts([{ productId, quantity: 4 }])
  expect(await recordOf(operator, productId)).toMatchObject({
    price: fen(4000),
    stock: { free: 6, reserved: 4, sold: 0 },
  })
  expect(await operator.changeStock(productId, { pieces: 5, reason: REASON })).toMatchObject({
    stock: { free: 11, reserved: 4, sold: 0 },
  })
  expect(await refusalOf(operator.changeStock(productId, { pieces: -12, reason: 'Broken.' }))).toMatchObject({
    code: 'out_of_stock',
    available: 11,
    detail: 'Remove fewer: 11 are free, and orders hold 4.',
  })
  expect(await operator.changeStock(productId, { pieces: -11, reason: 'Broken.' })).toMatchObject({
    stock: { free: 0, reserved: 4, sold: 0 },
  })
  expect(await refusalOf(operator.changeStock('nothing', { pieces: 1, reason: REASON }))).toMatchObject({
    code: 'product_not_found',
  })
  const actor = expect.stringMatching(/^opk_/)
  expect(await auditOf(shop, productId)).toEqual([
    { actor, action: 'stock.change', detail: { pieces: 5, free: 11, reason: REASON } },
    { actor, action: 'stock.change', detail: { pieces: -11, free: 0, reason: 'Broken.' } },
  ])
  expect(await brokenInvariants(shop)).toEqual([])
})

test('a change of stock that is sent twice with one key is made once', async ({ shop, operator }) => {
  const productId = await shop.addProduct(4000, 10)
  const key = crypto.randomUUID()
  const send = (pieces: number) => operator.changeStock(productId, { pieces, reason: REASON }, key)
  const answers = await Promise.all([send(5), send(5), send(5)])
  expect(new Set(answers.map(({ stock }) => stock.free))).toEqual(new Set([15]))
  expect(await refusalOf(send(6))).toMatchObject({ code: 'idempotency_key_reused' })
})

test('a change that would exceed what stock can be is refused', async ({ shop, operator }) => {
  const productId = await shop.addProduct(4000, 1_999_999_999)
  expect(await refusalOf(operator.changeStock(productId, { pieces: 2, reason: REASON }))).toMatchObject({
    code: 'validation_failed',
  })
  expect(await operator.changeStock(productId, { pieces: 1, reason: REASON })).toMatchObject({
    stock: { free: 2_000_000_000 },
  })
})

test('pieces are removed while shoppers order: none is given twice', async ({ shop, shopper, operator }) => {
  const productId = await shop.addProduct(4000, 30)
  const order = () =>
    shopper.orderProducts([{ productId, quantity: 1 }]).then(
      () => 1,
      () => 0,
    )
  const remove = () =>
    operator.changeStock(productId, { pieces: -2, reason: 'Broken.' }).then(
      () => 2,
      () => 0,
    )
  const [ordered, removed] = await Promise.all([
    Promise.all(Array.from({ length: 20 }, order)),
    Promise.all(Array.from({ length: 20 }, remove)),
  ])
  expect(sum(removed)).toBeGreaterThan(0)
  expect(await shop.database.stockOf(productId)).toEqual({
    free: 30 - sum(ordered) - sum(removed),
    reserved: sum(ordered),
    sold: 0,
  })
  expect(await brokenInvariants(shop)).toEqual([])
})

test('a price changes for new orders only, and only where it is the one that was seen', async ({
  shop,
  shopper,
  operator,
}) => {
  const productId = await shop.addProduct(4000)
  const lines = [{ productId, quantity: 2 }]
  const before = await shopper.orderProducts(lines)
  const change = (price: Amount | null, seen: Amount | null) =>
    operator.changePrice(productId, { price, seen, reason: 'New season.' })
  expect(await change(fen(4500), fen(4000))).toMatchObject({ price: fen(4500) })
  expect(await shopper.getOrder(before.id)).toMatchObject({ amount: fen(8000) })
  expect(await shopper.pay(await shopper.startPayment(before))).toMatchObject({ status: 'authorised' })
  expect(await shopper.orderProducts(lines)).toMatchObject({ amount: fen(9000) })

  expect(await refusalOf(change(fen(5000), fen(4000)))).toMatchObject({
    code: 'price_changed',
    amount: fen(4500),
    detail: 'Read the product again, and decide anew: its price is ¥45.00 now.',
  })
  expect(await refusalOf(change({ currency: 'JPY', value: 4500 }, fen(4500)))).toMatchObject({
    code: 'validation_failed',
  })
  expect(
    await refusalOf(operator.changePrice('nothing', { price: null, seen: null, reason: 'x' })),
  ).toMatchObject({ code: 'product_not_found' })

  expect(await change(null, fen(4500))).toMatchObject({ price: null })
  expect(await refusalOf(shopper.orderProducts(lines))).toMatchObject({ code: 'product_not_found' })
  expect(await recordOf(operator, productId)).toMatchObject({ price: null })
  expect(await refusalOf(change(null, fen(4500)))).toMatchObject({ code: 'price_changed' })
  expect(await change(fen(4200), null)).toMatchObject({ price: fen(4200) })
  expect(await auditOf(shop, productId)).toMatchObject([
    { action: 'price.change', detail: { from: fen(4000), to: fen(4500), reason: 'New season.' } },
    { action: 'price.change', detail: { from: fen(4500), to: null } },
    { action: 'price.change', detail: { from: null, to: fen(4200) } },
  ])
})

test('of operators who change one price at the same time one does, and each order has one of the prices', async ({
  shop,
  shopper,
  operator,
}) => {
  const productId = await shop.addProduct(4000)
  const orders = Promise.all(
    Array.from({ length: 10 }, () => shopper.orderProducts([{ productId, quantity: 1 }])),
  )
  const changes = await Promise.allSettled(
    [4100, 4200, 4300, 4400].map((value) =>
      operator.changePrice(productId, { price: fen(value), seen: fen(4000), reason: 'New season.' }),
    ),
  )
  const made = changes.flatMap((change) => (change.status === 'fulfilled' ? [change.value.price?.value] : []))
  expect(made.length).toBe(1)
  for (const { amount } of await orders) expect([4000, made[0]]).toContain(amount.value)
})

test('the commands do the same, and the audit names who ran them', async ({ shop, operator }) => {
  const productId = await shop.addProduct(4000, 3)
  expect(await operator.run('stock', productId, '--add', '2', '--reason', REASON)).toMatchObject({ code: 0 })
  expect(await operator.run('price', productId, '--value', '4500', '--reason', 'New season.')).toEqual({
    code: 0,
    out: `${productId}: ¥45.00\n`,
    err: '',
  })
  expect((await operator.run('products')).out).toContain(`${productId}  ¥45.00  free 5, reserved 0, sold 0`)
  expect(await operator.run('price', productId, '--withdraw')).toMatchObject({
    code: 0,
    out: `${productId}: not on sale\n`,
  })
  expect(await operator.run('price', productId, '--value', '0')).toMatchObject({ code: 64 })
  expect(await operator.run('price', 'nothing', '--withdraw')).toMatchObject({ code: 65 })
  const actor = expect.stringMatching(/^command:/)
  expect(await auditOf(shop, productId)).toMatchObject([
    { actor, action: 'stock.change', detail: { reason: REASON } },
    { actor, action: 'price.change', detail: { reason: 'New season.' } },
    { actor, action: 'price.change' },
  ])
})
