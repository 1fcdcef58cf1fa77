import { expect, test } from 'vitest'
import { readCashier, openShop, paymentBody, sendDetails, startPayment } from './merchant.ts'

test('/payments/details answers what WeChat knows, not what the callback claims', async () => {
  const shop = await openShop()
  const { prepayId, paymentData } = await startPayment(shop, 1280, 'r1')
  const details = (errMsg: string, key: string) => sendDetails(shop, paymentData, errMsg, key)
  expect(await details('requestPayment:ok', 'k1')).toMatchObject({
    status: 200,
    body: { resultCode: 'Pending' },
  })
  expect(await details('requestPayment:fail cancel', 'k2')).toMatchObject({ body: { resultCode: 'Pending' } })
  await shop.tap(prepayId, 'pay')
  expect(await details('requestPayment:fail cancel', 'k3')).toMatchObject({
    body: { resultCode: 'Authorised', merchantReference: 'r1', amount: { currency: 'CNY', value: 1280 } },
  })
})

test('the webhook is sent without /payments/details', async () => {
  const shop = await openShop()
  const { prepayId } = await startPayment(shop, 1280, 'r1')
  await shop.tap(prepayId, 'pay')
  await shop.waitUntilIdle()
  expect(shop.webhooks.map(({ item }) => item)).toMatchObject([
    { eventCode: 'AUTHORISATION', success: 'true', merchantReference: 'r1', amount: { value: 1280 } },
  ])
})

test.each([
  [{ 'x-api-key': 'wrong' }, {}, 401, '000'],
  [{}, { merchantAccount: 'Another' }, 403, '901'],
  [{}, { amount: undefined }, 422, '100'],
  [{}, { amount: { currency: 'CNY', value: 0 } }, 422, '137'],
  [{}, { amount: { currency: 'CNY', value: '1280' } }, 400, '702'],
  [{}, { amount: { currency: 'yuan', value: 1280 } }, 422, '138'],
  [{}, { amount: { currency: 'ABC', value: 1280 } }, 422, '138'],
  [{}, { channel: 'MiniProgram' }, 400, '702'],
  [{}, { countryCode: 'ZZ' }, 422, '702'],
  [{}, { countryCode: 'cn' }, 422, '702'],
  [{}, { shopperReference: 'ab' }, 422, '702'],
  [{}, { returnUrl: 'shop.example' }, 422, '702'],
  [{}, { reference: undefined }, 422, '130'],
  [{}, { returnUrl: undefined }, 422, '14_030'],
  [{}, { paymentMethod: { type: 'scheme' } }, 500, '905'],
  [{ 'idempotency-key': 'k'.repeat(65) }, {}, 400, '702'],
])('headers %j and body %j are refused with %i %s', async (headers, wrong, status, errorCode) => {
  const shop = await openShop()
  const body = { ...paymentBody(await shop.login(), 1280, 'r1'), ...wrong }
  expect(
    await shop.send('POST', '/v72/payments', body, { 'x-api-key': 'test-api-key', ...headers }),
  ).toMatchObject({
    status,
    body: { status, errorCode },
  })
  expect(await shop.ledger()).toEqual([])
})

test.each([
  [{ openid: 'o_of_another_app' }, 'appid和openid不匹配: o_of_another_app'],
  [{ openid: '' }, 'JSAPI支付必须传openid'],
  [{ appId: 'wx_other' }, 'appid和mch_id不匹配'],
])("%j is refused with WeChat's text", async (wrong, message) => {
  const shop = await openShop()
  const body = paymentBody(await shop.login(), 1280, 'r1')
  const answer = await shop.checkout('/payments', {
    ...body,
    paymentMethod: { ...body.paymentMethod, ...wrong },
  })
  expect(answer).toMatchObject({ status: 422, body: { message } })
})

test('a request with every field that Adyen checks is accepted', async () => {
  const shop = await openShop()
  const body = paymentBody(await shop.login(), 1280, 'r1')
  const more = { channel: 'iOS', countryCode: 'GB', shopperReference: 'abc', returnUrl: 'my-app://done' }
  expect(await shop.checkout('/payments', { ...body, ...more })).toMatchObject({ status: 200 })
})

