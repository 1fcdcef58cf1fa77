import { expect, test } from 'vitest'
import { openShop, sendDetails, startPayment } from './merchant.ts'

const TWO_HOURS_MS = 2 * 60 * 60_000

test('signed parameters open the cashier with the amount to pay', async () => {
  const shop = await openShop()
  const { parameters, prepayId } = await startPayment(shop, 1280, 'r1')
  expect(parameters.signType).toBe('RSA')
  expect(await shop.openCashier(parameters)).toMatchObject({
    status: 201,
    body: { prepayId, merchantName: 'TaelTest', amount: { currency: 'CNY', value: 1280 } },
  })
})

test("without signType the parameters are signed with WeChat's default, and with no other", async () => {
  const shop = await openShop()
  const { parameters, prepayId } = await startPayment(shop, 1237, 'r1')
  expect(parameters).not.toHaveProperty('signType')
  expect(await shop.openCashier({ ...parameters, signType: 'RSA' })).toMatchObject({
    body: { errMsg: 'requestPayment:fail 支付验证签名失败' },
  })
  expect(await shop.openCashier({ ...parameters, signType: 1 })).toMatchObject({ status: 422 })
  expect(await shop.openCashier(parameters)).toMatchObject({ status: 201, body: { prepayId } })
  const { parameters: signed } = await startPayment(shop, 1280, 'r2')
  expect(await shop.openCashier({ ...signed, signType: undefined })).toMatchObject({ status: 422 })
})

test.each([
  ['timeStamp', '1'],
  ['nonceStr', 'other'],
  ['package', 'prepay_id=wx_other'],
  ['signType', 'MD5'],
  ['paySign', 'AAAA'],
])("a changed %s fails with WeChat's error", async (name, value) => {
  const shop = await openShop()
  const { parameters } = await startPayment(shop, 1280, 'r1')
  expect(await shop.openCashier({ ...parameters, [name]: value })).toMatchObject({
    status: 422,
    body: { errMsg: 'requestPayment:fail 支付验证签名失败' },
  })
})

test.each([
  [{ timeStamp: 1_700_000_000 }, 'parameter.timeStamp must be a string'],
  [{ paySign: undefined }, 'parameter.paySign must be a string'],
  [{ package: 'wx123' }, 'package must be prepay_id=…'],
  [{ appId: 'wx_other' }, 'appId is not this Mini Program'],
])('%j is refused', async (wrong, detail) => {
  const shop = await openShop()
  const { parameters } = await startPayment(shop, 1280, 'r1')
  expect(await shop.openCashier({ ...parameters, ...wrong })).toMatchObject({
    status: 422,
    body: { errMsg: `requestPayment:fail ${detail}` },
  })
})

test('the money moves once, when the shopper pays', async () => {
  const shop = await openShop()
  const { parameters, prepayId } = await startPayment(shop, 1280, 'r1')
  await shop.openCashier(parameters)
  expect(await shop.ledger()).toMatchObject([{ paid: 0, result: 'open' }])
  expect(await shop.tap(prepayId, 'pay')).toMatchObject({
    status: 200,
    body: { errMsg: 'requestPayment:ok' },
  })
  expect(await shop.ledger()).toMatchObject([{ paid: 1280, result: 'authorised' }])
  expect(await shop.tap(prepayId, 'pay')).toMatchObject({
    body: { errMsg: 'requestPayment:fail 该订单已支付' },
  })
  expect(await shop.openCashier(parameters)).toMatchObject({ status: 422 })
  await shop.waitUntilIdle()
  expect(shop.webhooks).toHaveLength(1)
})

test('a cancelled cashier can be opened and paid again, until Adyen has answered Cancelled', async () => {
  const shop = await openShop()
  const first = await startPayment(shop, 1280, 'r1')
  expect(await shop.tap(first.prepayId, 'cancel')).toMatchObject({
    body: { errMsg: 'requestPayment:fail cancel' },
  })
  expect(await shop.openCashier(first.parameters)).toMatchObject({ status: 201 })
  expect(await shop.tap(first.prepayId, 'pay')).toMatchObject({ body: { errMsg: 'requestPayment:ok' } })

  const second = await startPayment(shop, 1280, 'r2')
  await shop.tap(second.prepayId, 'cancel')
  expect(await sendDetails(shop, second.paymentData, 'requestPayment:fail cancel', 'k')).toMatchObject({
    body: { resultCode: 'Cancelled' },
  })
  expect(await shop.openCashier(second.parameters)).toMatchObject({ status: 422 })
  expect(await shop.tap(second.prepayId, 'pay')).toMatchObject({
    body: { errMsg: 'requestPayment:fail 该订单已关闭' },
  })
  expect(await shop.ledger()).toMatchObject([{ paid: 1280 }, { paid: 0, result: 'cancelled' }])
})

test('an unpaid prepay_id expires after two hours and Adyen closes the offer', async () => {
  const shop = await openShop()
  const { parameters, prepayId, paymentData } = await startPayment(shop, 1280, 'r1')
  const paid = await startPayment(shop, 1280, 'r2')
  await shop.tap(paid.prepayId, 'pay')
  await shop.forward(TWO_HOURS_MS)
  expect(await shop.openCashier(parameters)).toMatchObject({ status: 422 })
  expect(await shop.tap(prepayId, 'pay')).toMatchObject({
    body: { errMsg: 'requestPayment:fail prepay_id is expired' },
  })
  await shop.waitUntilIdle()
  const events = shop.webhooks.map(({ item }) => `${item.eventCode} ${item.merchantReference}`)
  expect(events.toSorted()).toEqual(['AUTHORISATION r2', 'OFFER_CLOSED r1'])
  expect(await sendDetails(shop, paymentData, 'requestPayment:ok', 'k')).toMatchObject({
    body: { resultCode: 'Refused' },
  })
})

test('paying an unknown prepay_id is answered with 404', async () => {
  const shop = await openShop()
  expect(await shop.tap('wx_unknown', 'pay')).toMatchObject({ status: 404 })
})
