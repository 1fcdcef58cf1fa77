import type { ShippingState } from '@tael/contracts'
import { expect } from 'vitest'
import { fen } from './actors/index.ts'
import { test as base } from './fixtures.ts'

const test = base.extend('idsOf', ({ operator }) => async (state: ShippingState) => {
  const { orders } = await operator.listShipments({ state, limit: 100 })
  return orders.map(({ orderId }) => orderId)
})

const byHand = { logisticsType: 'self_pickup', items: 'tea' } as const

test('an order waits from its payment until it is shipped, the oldest first, a page at a time', async ({
  shopper,
  operator,
  idsOf,
}) => {
  await shopper.order(1000)
  const [first, second, third] = [await shopper.buy(1000), await shopper.buy(2000), await shopper.buy(3000)]
  expect(await idsOf('waiting')).toEqual([first.orderId, second.orderId, third.orderId])
  const page = await operator.listShipments({ state: 'waiting', limit: 1 })
  expect(page.orders).toMatchObject([{ orderId: first.orderId, amount: fen(1000), shipment: null }])
  const rest = await operator.listShipments({ state: 'waiting', after: page.next ?? '' })
  expect(rest.orders.map(({ orderId }) => orderId)).toEqual([second.orderId, third.orderId])
  expect(rest.next).toBeNull()

  await operator.ship(first.orderId, byHand)
  await operator.ship(second.orderId, byHand)
  // A correction does not ship it again.
  await operator.ship(first.orderId, { ...byHand, items: 'tea, two bags' })
  expect(await idsOf('waiting')).toEqual([third.orderId])
  expect(await idsOf('shipped')).toEqual([second.orderId, first.orderId])
  const shipped = await operator.listShipments({ state: 'shipped', limit: 1 })
  const older = await operator.listShipments({ state: 'shipped', limit: 1, after: shipped.next ?? '' })
  expect(older.orders).toMatchObject([{ orderId: first.orderId, shipment: { items: 'tea, two bags' } }])
})

test('what is refunded whole is not shipped any more, what is refunded in part is', async ({
  shopper,
  operator,
  idsOf,
}) => {
  const [whole, part] = [await shopper.buy(4000), await shopper.buy(4000)]
  await operator.refund(whole)
  await operator.refund(part, 1000)
  const waiting = await idsOf('waiting')
  expect(waiting).not.toContain(whole.orderId)
  expect(waiting).toContain(part.orderId)
})

test('a shipment that WeChat did not take is listed with the reason, also by the command', async ({
  shop,
  shopper,
  operator,
  idsOf,
}) => {
  const { orderId } = await shopper.buy(4000)
  await operator.ship(orderId, byHand)
  await shop.database.rows(
    `update shipments set upload = 'failed', upload_reason = 'no such payment' where order_id = $1`,
    [orderId],
  )
  expect(await idsOf('upload_failed')).toEqual([orderId])
  const { code, out } = await operator.run('list-shipments', '--state', 'upload_failed')
  expect({ code, out }).toEqual({
    code: 0,
    out: expect.stringMatching(`${orderId}.*: tea, no such payment\n$`),
  })
  expect(await operator.run('list-shipments', '--state', 'lost')).toMatchObject({ code: 64 })
})
