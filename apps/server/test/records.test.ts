import { createHash } from 'node:crypto'
import { orderNumber, type OrderSummary, type SearchMatch } from '@tael/contracts'
import { expect } from 'vitest'
import { fen, refusalOf } from './actors/index.ts'
import { test as base } from './fixtures.ts'
import { until } from './until.ts'

const test = base
  /** A paid order, refunded in part, and shipped. */
  .extend('sold', { scope: 'file' }, async ({ shopper, operator, adyen }) => {
    const payment = await adyen.withoutWebhooks(() => shopper.buy(6200))
    const refund = await operator.refund(payment, 1000)
    await operator.ship(payment.orderId, { logisticsType: 'self_pickup', items: 'tea' })
    await adyen.waitForDeliveries()
    await until(async () => {
      const { refunds } = await operator.getPaymentRecord(payment.id)
      return refunds.every(({ status }) => status === 'refunded')
    })
    return { payment, refund: { ...refund, ...(await operator.getPaymentRecord(payment.id)).refunds[0] } }
  })

function shopperOf({ shopperId }: OrderSummary): string {
  if (shopperId === null) throw new Error('The order has no shopper.')
  return shopperId
}

test('an order is found by every reference that support may be given', async ({ shop, sold, operator }) => {
  const { payment, refund } = sold
  const { pspReference, orderId } = await operator.getPaymentRecord(payment.id)
  const shopperId = shopperOf(await operator.getOrderRecord(orderId))
  const [shopperRow] = await shop.database.rows('select openid from shoppers where id = $1', [shopperId])
  const openidHash = createHash('sha256').update(String(shopperRow?.['openid'])).digest('hex')
  const number = orderNumber(orderId)
  const references: readonly (readonly [SearchMatch, string])[] = [
    ['order', orderId],
    ['order_number', number],
    ['order_number', number.replaceAll('-', '')],
    ['payment', payment.id],
    ['payment_psp_reference', pspReference ?? ''],
    ['refund', refund.id],
    ['refund_psp_reference', refund.pspReference ?? ''],
  ]
  for (const [match, reference] of references) {
    const found = { match, order: { id: orderId, number, status: 'paid', amount: fen(6200), shopperId } }
    expect(await operator.search(reference)).toMatchObject([found])
  }
  for (const [match, reference] of [
    ['shopper', shopperId],
    ['openid_hash', openidHash],
  ] as const)
    expect(await operator.search(reference)).toContainEqual(
      expect.objectContaining({ match, order: expect.objectContaining({ id: orderId }) }),
    )
})

test('an order is found by the transaction id of WeChat, once Adyen has reported it', async ({
  shop,
  sold,
  operator,
}) => {
  const { payment } = sold
  await shop.database.rows("update payments set wechat_transaction_id = '4200009999' where id = $1", [
    payment.id,
  ])
  expect(await operator.search('4200009999')).toMatchObject([
    { match: 'wechat_transaction', order: { id: payment.orderId } },
  ])
})

test("an order of a merchant is found by the merchant's own reference, before anybody pays it", async ({
  shop,
  operator,
}) => {
  const { id } = await shop.merchant().put({}, 'A-4711')
  const unbound = { id, reference: 'A-4711', shopperId: null, status: 'open' }
  expect(await operator.search('A-4711')).toMatchObject([{ match: 'merchant_reference', order: unbound }])
  expect(await operator.getOrderRecord(id)).toMatchObject({ ...unbound, payments: [] })
})

test('what nothing has is not found, nor a part of a reference', async ({ sold, operator }) => {
  expect(await operator.search('nothing')).toEqual([])
  expect(await operator.search(sold.payment.id.slice(0, -1))).toEqual([])
  // Its digits on another day.
  expect(await operator.search(`200101${orderNumber(sold.payment.orderId).slice(6)}`)).toEqual([])
})

