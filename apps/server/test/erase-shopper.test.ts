import { createHash } from 'node:crypto'
import { type Address, type Order, shopperRoutes } from '@tael/contracts'
import { openidOf } from '@tael/simulator/openid'
import { credentials } from '@tael/stack'
import { expect } from 'vitest'
import { callTo, DAY, dyingAt, refusalOf, type Shop, type Shopper } from './actors/index.ts'
import { test as base } from './fixtures.ts'
import { until } from './until.ts'
import { authorisationOf, postWebhook, signed } from './webhook-items.ts'

const address: Address = {
  userName: '王小明',
  telNumber: '020-81167888',
  provinceName: '广东省',
  cityName: '广州市',
  countyName: '海珠区',
  detailInfo: '新港中路397号',
  postalCode: '510220',
}

const test = base
  /** Orders one piece of a new product to the address. */
  .extend('orderTo', ({ shop }) => async (by: Shopper, price = 4000): Promise<Order> => {
    const lines = [{ productId: await shop.addProduct(price), quantity: 1 }]
    return by.call(shopperRoutes.createOrder, {
      idempotencyKey: crypto.randomUUID(),
      body: { lines, deliverTo: address },
    })
  })

/** What would name a shopper of this name. */
function tracesOf(name: string): { readonly openid: string; readonly all: readonly string[] } {
  const openid = openidOf(credentials.WECHAT_APP_ID, name)
  const hash = createHash('sha256').update(openid).digest('hex')
  return {
    openid,
    all: [openid, hash, address.userName, address.telNumber, address.detailInfo, 'P-4711', `cust-${name}`],
  }
}

async function shopperIdOf(shop: Shop, order: { readonly id: string }): Promise<string> {
  const { shopper_id: id } = await shop.database.row('select shopper_id from orders where id = $1', [
    order.id,
  ])
  return String(id)
}

test('nobody is erased while an order or money of theirs is undecided: the words say what to wait for', async ({
  shop,
  operator,
  orderTo,
  adyen,
  clock,
  queue,
}) => {
  const by = await shop.shopper('undecided')
  const order = await orderTo(by)
  const id = await shopperIdOf(shop, order)
  const refusal = async (): Promise<string> => {
    const { code, detail } = await refusalOf(operator.eraseShopper(id))
    expect(code).toBe('shopper_not_erasable')
    return detail
  }
  expect(await refusal()).toContain(`Wait until the order ${order.id} is paid or closed`)
  const attempt = await by.startPayment(order)
  expect(await refusal()).toContain(`Wait for the outcome of the payment ${attempt.payment.id}`)
  const payment = await by.pay(attempt)
  await adyen.waitForDeliveries()
  expect(await refusal()).toContain(`Ship the order ${order.id}, or refund it`)
  await operator.ship(order.id, { logisticsType: 'same_city', items: 'tea' })
  await by.requestRefund(order.id)
  expect(await refusal()).toContain(`refund_requested of ${order.id}`)
  await operator.declineRefund(order.id, 'It was opened.')
  const given = await by.startPayment(await by.order(4000))
  await by.cancelPayment(given)
  await by.cancelOrder(given.payment.orderId)
  await expect.poll(refusal).toContain(`a day after the start of the payment ${given.payment.id}`)
  await clock.passTime(2 * DAY)
  const refund = await operator.refund(payment, 1000)
  expect(await refusal()).toContain(`refund ${refund.id}`)
  await queue.waitUntilCompleted('make-refund', { paymentId: payment.id })
  await adyen.waitForDeliveries()
  await adyen.deliver({ eventCode: 'CHARGEBACK', about: payment })
  expect(await refusal()).toContain(`payment_reversed of ${payment.id}`)
  const [item] = await operator.listAttention(payment.id)
  if (item === undefined) throw new Error('The chargeback needs no attention.')
  await operator.handleAttention(item, 'Defended.')

  expect(await refusalOf(operator.eraseShopper(id, 'sh_another'))).toMatchObject({
    code: 'validation_failed',
  })
  expect(await refusalOf(operator.eraseShopper('sh_unknown'))).toMatchObject({ code: 'shopper_not_found' })
  expect(await refusalOf(operator.exportShopper('sh_unknown'))).toMatchObject({ code: 'shopper_not_found' })
  expect(await operator.run('erase-shopper', id)).toMatchObject({
    code: 1,
    out: expect.stringContaining(`erase-shopper ${id} --confirm ${id}`),
  })
  expect((await by.getOrder(order.id)).deliverTo).toEqual(address)
  expect(await operator.eraseShopper(id)).toMatchObject({ shopperId: id, orders: 2 })
})

