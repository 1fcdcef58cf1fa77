import { expect } from 'vitest'
import { MINUTE } from './actors/index.ts'
import { test as base } from './fixtures.ts'

/** Each breaks a server that trusts it. */
const unusual = [
  "datestyle = 'SQL, DMY'",
  "timezone = 'Asia/Shanghai'",
  "default_transaction_isolation = 'serializable'",
  "lock_timeout = '1ms'",
  "statement_timeout = '1h'",
  'synchronous_commit = off',
  'standard_conforming_strings = off',
]

const test = base
  /** A server whose sessions begin with these settings. */
  .extend('server', { scope: 'file' }, async ({ shop }) => {
    const name = new URL(shop.database.url).pathname.slice(1)
    for (const setting of unusual) await shop.database.rows(`alter database ${name} set ${setting}`)
    return shop.startServer()
  })

test('a database with unusual settings sells like any other, to many at the same time', async ({
  shop,
  shopper,
  server,
  clock,
}) => {
  const guest = shopper.at(server)
  const lines = [{ productId: await shop.addProduct(4000, 10), quantity: 1 }]
  const orders = await Promise.all(Array.from({ length: 10 }, () => guest.orderProducts(lines)))
  expect(await shop.database.stockOf(lines[0]?.productId ?? '')).toEqual({ free: 0, reserved: 10, sold: 0 })
  for (const { createdAt } of orders)
    expect(Math.abs(Date.now() - Date.parse(createdAt))).toBeLessThan(10 * MINUTE * 1000)
  const [first] = orders
  if (first === undefined) throw new Error('There is no order.')
  const payment = await guest.pay(await guest.startPayment(first))
  expect(payment).toMatchObject({ status: 'authorised' })
  await clock.passTime(31 * MINUTE)
  await expect
    .poll(() => shop.database.stockOf(lines[0]?.productId ?? ''))
    .toEqual({ free: 9, reserved: 0, sold: 1 })
})
