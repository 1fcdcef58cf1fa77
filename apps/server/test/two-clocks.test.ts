import { shopperRoutes } from '@tael/contracts'
import { expect } from 'vitest'
import { both, callTo, clockAhead, dyingAt, HOUR, MINUTE, openShop } from './actors/index.ts'
import { test as base } from './fixtures.ts'
import { until } from './until.ts'

/** More than any wait of ours, so that a comparison of two clocks decides every test. */
const AHEAD = 3 * HOUR

const test = base
  /** A second server on the same database, whose clock is ahead. */
  .extend('ahead', { scope: 'file' }, ({ shop }) => shop.startServer(clockAhead(AHEAD)))
  /** The shopper's session there. */
  .extend('shopperAhead', ({ shopper, ahead }) => shopper.at(ahead))

test('an attempt in progress is shown before an older one that a server with a fast clock started', async ({
  shopper,
  shopperAhead,
}) => {
  const order = await shopper.order(4000)
  const refused = await shopperAhead.startPayment(order)
  await shopperAhead.cancelPayment(refused)
  expect(await shopper.getOrder(order.id)).toMatchObject({
    payment: { id: refused.payment.id, outcome: { nextAction: 'pay_again' } },
  })
  const second = await shopper.startPayment(order)
  await shopper.submitDetails(second, 'requestPayment:ok')
  expect(await shopper.getOrder(order.id)).toMatchObject({
    payment: { id: second.payment.id, status: 'processing', outcome: { nextAction: 'wait' } },
  })
})

test('of attempts that took no money the newest is shown, whoever started it', async ({
  shopper,
  shopperAhead,
}) => {
  const order = await shopper.order(4000)
  await shopperAhead.cancelPayment(await shopperAhead.startPayment(order))
  const second = await shopper.startPayment(order)
  await shopper.cancelPayment(second)
  expect(await shopper.getOrder(order.id)).toMatchObject({ payment: { id: second.payment.id } })
})

test('orders are listed and paged in the order in which they were made', async ({ shop, ahead }) => {
  const pager = await shop.shopper('pager')
  const ids: string[] = []
  for (let index = 0; index < 6; index += 1)
    ids.unshift((await (index % 2 === 0 ? pager.at(ahead) : pager).order(1000)).id)
  const first = await pager.listOrders({ limit: 4 })
  const second = await pager.listOrders({ limit: 4, before: first.next ?? '' })
  expect([...first.orders, ...second.orders].map(({ id }) => id)).toEqual(ids)
  expect(second.next).toBeNull()
})

test('an order lives for as long wherever it is made, and can be paid anywhere until then', async ({
  shopper,
  shopperAhead,
  clock,
}) => {
  const orders = [await shopper.order(4000), await shopperAhead.order(4000)]
  for (const { createdAt, expiresAt } of orders)
    expect(Date.parse(expiresAt) - Date.parse(createdAt)).toBe(30 * MINUTE * 1000)
  const [here, there] = orders
  if (here === undefined || there === undefined) throw new Error('There are two orders.')
  expect(await shopperAhead.startPayment(here)).toMatchObject({ payment: { status: 'awaiting_shopper' } })
  await clock.passTime(31 * MINUTE)
  await expect.poll(() => shopper.getOrder(there.id)).toMatchObject({ status: 'expired' })
})

test('a session lasts as long at every server', async ({ shop, ahead, weChat }) => {
  const forAnHour = callTo(await shop.startServer({ SESSION_LIFETIME_HOURS: '1' }))
  const { token } = await forAnHour(shopperRoutes.login, { body: { code: await weChat.loginCode('bob') } })
  expect(await callTo(ahead)(shopperRoutes.listOrders, {}, { token })).toMatchObject({ orders: [] })
})

test('a call of a server with a fast clock that died is retried when its lease ends', async ({
  shop,
  shopper,
  clock,
  queue,
}) => {
  const order = await shopper.order(4000)
  const dying = await shop.startServer(both(clockAhead(AHEAD), dyingAt('payments intended')))
  await shopper
    .at(dying)
    .startPayment(order)
    .catch(() => undefined)
  const payment = async () => (await shopper.getOrder(order.id)).payment
  expect(await payment()).toMatchObject({ status: 'starting' })
  await clock.passTime(MINUTE)
  await queue.enqueue('retry-abandoned-calls', {})
  await expect.poll(payment).toMatchObject({ status: 'awaiting_shopper' })
})

test('what fails again after an operator handled it is listed again, whichever server records it', async () => {
  const shop = await openShop({ server: clockAhead(AHEAD) })
  const [shopper, operator] = [
    await shop.shopper('alice'),
    shop.operator('refunds:write', 'payments:read', 'attention:write'),
  ]
  const payment = await shopper.buy(8000)
  const { id } = await operator.refund(payment)
  const about = { id, amount: payment.amount }
  const report = (eventCode: string, minute: number): Promise<void> =>
    shop.adyen.deliver({ about, eventCode, eventDate: `2030-01-01T00:0${minute}:00+00:00` })
  await until(async () => (await operator.getPaymentRecord(payment.id)).refunds[0]?.status === 'refunded')
  await report('REFUND_FAILED', 1)
  const [item] = await operator.listAttention(id)
  if (item === undefined) throw new Error('The refund is not listed.')
  await operator.handleAttention(item, 'The money was returned by hand.')
  await shop.server.stop()
  await shop.replaceServer(shop.server, { CLOCK_AHEAD_MS: '0' })
  await report('REFUND_FAILED', 2)
  expect(await operator.listAttention(id)).toMatchObject([{ kind: 'refund_failed' }])
  await shop.close()
})
