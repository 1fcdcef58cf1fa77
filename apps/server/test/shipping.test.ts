import type { CreateShipment } from '@tael/contracts'
import { expect } from 'vitest'
import { HOUR, MINUTE, openShop, refusalOf } from './actors/index.ts'
import { test as base } from './fixtures.ts'

const FIELD = 'weChatTransactionId'
/** A test that opens a shop of its own starts several processes. */
const OF_ITS_OWN = { timeout: 120_000 }

const byExpress: CreateShipment = {
  logisticsType: 'express',
  carrier: 'ZTO',
  trackingNo: '75611788998298',
  items: '龙井茶 ×1',
}

const test = base
  .extend(
    'settings',
    { scope: 'file' },
    { SHIPPING_UPLOAD: 'transaction_id', WECHAT_TRANSACTION_ID_FIELD: FIELD },
  )
  .extend('simulatorSettings', { scope: 'file' }, { SIMULATOR_TRANSACTION_ID_FIELD: FIELD })
  /** The status of the upload of an order's newest shipment. */
  .extend(
    'uploadOf',
    ({ shop }) =>
      (orderId: string) =>
        shop.database.uploadOf(orderId),
  )
  /** How WeChat answered each upload of the shipment of this payment. */
  .extend('answersAbout', ({ operator, weChat }) => async (paymentId: string): Promise<string[]> => {
    const { wechatTransactionId } = await operator.getPaymentRecord(paymentId)
    const calls = await weChat.calls('shipment', wechatTransactionId ?? 'none')
    return calls.map(({ answer }) => answer)
  })

test('a shipment is shown to the shopper and uploaded to WeChat, by WeChat’s own number of the payment', async ({
  shopper,
  operator,
  adyen,
  weChat,
  uploadOf,
}) => {
  const { id, orderId } = await shopper.buy(5000)
  await adyen.waitForDeliveries()
  expect((await shopper.getOrder(orderId)).shipment).toBeNull()
  expect(await operator.ship(orderId, byExpress)).toMatchObject({
    orderId,
    logisticsType: 'express',
    upload: 'requested',
    reason: null,
  })
  await expect.poll(() => uploadOf(orderId)).toBe('uploaded')

  const shipment = { at: expect.any(String), carrier: 'ZTO', trackingNo: '75611788998298' }
  expect((await shopper.getOrder(orderId)).shipment).toEqual(shipment)
  const { orders } = await shopper.listOrders({ limit: 1 })
  expect(orders).toMatchObject([{ id: orderId, shipment }])
  const { wechatTransactionId } = await operator.getPaymentRecord(id)
  expect(wechatTransactionId).toMatch(/^42000\d{23}$/)
  expect(await adyen.payment(id)).toMatchObject({ transactionId: wechatTransactionId })
  const calls = await weChat.calls('shipment', wechatTransactionId ?? 'none')
  expect(calls.map(({ body }) => body)).toEqual([
    {
      order_key: { order_number_type: 2, transaction_id: wechatTransactionId },
      logistics_type: 1,
      delivery_mode: 1,
      shipping_list: [{ item_desc: '龙井茶 ×1', tracking_no: '75611788998298', express_company: 'ZTO' }],
      upload_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      payer: { openid: expect.stringMatching(/^o/) },
    },
  ])
})

test('the same key is the same shipment; another key corrects it, at WeChat once', async ({
  shop,
  shopper,
  operator,
  uploadOf,
  answersAbout,
}) => {
  const { id, orderId } = await shopper.buy(5100)
  const key = crypto.randomUUID()
  const first = await operator.ship(orderId, byExpress, key)
  await expect.poll(() => uploadOf(orderId)).toBe('uploaded')
  expect(await operator.ship(orderId, byExpress, key)).toEqual({ ...first, upload: 'uploaded' })
  expect(await answersAbout(id)).toEqual(['ok'])
  const corrected = { ...byExpress, trackingNo: '75611788998299' }
  expect(await refusalOf(operator.ship(orderId, corrected, key))).toMatchObject({
    code: 'idempotency_key_reused',
  })

  expect(await operator.ship(orderId, corrected)).toMatchObject({ at: first.at, upload: 'requested' })
  await expect.poll(() => uploadOf(orderId)).toBe('uploaded')
  expect((await shopper.getOrder(orderId)).shipment).toMatchObject({ trackingNo: '75611788998299' })
  // WeChat accepts one correction and refuses the next; what the shopper sees is the shop's own
  // record.
  await operator.ship(orderId, { ...byExpress, trackingNo: '75611788998300' })
  await expect.poll(() => uploadOf(orderId)).toBe('uploaded')
  expect(await answersAbout(id)).toEqual(['ok', 'ok', 'errcode 10060003'])
  expect((await shopper.getOrder(orderId)).shipment).toMatchObject({ trackingNo: '75611788998300' })
  const actions = await shop.database.operatorActions(orderId)
  expect(actions.map(({ action }) => action)).toEqual(['order.ship', 'order.ship', 'order.ship'])
})

test('nothing is shipped for money that Adyen may take back, until an operator has handled it', async ({
  shopper,
  operator,
  adyen,
}) => {
  const payment = await shopper.buy(5150)
  await adyen.deliver({ eventCode: 'CHARGEBACK', about: payment })
  expect(await refusalOf(operator.ship(payment.orderId, byExpress))).toMatchObject({
    code: 'order_not_shippable',
    detail: expect.stringContaining('CHARGEBACK'),
  })
  for (const item of await operator.listAttention(payment.id)) {
    await operator.handleAttention(item, 'Defended: the money stays.')
  }
  expect(await operator.ship(payment.orderId, byExpress)).toMatchObject({ orderId: payment.orderId })
})

