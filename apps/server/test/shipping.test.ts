import { type CreateShipment, operatorRoutes, shopperRoutes } from '@tael/contracts'
import { expect, vi } from 'vitest'
import { test as base } from './fixtures.ts'
import {
  commandWith,
  idle,
  logIn,
  newKey,
  openShop,
  operatorKey,
  order,
  paid,
  passTime,
  refusal,
  row,
  type Shop,
  simulate,
  weChatCalls,
} from './shop.ts'

const FIELD = 'weChatTransactionId'
const UPLOAD = '/wxa/sec/order/upload_shipping_info'
/** A test that opens a shop of its own starts several processes. */
const OF_ITS_OWN = { timeout: 120_000 }

const test = base
  .extend(
    'settings',
    { scope: 'file' },
    { SHIPPING_UPLOAD: 'transaction_id', WECHAT_TRANSACTION_ID_FIELD: FIELD },
  )
  .extend('simulatorSettings', { scope: 'file' }, { SIMULATOR_TRANSACTION_ID_FIELD: FIELD })

const byExpress: CreateShipment = {
  logisticsType: 'express',
  carrier: 'ZTO',
  trackingNo: '75611788998298',
  items: '龙井茶 ×1',
}

function ship(
  shop: Shop,
  key: string,
  orderId: string,
  body: CreateShipment = byExpress,
  idempotencyKey = newKey(),
) {
  const input = { params: { orderId }, body, idempotencyKey }
  return shop.call(operatorRoutes.createShipment, input, { token: key })
}

/** Waits until the newest shipment of an order stands like this at WeChat. */
async function uploadIs(shop: Shop, orderId: string, upload: string): Promise<void> {
  const isSo = async (): Promise<boolean> =>
    (await row(shop, 'select upload from shipments where order_id = $1', [orderId]))['upload'] === upload
  await vi.waitUntil(isSo, { timeout: 30_000, interval: 50 })
}

/** How WeChat answered what it was told of the shipment of this payment. */
async function answersAbout(shop: Shop, paymentId: string): Promise<string[]> {
  const { number } = await row(shop, 'select wechat_transaction_id as number from payments where id = $1', [
    paymentId,
  ])
  return (await weChatCalls(shop, UPLOAD, String(number))).map(({ answer }) => answer)
}

const attention = async (shop: Shop, key: string, subject: string) =>
  (await shop.call(operatorRoutes.listAttention, {}, { token: key })).items.filter(
    (item) => item.subject === subject,
  )

test('a shipment is told to the shopper and to WeChat, by WeChat’s own number of the payment', async ({
  shop,
  token,
  key,
  lookAtOrder,
}) => {
  const { payment } = await paid(shop, token, 5000)
  await idle(shop)
  expect((await lookAtOrder(payment.orderId)).shipment).toBeNull()
  expect(await ship(shop, key, payment.orderId)).toMatchObject({
    orderId: payment.orderId,
    logisticsType: 'express',
    upload: 'requested',
    reason: null,
  })
  await uploadIs(shop, payment.orderId, 'uploaded')

  const shipment = { at: expect.any(String), carrier: 'ZTO', trackingNo: '75611788998298' }
  expect((await lookAtOrder(payment.orderId)).shipment).toEqual(shipment)
  const { orders } = await shop.call(shopperRoutes.listOrders, { query: { limit: 1 } }, { token })
  expect(orders).toMatchObject([{ id: payment.orderId, shipment }])
  const { wechatTransactionId } = await shop.call(
    operatorRoutes.getPaymentRecord,
    { params: { paymentId: payment.id } },
    { token: key },
  )
  expect(wechatTransactionId).toMatch(/^42000\d{23}$/)
  const ledger = JSON.stringify(await simulate(shop, 'GET', '/ledger'))
  expect(ledger).toContain(`"transactionId":"${wechatTransactionId}"`)
  const [told] = await weChatCalls(shop, UPLOAD, wechatTransactionId ?? '')
  expect(JSON.parse(told?.sent ?? '')).toEqual({
    order_key: { order_number_type: 2, transaction_id: wechatTransactionId },
    logistics_type: 1,
    delivery_mode: 1,
    shipping_list: [{ item_desc: '龙井茶 ×1', tracking_no: '75611788998298', express_company: 'ZTO' }],
    upload_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    payer: { openid: expect.stringMatching(/^o/) },
  })
})