test('the record of an order has all that happened to it, and no secret', async ({
  shop,
  sold,
  operator,
}) => {
  const { payment, refund } = sold
  const record = await operator.getOrderRecord(payment.orderId)
  expect(record).toMatchObject({
    status: 'paid',
    amount: fen(6200),
    lines: [{ quantity: 1, amount: fen(6200) }],
    payments: [{ id: payment.id, status: 'authorised', paysOrder: true, refunds: [{ id: refund.id }] }],
    shipment: { logisticsType: 'self_pickup', items: 'tea' },
  })
  const calls = record.timeline.flatMap((entry) => (entry.kind === 'call' ? [entry] : []))
  expect(calls.map(({ operation, refundId }) => [operation, refundId])).toEqual([
    ['payments', null],
    ['payments/details', null],
    ['refunds', refund.id],
  ])
  expect(calls.every(({ answeredAt, retryAt }) => answeredAt !== null && retryAt === null)).toBe(true)
  expect(record.timeline.flatMap((entry) => (entry.kind === 'webhook' ? [entry.webhook] : []))).toMatchObject(
    [
      { eventCode: 'AUTHORISATION', success: true, state: 'applied' },
      { eventCode: 'REFUND', success: true, state: 'applied' },
    ],
  )
  expect(record.timeline).toEqual(
    expect.arrayContaining(
      ['refund.create', 'order.read'].map((action) => expect.objectContaining({ kind: 'action', action })),
    ),
  )
  const [secrets] = await shop.database.rows(
    'select openid, payment_data from payments join shoppers on shoppers.id = shopper_id where payments.id = $1',
    [payment.id],
  )
  const text = JSON.stringify(record)
  expect(text).not.toContain(String(secrets?.['openid']))
  expect(text).not.toMatch(/prepay_id|paymentData|paySign/)
  expect(await refusalOf(operator.getOrderRecord('ord_nothing'))).toMatchObject({ code: 'order_not_found' })
})

test('orders are listed newest first, a page at a time, by status, shopper and time', async ({
  shop,
  operator,
}) => {
  const shopper = await shop.shopper('dora')
  const orders = [await shopper.order(100), await shopper.order(200), await shopper.order(300)]
  const { orderId } = await shopper.buy(400)
  const newest = [orderId, ...orders.map(({ id }) => id).toReversed()]
  const shopperId = shopperOf(await operator.getOrderRecord(orderId))

  const first = await operator.listOrders({ shopperId, limit: 3 })
  const rest = await operator.listOrders({ shopperId, limit: 3, before: first.next ?? '' })
  expect([...first.orders, ...rest.orders].map(({ id }) => id)).toEqual(newest)
  expect(rest.next).toBe(null)
  const paid = await operator.listOrders({ shopperId, status: 'paid' })
  expect(paid.orders).toMatchObject([{ id: orderId, number: orderNumber(orderId), amount: fen(400) }])
  expect((await operator.listOrders({ shopperId, to: '2020-01-01' })).orders).toEqual([])
  expect((await operator.listOrders({ shopperId, from: '2020-01-01' })).orders.length).toBe(4)
})

test('payments are listed newest first, by status and amount', async ({ shop, operator }) => {
  const shopper = await shop.shopper('emil')
  const { payment: waiting } = await shopper.startBuying(777_700)
  const paid = await shopper.buy(777_700)
  const listed = await operator.listPayments({ value: 777_700 })
  expect(listed.payments.map(({ id }) => id)).toEqual([paid.id, waiting.id])
  expect((await operator.listPayments({ value: 777_700, status: 'authorised' })).payments).toMatchObject([
    { id: paid.id, orderNumber: orderNumber(paid.orderId), amount: fen(777_700), paysOrder: true },
  ])
})

test('a date that is none is refused', async ({ operator }) => {
  expect(await refusalOf(operator.listOrders({ from: '2026-13-45' }))).toMatchObject({
    code: 'validation_failed',
    errors: [{ path: 'query/from', message: 'must be a date that exists' }],
  })
})

test('on the command line an order is found with its story, in the order of time', async ({
  sold,
  operator,
}) => {
  const { payment } = sold
  const { code, out } = await operator.run('find-order', payment.id)
  expect(code).toBe(0)
  expect(out).toMatch(/^order \d{6}-\d{4}-\d{4}: paid, ¥62\.00\n/)
  const story = [
    `phone +order ${payment.orderId} made by`,
    `phone +${payment.id} started by shopper: new to starting`,
    'adyen +[^\n]+ to authorised',
    'shipped: tea',
    'REFUND success=true: applied',
  ]
  expect(out).toMatch(new RegExp(story.join('[^]*')))
  const inJson = await operator.run('find-order', '--json', payment.orderId)
  expect(inJson.out).toContain(`"id": "${payment.orderId}"`)
  expect(await operator.run('find-order', 'nothing')).toMatchObject({
    code: 1,
    out: 'no order has this reference\n',
  })
  expect(await operator.run('find-order')).toMatchObject({ code: 64 })
})
