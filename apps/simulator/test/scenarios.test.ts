import { expect, test } from 'vitest'
import { openShop, paymentBody, sendDetails, startPayment } from './merchant.ts'

/**
 * Name, digits, the callback, the first answer to details, the webhook's success, and whether the
 * money moves.
 */
const paidScenarios = [
  ['paid', 0, 'requestPayment:ok', 'Authorised', 'true', true],
  ['refused', 1, 'requestPayment:fail 支付失败', 'Refused', 'false', false],
  ['error', 2, 'requestPayment:ok', 'Error', 'false', false],
  ['pending_authorised', 3, 'requestPayment:ok', 'Pending', 'true', true],
  ['received_authorised', 4, 'requestPayment:ok', 'Received', 'true', true],
  ['pending_refused', 6, 'requestPayment:ok', 'Pending', 'false', false],
] as const

test.each(paidScenarios)('%s', async (scenario, digits, errMsg, resultCode, success, moved) => {
  // In real time nothing happens before `forward`.
  const shop = await openShop({ config: { speed: 1 } })
  const value = 1200 + digits
  const { prepayId, paymentData } = await startPayment(shop, value, 'r1')
  expect(await shop.tap(prepayId, 'pay')).toMatchObject({ body: { errMsg } })
  expect(await sendDetails(shop, paymentData, errMsg, 'key-1')).toMatchObject({ body: { resultCode } })
  expect(shop.webhooks).toHaveLength(0)

  await shop.forward(10_000)
  await shop.forward(10_000)
  await shop.waitUntilIdle()
  expect(shop.webhooks.map(({ item }) => `${item.eventCode} ${item.success}`)).toEqual([
    `AUTHORISATION ${success}`,
  ])
  const final = success === 'true' ? 'Authorised' : scenario === 'error' ? 'Error' : 'Refused'
  expect(await sendDetails(shop, paymentData, errMsg, 'key-2')).toMatchObject({ body: { resultCode: final } })
  expect(await shop.ledger()).toMatchObject([{ scenario, paid: moved ? value : 0 }])
})

test('pending_authorised is authorised soon after the first call, whatever the number of calls', async () => {
  const shop = await openShop({ config: { speed: 1 } })
  const { prepayId, paymentData } = await startPayment(shop, 1203, 'r1')
  const ask = async (key: string) => (await sendDetails(shop, paymentData, 'requestPayment:ok', key)).body
  expect(await ask('before')).toMatchObject({ resultCode: 'Pending' })
  await shop.tap(prepayId, 'pay')
  expect(await ask('first')).toMatchObject({ resultCode: 'Pending' })
  await shop.forward(2_000)
  expect(await ask('second')).toMatchObject({ resultCode: 'Pending' })
  await shop.forward(1_000)
  expect(await ask('third')).toMatchObject({ resultCode: 'Authorised' })
})

test('pending_authorised is authorised without a call of details', async () => {
  const shop = await openShop()
  const { prepayId } = await startPayment(shop, 1203, 'r1')
  await shop.tap(prepayId, 'pay')
  await shop.waitUntilIdle()
  expect(shop.webhooks.map(({ item }) => item.success)).toEqual(['true'])
})

test('refused_at_once has no cashier and a failed AUTHORISATION', async () => {
  const shop = await openShop()
  const { body } = await shop.checkout('/payments', paymentBody(await shop.login(), 1207, 'r1'))
  expect(body).toMatchObject({ resultCode: 'Refused', pspReference: expect.any(String) })
  expect(body).not.toHaveProperty('action')
  await shop.waitUntilIdle()
  expect(shop.webhooks.map(({ item }) => item.success)).toEqual(['false'])
})

const leftScenarios = [
  ['paid', 0, 'cancel', 'Cancelled'],
  ['cancel_pending', 26, 'cancel', 'Pending'],
  ['cancel_received', 27, 'cancel', 'Received'],
  ['cancel_refused', 28, 'cancel', 'Refused'],
  ['fail_cancelled', 31, 'pay', 'Cancelled'],
  ['fail_pending', 32, 'pay', 'Pending'],
  ['fail_received', 33, 'pay', 'Received'],
  ['fail_refused', 34, 'pay', 'Refused'],
] as const

test.each(leftScenarios)('%s', async (scenario, digits, tap, resultCode) => {
  const shop = await openShop()
  const value = 1200 + digits
  const { parameters, prepayId, paymentData } = await startPayment(shop, value, 'r1')
  const errMsg = tap === 'cancel' ? 'requestPayment:fail cancel' : 'requestPayment:fail 支付失败'
  expect(await shop.tap(prepayId, tap)).toMatchObject({ body: { errMsg } })
  expect(await sendDetails(shop, paymentData, errMsg, 'key-1')).toMatchObject({ body: { resultCode } })
  await shop.waitUntilIdle()
  const events = () => shop.webhooks.map(({ item }) => `${item.eventCode} ${item.success}`)
  const isOpen = resultCode === 'Pending' || resultCode === 'Received'
  expect(events()).toEqual(isOpen ? [] : ['OFFER_CLOSED true'])

  expect(await shop.openCashier(parameters)).toMatchObject({ status: isOpen ? 201 : 422 })
  const paying = [await shop.tap(prepayId, 'pay'), await sendDetails(shop, paymentData, errMsg, 'key-2')]
  expect(paying).toMatchObject([
    { body: { errMsg: `requestPayment:${isOpen ? 'ok' : 'fail 该订单已关闭'}` } },
    { body: { resultCode: isOpen ? 'Authorised' : resultCode } },
  ])
  expect(await shop.ledger()).toMatchObject([{ scenario, paid: isOpen ? value : 0 }])
})