test('the same key is the same shipment as it stands, another one corrects it, once', async ({
  shop,
  token,
  key,
  lookAtOrder,
}) => {
  const { payment } = await paid(shop, token, 5100)
  const once = newKey()
  const first = await ship(shop, key, payment.orderId, byExpress, once)
  await uploadIs(shop, payment.orderId, 'uploaded')
  expect(await ship(shop, key, payment.orderId, byExpress, once)).toEqual({ ...first, upload: 'uploaded' })
  expect(await answersAbout(shop, payment.id)).toEqual(['ok'])
  const changed = { ...byExpress, trackingNo: '75611788998299' }
  expect(await refusal(ship(shop, key, payment.orderId, changed, once))).toMatchObject({
    code: 'idempotency_key_reused',
  })

  expect(await ship(shop, key, payment.orderId, changed)).toMatchObject({ at: first.at, upload: 'requested' })
  await uploadIs(shop, payment.orderId, 'uploaded')
  expect((await lookAtOrder(payment.orderId)).shipment).toMatchObject({ trackingNo: '75611788998299' })
  // WeChat takes one change and keeps what it knows at the next; the shop's own word stands.
  await ship(shop, key, payment.orderId, { ...byExpress, trackingNo: '75611788998300' })
  await uploadIs(shop, payment.orderId, 'uploaded')
  expect(await answersAbout(shop, payment.id)).toEqual(['ok', 'ok', 'errcode 10060003'])
  const { actions } = await row(
    shop,
    `select count(*)::int as actions from operator_actions where action = 'order.ship' and subject = $1`,
    [payment.orderId],
  )
  expect(actions).toBe(3)
})

test('nothing is shipped for money that Adyen may take back, until an operator has dealt with it', async ({
  shop,
  token,
  key,
}) => {
  const { payment } = await paid(shop, token, 5150)
  const news = { eventCode: 'CHARGEBACK', merchantReference: payment.id, amount: payment.amount }
  await simulate(shop, 'POST', '/webhooks', { ...news, success: 'true' })
  await idle(shop)
  expect(await refusal(ship(shop, key, payment.orderId, byExpress))).toMatchObject({
    code: 'order_not_shippable',
    detail: expect.stringContaining('CHARGEBACK'),
  })
  for (const { kind, subject, since } of await attention(shop, key, payment.id)) {
    const body = { kind, subject, since, note: 'Defended: the money stays.' }
    await shop.call(operatorRoutes.handleAttention, { body }, { token: key })
  }
  expect(await ship(shop, key, payment.orderId, byExpress)).toMatchObject({ orderId: payment.orderId })
})

test('what WeChat does not take waits for a person, who corrects it', async ({ shop, token, key }) => {
  const { payment } = await paid(shop, token, 5300)
  const bySf = { ...byExpress, carrier: 'SF' }
  await ship(shop, key, payment.orderId, bySf)
  await uploadIs(shop, payment.orderId, 'failed')
  expect(await attention(shop, key, payment.orderId)).toMatchObject([
    { kind: 'shipping_failed', paymentId: payment.id, reason: expect.stringContaining('10060014') },
  ])
  await ship(shop, key, payment.orderId, { ...bySf, senderContact: '189****1234' })
  await uploadIs(shop, payment.orderId, 'uploaded')
  expect(await attention(shop, key, payment.orderId)).toEqual([])
})

test('a payment that WeChat does not know yet is waited for, but not for ever', async ({
  shop,
  token,
  key,
}) => {
  const { payment } = await paid(shop, token, 5400)
  await idle(shop)
  await shop.db.query('update payments set wechat_transaction_id = $1 where id = $2', [
    '4200000000000000000000000000',
    payment.id,
  ])
  await ship(shop, key, payment.orderId)
  const answers = (): Promise<string[]> => answersAbout(shop, payment.id)
  await vi.waitUntil(async () => (await answers()).length > 0, { timeout: 30_000, interval: 50 })
  expect(await attention(shop, key, payment.orderId)).toEqual([])

  await shop.db.query(
    `update shipments set recorded_at = now() - interval '61 minutes' where order_id = $1`,
    [payment.orderId],
  )
  expect(await attention(shop, key, payment.orderId)).toMatchObject([{ kind: 'shipping_failed' }])
  await passTime(shop, 300)
  await uploadIs(shop, payment.orderId, 'failed')
  expect(new Set(await answers())).toEqual(new Set(['errcode 10060001']))
})

