import { expect } from 'vitest'
import { test } from './fixtures.ts'

test('a running server goes on where a newer release changes its tables', async ({
  shop,
  shopper,
  operator,
}) => {
  const { database } = shop
  const before = await shopper.buy(4000)
  await database.rows('alter table payments add column newer text')
  await database.rows('alter table refunds add column newer text')
  // What was prepared reads every column: in a transaction, which is run again whole, and outside of one.
  expect(await shopper.getPayment(before.id)).toMatchObject({ status: 'authorised' })
  expect(await operator.refund(before, 1000)).toMatchObject({ status: 'requested' })
  expect(await shopper.buy(4100)).toMatchObject({ status: 'authorised' })
  await expect
    .poll(() => shopper.getOrder(before.orderId))
    .toMatchObject({ refunds: [{ status: 'refunded' }] })
})