test('fields that Adyen does not know are refused by name, wherever they are', async () => {
  const shop = await openShop()
  const body = paymentBody(await shop.login(), 1280, 'r1')
  const { amount, merchantAccount, paymentMethod } = body
  const details = { paymentStatus: 'requestPayment:ok' }
  const wrong: [string, object, string][] = [
    [
      '/payments',
      { ...body, orderId: '1', note: '' },
      'PaymentRequest contains the following unknown fields: [orderId, note]',
    ],
    [
      '/payments',
      { ...body, amount: { ...amount, exponent: 2 } },
      'Amount contains the following unknown fields: [exponent]',
    ],
    [
      '/payments',
      { ...body, paymentMethod: { ...paymentMethod, unionid: 'u' } },
      'WeChatPayMiniProgramDetails contains the following unknown fields: [unionid]',
    ],
    [
      '/payments/details',
      { details, merchantAccount },
      'PaymentDetailsRequest contains the following unknown fields: [merchantAccount]',
    ],
    [
      '/payments/details',
      { details: { ...details, errMsg: '' } },
      'PaymentCompletionDetails contains the following unknown fields: [errMsg]',
    ],
    [
      '/payments/ABCDEFGHIJKLMNOP/refunds',
      { merchantAccount, amount, reason: '' },
      'PaymentRefundRequest contains the following unknown fields: [reason]',
    ],
    [
      '/payments/ABCDEFGHIJKLMNOP/cancels',
      { merchantAccount, amount },
      'PaymentCancelRequest contains the following unknown fields: [amount]',
    ],
    [
      '/payments/ABCDEFGHIJKLMNOP/reversals',
      { merchantAccount, amount },
      'PaymentReversalRequest contains the following unknown fields: [amount]',
    ],
    [
      '/cancels',
      { merchantAccount, paymentReference: 'r1', why: '' },
      'StandalonePaymentCancelRequest contains the following unknown fields: [why]',
    ],
    [
      '/paymentMethods',
      { merchantAccount, appId: '' },
      'PaymentMethodsRequest contains the following unknown fields: [appId]',
    ],
  ]
  for (const [path, sent, fields] of wrong) {
    expect(await shop.checkout(path, sent)).toMatchObject({
      status: 400,
      body: { errorCode: '702', errorType: 'validation', message: `Structure of ${fields}` },
    })
  }
  expect(await shop.ledger()).toEqual([])
})

test('invalid JSON is unexpected input', async () => {
  const shop = await openShop()
  expect(await shop.checkout('/payments', '{"merchantAccount":')).toMatchObject({
    status: 400,
    body: { errorCode: '702', errorType: 'validation' },
  })
})

test.each([
  [{ details: { paymentStatus: 'requestPayment:ok' } }, '702'],
  [{ paymentData: 'unknown', details: { paymentStatus: 'requestPayment:ok' } }, '702'],
  [{ paymentData: 'unknown', details: { paymentStatus: 'ok' } }, '702'],
  [{ paymentData: 'unknown' }, '100'],
])('/payments/details refuses %j', async (body, errorCode) => {
  const shop = await openShop()
  expect(await shop.checkout('/payments/details', body)).toMatchObject({ status: 422, body: { errorCode } })
})

test('versions outside v40 to v72 do not exist', async () => {
  const shop = await openShop()
  const body = paymentBody(await shop.login(), 1280, 'r1')
  expect(await shop.checkout('/payments', body, undefined, 'v39')).toMatchObject({ status: 404 })
  expect(await shop.checkout('/payments', body, undefined, 'v73')).toMatchObject({ status: 404 })
})

test('v66 answers in the classic shape, v67 with an action; both open the cashier', async () => {
  const shop = await openShop()
  const openid = await shop.login()
  const classic = await shop.checkout('/payments', paymentBody(openid, 1280, 'r1'), undefined, 'v66')
  expect(classic.body).toMatchObject({
    resultCode: 'RedirectShopper',
    redirect: { data: { package: expect.stringMatching(/^prepay_id=/) } },
    details: [{ key: 'paymentStatus' }],
  })
  expect(classic.body).not.toHaveProperty('action')
  const action = await shop.checkout('/payments', paymentBody(openid, 1280, 'r2'), undefined, 'v67')
  expect(action.body).toMatchObject({ resultCode: 'Pending', action: { type: 'sdk' } })
  expect(action.body).not.toHaveProperty('paymentData')
  for (const { body } of [classic, action]) {
    expect(await shop.openCashier(readCashier(body).parameters)).toMatchObject({ status: 201 })
    expect(readCashier(body).paymentData).not.toBe('')
  }
})

test('/paymentMethods offers WeChat Pay', async () => {
  const shop = await openShop()
  const { body } = await shop.checkout('/paymentMethods', { merchantAccount: 'TaelTest' })
  expect(body).toEqual({ paymentMethods: [{ name: 'WeChat Pay', type: 'wechatpayMiniProgram' }] })
  expect(await shop.checkout('/paymentMethods', { merchantAccount: 'Another' })).toMatchObject({
    status: 403,
  })
})