test('an erased shopper leaves no trace, and their money is still accounted for', async ({
  shop,
  operator,
  merchant,
  adyen,
  queue,
  orderTo,
}) => {
  const { database, server } = shop
  const name = 'leaver'
  const { openid, all } = tracesOf(name)
  const hash = createHash('sha256').update(openid).digest('hex')
  const by = await shop.shopper(name)
  const order = await orderTo(by)
  const payment = await by.pay(await by.startPayment(order))
  const own = await merchant.put({ payer: { openid }, metadata: { customer: `cust-${name}` } })
  const ownPayment = await by.pay(await by.startPayment(own))
  const closed = await by.cancelOrder((await orderTo(by)).id)
  await operator.ship(order.id, {
    logisticsType: 'express',
    carrier: 'ZTO',
    trackingNo: 'P-4711',
    items: `for ${address.userName}`,
  })
  await operator.createRefund(payment, { value: 500, note: `${address.userName} called` })
  await queue.waitUntilCompleted('make-refund', { paymentId: payment.id })
  await adyen.waitForDeliveries()
  const capture = authorisationOf(payment, {
    eventCode: 'CAPTURE',
    pspReference: 'CAPTUREOFLEAVER1',
    originalReference: payment.id,
    reason: `paid by ${openid}`,
  })
  const item = signed(capture)
  await postWebhook(server, [
    {
      ...item,
      additionalData: { ...Object(item['additionalData']), payer: openid, name: `${address.userName}\u0000` },
    },
  ])
  await by.requestRefund(order.id)
  const [request] = await operator.listAttention(order.id)
  if (request === undefined) throw new Error('The request needs no attention.')
  await operator.noteAttention(request, `ask ${address.userName}`)
  await operator.declineRefund(order.id, `${address.userName}: opened`)
  await operator.search(hash)
  await operator.search(address.telNumber)
  const id = await shopperIdOf(shop, order)
  const tables =
    'attention_notes merchant_events operator_actions orders refunds shipments shoppers webhook_items'
  const holding = tables.split(' ').map((table) => `public.${table}`)
  expect((await database.tablesWith(all)).toSorted()).toEqual(holding)

  const exported = await operator.run('export-shopper', hash)
  expect(exported.code).toBe(0)
  expect(JSON.parse(exported.out)).toEqual(await operator.exportShopper(id))
  expect(await operator.exportShopper(id)).toMatchObject({
    shopperId: id,
    openidHash: hash,
    erasedAt: null,
    sessions: [{ expiresAt: expect.any(String) }],
    orders: [
      {
        id: order.id,
        deliverTo: address,
        formattedAmount: '¥40.00',
        refundDecline: { reason: `${address.userName}: opened` },
        shipment: { trackingNo: 'P-4711' },
        payments: [{ id: payment.id, refunds: [{ amount: { value: 500 }, status: 'refunded' }] }],
      },
      { id: own.id, metadata: { customer: `cust-${name}` }, payments: [{ id: ownPayment.id }] },
      { id: closed.id, status: 'cancelled', payments: [] },
    ],
  })
  expect(exported.out).not.toContain(openid)

  const erasing = ['erase-shopper', hash, '--confirm', id, '--note', 'request 18']
  expect(await operator.run(...erasing)).toMatchObject({ code: 0, out: expect.stringContaining('3 orders') })
  expect(await database.tablesWith(all)).toEqual([])
  expect(await refusalOf(by.getOrder(order.id))).toMatchObject({ code: 'session_required' })
  expect(await operator.reconcile()).toMatchObject({ code: 0 })
  expect(await database.operatorActions(id)).toMatchObject([
    { action: 'shopper.export' },
    { action: 'shopper.export' },
    { action: 'shopper.export' },
    { action: 'shopper.erase', detail: { note: 'request 18' } },
  ])

  // What comes later still finds its payment.
  expect((await operator.replay('--all')).out).not.toContain('attention')
  await operator.refund(payment, 500)
  await queue.waitUntilCompleted('make-refund', { paymentId: payment.id }, 2)
  await adyen.waitForDeliveries()
  await adyen.deliver({ eventCode: 'CHARGEBACK', about: payment })
  expect(await operator.listAttention(payment.id)).toMatchObject([{ kind: 'payment_reversed' }])
  expect((await operator.getOrderRecord(order.id)).payments[0]?.refunds).toMatchObject([
    { status: 'refunded', note: null },
    { status: 'refunded' },
  ])
  expect(await operator.reconcile()).toMatchObject({ code: 0 })
  const again = await operator.eraseShopper(id)
  expect(await operator.eraseShopper(id)).toEqual(again)
  expect(await operator.exportShopper(id)).toMatchObject({ openidHash: null, erasedAt: again.erasedAt })
  expect(await operator.run('erase-shopper', hash)).toMatchObject({ code: 65 })

  // The same person is a new shopper.
  const returned = await shop.shopper(name)
  expect((await returned.listOrders()).orders).toEqual([])
  expect(await shopperIdOf(shop, await returned.order(4000))).not.toBe(id)
})

test.for(['erasure begun', 'erasure slice'] as const)(
  'where the server dies at the step: %s, the job or the next request erases the rest',
  async (step, { shop, operator, queue, orderTo }) => {
    const name = step.replace(' ', '-')
    const by = await shop.shopper(name)
    const closed = await by.cancelOrder((await orderTo(by)).id)
    const id = await shopperIdOf(shop, closed)
    const doomed = await shop.startServer(dyingAt(step))
    await expect(operator.through(callTo(doomed)).eraseShopper(id)).rejects.toBeInstanceOf(Error)
    await doomed.exited
    expect(await operator.exportShopper(id)).toMatchObject({ openidHash: null, erasedAt: null })
    if (step === 'erasure begun') await queue.enqueue('apply-retention', {})
    else await operator.eraseShopper(id)
    await until(async () => (await operator.exportShopper(id)).erasedAt !== null)
    expect((await operator.getOrderRecord(closed.id)).deliverTo).toBeNull()
    expect(await shop.database.tablesWith(tracesOf(name).all.slice(0, 2))).toEqual([])
  },
)