test('a shipment that WeChat refuses needs attention until an operator corrects it', async ({
  shopper,
  operator,
  uploadOf,
}) => {
  const { id, orderId } = await shopper.buy(5300)
  const bySf = { ...byExpress, carrier: 'SF' }
  await operator.ship(orderId, bySf)
  await expect.poll(() => uploadOf(orderId)).toBe('failed')
  expect(await operator.listAttention(orderId)).toMatchObject([
    { kind: 'shipping_failed', paymentId: id, reason: expect.stringContaining('10060014') },
  ])
  await operator.ship(orderId, { ...bySf, senderContact: '189****1234' })
  await expect.poll(() => uploadOf(orderId)).toBe('uploaded')
  expect(await operator.listAttention(orderId)).toEqual([])
})

test('the upload waits for a payment that WeChat does not know yet, and needs attention after an hour', async ({
  shop,
  shopper,
  operator,
  adyen,
  clock,
  uploadOf,
  answersAbout,
}) => {
  const { id, orderId } = await shopper.buy(5400)
  await adyen.waitForDeliveries()
  await shop.database.rows('update payments set wechat_transaction_id = $1 where id = $2', [
    '4200000000000000000000000000',
    id,
  ])
  await operator.ship(orderId, byExpress)
  await expect.poll(() => answersAbout(id)).not.toEqual([])
  expect(await operator.listAttention(orderId)).toEqual([])

  await clock.passTime(HOUR + MINUTE)
  expect(await operator.listAttention(orderId)).toMatchObject([{ kind: 'shipping_failed' }])
  await expect.poll(() => uploadOf(orderId)).toBe('failed')
  expect(new Set(await answersAbout(id))).toEqual(new Set(['errcode 10060001']))
})

test('an order that is not paid is not shipped, nor is one shipped without the scope', async ({
  shop,
  shopper,
  operator,
}) => {
  const { id } = await shopper.order(5500)
  expect(await refusalOf(operator.ship(id, byExpress))).toMatchObject({
    code: 'order_not_shippable',
    status: 409,
  })
  expect(await refusalOf(operator.ship(`ord_${'0'.repeat(32)}`, byExpress))).toMatchObject({
    code: 'order_not_found',
  })
  expect(await refusalOf(operator.ship(id, { logisticsType: 'express', items: 'tea' }))).toMatchObject({
    code: 'validation_failed',
    errors: [{ path: 'body/carrier' }, { path: 'body/trackingNo' }],
  })
  for (const items of ['', 'tea\u0000', 'tea\n', '\ud800', 'x'.repeat(121)]) {
    expect(await refusalOf(operator.ship(id, { logisticsType: 'virtual', items }))).toMatchObject({
      code: 'validation_failed',
    })
  }
  const other = shop.operator('payments:read', 'refunds:write')
  expect(await refusalOf(other.ship(id, byExpress))).toMatchObject({ code: 'scope_missing', status: 403 })
  expect(await shop.database.count('shipments', 'order_id = $1', [id])).toBe(0)
})

test(
  'a shop that uploads nothing shows shipments to shoppers only, and a replay finds the numbers of WeChat',
  OF_ITS_OWN,
  async () => {
    const shop = await openShop({ simulator: { SIMULATOR_TRANSACTION_ID_FIELD: FIELD } })
    const operator = shop.operator('orders:ship', 'payments:read')
    const shopper = await shop.shopper('alice')
    const { id, orderId } = await shopper.buy(5600)
    await shop.adyen.waitForDeliveries()
    expect(await operator.getPaymentRecord(id)).toMatchObject({ wechatTransactionId: null })
    const pickedUp = { logisticsType: 'self_pickup', items: 'tea' } as const
    expect(await operator.ship(orderId, pickedUp)).toMatchObject({ upload: 'off', carrier: null })
    expect(await operator.listAttention(orderId)).toEqual([])
    const { shipment } = await shopper.getOrder(orderId)
    expect(shipment).toEqual({ at: expect.any(String), carrier: null, trackingNo: null })
    expect(await shop.queue.everEnqueued('upload-shipping')).toBe(0)
    expect(await shop.weChat.calls('shipment')).toEqual([])

    const replayed = await operator.runWith({ WECHAT_TRANSACTION_ID_FIELD: FIELD }, 'replay', '--all')
    expect(replayed).toMatchObject({ code: 0 })
    expect(await operator.getPaymentRecord(id)).toMatchObject({
      wechatTransactionId: expect.stringMatching(/^42000\d{23}$/),
    })
    expect(await operator.reconcile()).toMatchObject({ code: 0 })
    await shop.close()
  },
)

test('a shop that identifies the payment to WeChat by its pspReference', OF_ITS_OWN, async () => {
  const shop = await openShop({
    server: { SHIPPING_UPLOAD: 'psp_reference', WECHAT_MERCHANT_ID: '1900000109' },
  })
  const operator = shop.operator('orders:ship', 'payments:read')
  const { id, orderId } = await (await shop.shopper('alice')).buy(5700)
  await operator.ship(orderId, { logisticsType: 'virtual', items: 'a voucher' })
  await expect.poll(() => shop.database.uploadOf(orderId)).toBe('uploaded')
  const { pspReference } = await operator.getPaymentRecord(id)
  const calls = await shop.weChat.calls('shipment')
  expect(calls.map(({ body }) => body)).toMatchObject([
    {
      order_key: { order_number_type: 1, mchid: '1900000109', out_trade_no: pspReference },
      logistics_type: 3,
      shipping_list: [{ item_desc: 'a voucher' }],
    },
  ])
  await shop.close()
})