test.each([
  ['cancel_unanswered', 29, 'cancel'],
  ['fail_unanswered', 36, 'pay'],
] as const)('%s: no call is answered until the money has moved', async (_, digits, tap) => {
  const shop = await openShop()
  const { prepayId, paymentData } = await startPayment(shop, 1200 + digits, 'r1')
  await shop.tap(prepayId, tap)
  for (const key of ['key-1', 'key-1', 'key-2'])
    await expect(sendDetails(shop, paymentData, 'requestPayment:fail', key)).rejects.toThrow('fetch failed')
  await shop.tap(prepayId, 'pay')
  expect(await sendDetails(shop, paymentData, 'requestPayment:fail', 'key-1')).toMatchObject({
    body: { resultCode: 'Authorised' },
  })
})

test('late_authorisation takes the money after the answer Cancelled', async () => {
  const shop = await openShop()
  const { prepayId, paymentData } = await startPayment(shop, 1208, 'r1')
  await shop.tap(prepayId, 'cancel')
  expect(await sendDetails(shop, paymentData, 'requestPayment:fail cancel', 'key-1')).toMatchObject({
    body: { resultCode: 'Cancelled' },
  })
  await shop.waitUntilIdle()
  expect(shop.webhooks.map(({ item }) => `${item.eventCode} ${item.success}`)).toEqual([
    'OFFER_CLOSED true',
    'AUTHORISATION true',
  ])
  expect(await shop.ledger()).toMatchObject([{ paid: 1208, result: 'authorised' }])
})

test('redirect_action: the parameters open the cashier; only the webhook has the result', async () => {
  const shop = await openShop()
  const { parameters, prepayId, paymentData } = await startPayment(shop, 1221, 'r1')
  expect(paymentData).toBe('')
  expect(await shop.openCashier(parameters)).toMatchObject({ status: 201 })
  await shop.tap(prepayId, 'pay')
  await shop.waitUntilIdle()
  expect(shop.webhooks.map(({ item }) => item.success)).toEqual(['true'])
})

test('a switched-on scenario overrides the amounts until it is switched off', async () => {
  const shop = await openShop()
  expect(await shop.setSwitches({ scenario: 'refused_at_once' })).toMatchObject({
    status: 200,
    body: { scenario: 'refused_at_once', faults: [] },
  })
  const openid = await shop.login()
  const pay = async (reference: string) =>
    (await shop.checkout('/payments', paymentBody(openid, 1200, reference))).body
  expect(await pay('r1')).toMatchObject({ resultCode: 'Refused' })
  expect(await pay('r2')).toMatchObject({ resultCode: 'Refused' })
  await shop.setSwitches({ scenario: null })
  expect(await pay('r3')).toMatchObject({ resultCode: 'Pending' })
})

test('partial refunds never exceed the payment, counting those in progress', async () => {
  const shop = await openShop({ config: { speed: 1 } })
  const { prepayId } = await startPayment(shop, 1000, 'r1')
  const [payment] = await shop.ledger()
  const refund = (value: number, reference: string) =>
    shop.checkout(`/payments/${payment?.pspReference}/refunds`, {
      merchantAccount: 'TaelTest',
      amount: { currency: 'CNY', value },
      reference,
    })
  await refund(1, 'unpaid')
  await shop.tap(prepayId, 'pay')
  const answers = [await refund(600, 'a'), await refund(500, 'too much'), await refund(400, 'b')]
  for (const answer of answers) expect(answer).toMatchObject({ status: 201, body: { status: 'received' } })
  expect(await shop.ledger()).toMatchObject([{ paid: 1000, refunded: 0 }])
  await shop.forward(1_000)
  await shop.waitUntilIdle()
  const outcomes = shop.webhooks
    .filter(({ item }) => item.eventCode === 'REFUND')
    .map(({ item }) => `${item.merchantReference} ${item.success} ${item.reason ?? ''}`)
  expect(outcomes).toEqual([
    "unpaid false Transaction hasn't been captured, refund not possible",
    'a true ',
    'too much false Insufficient balance on payment',
    'b true ',
  ])
  expect(await shop.ledger()).toMatchObject([{ paid: 1000, refunded: 1000 }])
})

test('a cancelled payment takes no money; a paid one cannot be cancelled', async () => {
  const shop = await openShop()
  const open = await startPayment(shop, 1000, 'r1')
  const paid = await startPayment(shop, 1000, 'r2')
  await shop.tap(paid.prepayId, 'pay')
  for (const paymentReference of ['r1', 'r2', 'nobody'])
    await shop.checkout('/cancels', { merchantAccount: 'TaelTest', paymentReference })
  expect(await shop.tap(open.prepayId, 'pay')).toMatchObject({
    body: { errMsg: 'requestPayment:fail 该订单已关闭' },
  })
  await shop.waitUntilIdle()
  const outcomes = shop.webhooks
    .filter(({ item }) => item.eventCode === 'TECHNICAL_CANCEL')
    .map(({ item }) => `${item.merchantReference} ${item.success}`)
  expect(outcomes).toEqual(['r1 true', 'r2 false', 'nobody false'])
  expect(await shop.ledger()).toMatchObject([{ paid: 0 }, { paid: 1000 }])
})
