import { type Address, shopperRoutes } from '@tael/contracts'
import { expect } from 'vitest'
import { DAY, dyingAt, logLines, type Shopper } from './actors/index.ts'
import { test as base } from './fixtures.ts'
import { until } from './until.ts'
import { authorisationOf, postWebhook, signed } from './webhook-items.ts'

const address: Address = {
  userName: '李雷',
  telNumber: '020-81167888',
  provinceName: '广东省',
  cityName: '广州市',
  detailInfo: '新港中路397号',
}

/** Each table of them has more rows than one statement changes. */
const MANY = 1_200

const test = base
  .extend(
    'settings',
    { scope: 'file' },
    {
      RETENTION_DAYS: 'addresses=30,webhook_details=31,notes=183,proposals=183,audit=183',
    },
  )
  .extend('processes', { scope: 'file' }, () => true)
  .extend('orderTo', ({ shop }) => async (by: Shopper) => {
    const lines = [{ productId: await shop.addProduct(4000), quantity: 1 }]
    const body = { lines, deliverTo: address }
    return by.call(shopperRoutes.createOrder, { idempotencyKey: crypto.randomUUID(), body })
  })

test('personal data past its time is removed, also by a server that takes over from one that died', async ({
  shop,
  shopper,
  operator,
  adyen,
  clock,
  queue,
  orderTo,
}) => {
  const { database, server } = shop
  const waiting = await orderTo(shopper)
  await shopper.pay(await shopper.startPayment(waiting))
  const shipped = await orderTo(shopper)
  const payment = await shopper.pay(await shopper.startPayment(shipped))
  await operator.ship(shipped.id, { logisticsType: 'same_city', items: 'tea' })
  const refunded = await orderTo(shopper)
  await operator.refund(await shopper.pay(await shopper.startPayment(refunded)))
  const closed = await shopper.cancelOrder((await orderTo(shopper)).id)
  await until(async () => (await database.count('refunds', "status = 'refunded'")) === 1)
  const young = await shopper.cancelOrder((await orderTo(shopper)).id)
  await adyen.waitForDeliveries()
  const item = signed(authorisationOf(payment, { eventCode: 'CAPTURE', pspReference: 'CAPTURE111111111' }))
  const additionalData = { ...Object(item['additionalData']), name: `${address.userName}\u0000` }
  await postWebhook(server, [{ ...item, additionalData }])
  await shopper.requestRefund(shipped.id)
  const [request] = await operator.listAttention(shipped.id)
  if (request === undefined) throw new Error('The request needs no attention.')
  await operator.noteAttention(request, 'They were called.')

  const visitor = await shop.shopper('visitor')
  const browsing = await shop.shopper('browsing')
  await visitor.logOut()
  await database.rows(`update shoppers set created_at = created_at - interval '366 days'`)

  // Half a year passes for everything but the young order.
  await clock.passTime(200 * DAY)
  for (const [table, column] of [
    ['orders', 'paid_at'],
    ['orders', 'first_shipped_at'],
    ['attention_notes', 'at'],
    ['webhook_items', 'received_at'],
    ['operator_actions', 'at'],
  ] as const)
    await database.tamper(`update ${table} set ${column} = ${column} - interval '200 days'`)
  await database.rows('update orders set expires_at = now() where id = $1', [young.id])
  await database.rows(
    `insert into operator_actions (at, actor, action, detail)
     select now() - make_interval(days => case when n <= $1 then 190 else 100 end), 'opk_1', 'order.read', '{}'
     from generate_series(1, $1 + 7) as n`,
    [MANY],
  )
  const before = await operator.reconcile()
  expect(before).toMatchObject({ code: 0 })

  await server.stop()
  const doomed = await shop.replaceServer(server, dyingAt('retention slice'))
  await queue.enqueue('apply-retention', {})
  await doomed.exited
  expect(await database.count('orders', 'deliver_to is null')).toBeGreaterThan(0)
  expect(await database.count('operator_actions', "at < now() - interval '183 days'")).toBeGreaterThan(MANY)
  const next = await shop.replaceServer(server)
  await queue.expireRunning()
  await queue.enqueue('apply-retention', {})
  await until(async () => {
    await queue.expireRunning()
    return (await database.count('operator_actions', "at < now() - interval '183 days'")) === 0
  })

  const addresses = await database.rows('select id from orders where deliver_to is not null order by id')
  expect(addresses.map(({ id }) => id)).toEqual([waiting.id, young.id].toSorted())
  expect(await database.count('orders', 'id = any($1)', [[shipped.id, refunded.id, closed.id]])).toBe(3)
  expect(await database.count('attention_notes', 'true')).toBe(0)
  expect(await database.count('operator_actions', "at < now() - interval '99 days'")).toBe(7)
  expect(await database.count('webhook_items', "item::text like '%李雷%'")).toBe(0)
  expect(
    await database.count('webhook_items', "item::text like '%hmacSignature%' and trimmed_at is not null"),
  ).toBeGreaterThan(3)
  // Only who never ordered and has no session is forgotten.
  expect(await database.count('shoppers', 'erased_at is not null')).toBe(1)
  expect((await browsing.at(next).listOrders()).orders).toEqual([])
  expect((await shopper.at(next).listOrders()).orders).not.toEqual([])
  await shop.shopper('visitor')
  expect(await database.count('shoppers', 'true')).toBe(4)
  // What decides about money reads the same as before.
  expect(await operator.reconcile()).toEqual(before)
  expect((await operator.replay('--all')).code).toBe(0)
  expect(await operator.reconcile()).toEqual(before)
  await adyen.deliver({ eventCode: 'CHARGEBACK', about: payment })
  expect(await operator.listAttention(payment.id)).toMatchObject([{ kind: 'payment_reversed' }])
  await until(() => logLines(next).some(({ msg }) => msg === 'personal data past its time was removed'))
})

test.for([
  `update webhook_items set item = '{}'`,
  `update operator_actions set detail = '{"by":"nobody"}'`,
  `update operator_actions set actor = 'nobody'`,
  `delete from operator_actions`,
  `update merchant_events set data = '{}'`,
])('nothing else of what was recorded can be changed: %s', async (statement, { shop, shopper, merchant }) => {
  await shopper.pay(await shopper.startPayment(await merchant.put()))
  await expect(shop.database.rows(statement)).rejects.toThrow('only grows')
})