test('nothing is shipped that is not paid, and nobody ships without the scope', async ({
  shop,
  token,
  key,
}) => {
  const placed = await order(shop, token, 5500)
  expect(await refusal(ship(shop, key, placed.id))).toMatchObject({
    code: 'order_not_shippable',
    status: 409,
  })
  expect(await refusal(ship(shop, key, 'ord_00000000000000000000000000000000'))).toMatchObject({
    code: 'order_not_found',
  })
  expect(await refusal(ship(shop, key, placed.id, { logisticsType: 'express', items: 'tea' }))).toMatchObject(
    {
      code: 'validation_failed',
      errors: [{ path: 'body/carrier' }, { path: 'body/trackingNo' }],
    },
  )
  for (const words of ['', 'tea\u0000', 'tea\n', '\ud800', 'x'.repeat(121)]) {
    expect(
      await refusal(ship(shop, key, placed.id, { logisticsType: 'virtual', items: words })),
    ).toMatchObject({
      code: 'validation_failed',
    })
  }
  const other = await operatorKey(shop, 'payments:read', 'refunds:write')
  expect(await refusal(ship(shop, other, placed.id))).toMatchObject({ code: 'scope_missing', status: 403 })
  expect(
    await row(shop, 'select count(*)::int as shipments from shipments where order_id = $1', [placed.id]),
  ).toEqual({ shipments: 0 })
})

test(
  'a shop that uploads nothing: shoppers see the shipment, WeChat hears nothing; a replay finds the numbers',
  OF_ITS_OWN,
  async () => {
    const shop = await openShop({}, { SIMULATOR_TRANSACTION_ID_FIELD: FIELD })
    const token = await logIn(shop)
    const key = await operatorKey(shop, 'orders:ship', 'payments:read')
    const { payment } = await paid(shop, token, 5600)
    await idle(shop)
    const number = () => row(shop, 'select wechat_transaction_id as number from payments')
    expect(await number()).toEqual({ number: null })
    const fetched = { logisticsType: 'self_pickup', items: 'tea' } as const
    expect(await ship(shop, key, payment.orderId, fetched)).toMatchObject({ upload: 'off', carrier: null })
    expect(await attention(shop, key, payment.orderId)).toEqual([])
    const found = await shop.call(shopperRoutes.getOrder, { params: { orderId: payment.orderId } }, { token })
    expect(found.shipment).toEqual({ at: expect.any(String), carrier: null, trackingNo: null })
    expect(
      await row(shop, `select count(*)::int as jobs from pgboss.job where name = 'upload-shipping'`),
    ).toEqual({ jobs: 0 })
    expect(await weChatCalls(shop, UPLOAD)).toEqual([])

    const replayed = await commandWith(shop, { WECHAT_TRANSACTION_ID_FIELD: FIELD }, 'replay', '--all')
    expect(replayed).toMatchObject({ code: 0 })
    expect(await number()).toEqual({ number: expect.stringMatching(/^42000\d{23}$/) })
    expect(await commandWith(shop, {}, 'reconcile')).toMatchObject({ code: 0 })
    await shop.close()
  },
)

test('a shop that names the payment by its pspReference', OF_ITS_OWN, async () => {
  const settings = { SHIPPING_UPLOAD: 'psp_reference', WECHAT_MERCHANT_ID: '1900000109' }
  const shop = await openShop(settings)
  const key = await operatorKey(shop, 'orders:ship')
  const { payment } = await paid(shop, await logIn(shop), 5700)
  await ship(shop, key, payment.orderId, { logisticsType: 'virtual', items: 'a voucher' })
  await uploadIs(shop, payment.orderId, 'uploaded')
  const { reference } = await row(shop, 'select psp_reference as reference from payments')
  const [told] = await weChatCalls(shop, UPLOAD)
  expect(JSON.parse(told?.sent ?? '')).toMatchObject({
    order_key: { order_number_type: 1, mchid: '1900000109', out_trade_no: reference },
    logistics_type: 3,
    shipping_list: [{ item_desc: 'a voucher' }],
  })
  await shop.close()
})
