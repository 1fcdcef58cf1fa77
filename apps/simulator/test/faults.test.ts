import { createCheckoutClient, PaymentResponse, readCashierData } from '@tael/adyen'
import { fetch } from 'undici'
import { expect, onTestFinished, test } from 'vitest'
import {
  APP_ID,
  type Merchant,
  readCashier,
  openShop,
  paymentBody,
  read,
  sessionQuery,
  startPayment,
} from './merchant.ts'

/** The server's client, which times out after 400 ms. */
function impatientClient(shop: Merchant) {
  const client = createCheckoutClient({
    baseUrl: `${shop.url}/v72`,
    apiKey: 'test-api-key',
    deadlineMs: 400,
    tryTimeoutMs: 300,
  })
  onTestFinished(() => client.close())
  return client
}

async function switchOn(shop: Merchant, name: string, call?: string): Promise<void> {
  const fault = { name, probability: 1, ...(call === undefined ? {} : { call }) }
  expect(await shop.setSwitches({ faults: [fault] })).toMatchObject({
    status: 200,
    body: { faults: [fault] },
  })
}

const unprocessed = [
  'lost_request',
  'timeout_before',
  'rate_limited',
  'transient_500',
  'unavailable_503',
  'in_progress_704',
]
const processed = ['lost_answer', 'timeout_after', 'truncated_json', 'html_page', 'wrong_schema']

test.each([
  ...unprocessed.map((name) => ({ name, payments: 0 })),
  ...processed.map((name) => ({ name, payments: 1 })),
])(
  '$name: unknown to the client, $payments payments; afterwards the same key gets the one payment',
  async ({ name, payments }) => {
    const shop = await openShop()
    const body = paymentBody(await shop.login(), 1200, 'r1')
    await switchOn(shop, name)
    expect(await impatientClient(shop).payments(body, 'key-1')).toMatchObject({ kind: 'unknown' })
    expect(await shop.ledger()).toHaveLength(payments)
    await shop.setSwitches({ faults: [] })
    expect(await shop.checkout('/payments', body, 'key-1')).toMatchObject({ status: 200 })
    expect(await shop.ledger()).toMatchObject([{ merchantReference: 'r1' }])
  },
)

test('permanent_500 is stored for its key; another key succeeds', async () => {
  const shop = await openShop()
  const body = paymentBody(await shop.login(), 1200, 'r1')
  await switchOn(shop, 'permanent_500')
  expect(await impatientClient(shop).payments(body, 'key-1')).toMatchObject({ kind: 'unknown' })
  const first = await shop.checkout('/payments', body, 'key-1')
  expect(first).toMatchObject({ status: 500, body: { errorType: 'internal' } })
  expect(first.headers.get('transient-error')).toBeNull()
  await shop.setSwitches({ faults: [] })
  expect((await shop.checkout('/payments', body, 'key-1')).body).toEqual(first.body)
  expect(await shop.checkout('/payments', body, 'key-2')).toMatchObject({ status: 200 })
})

test('permanent_500 does not replace a stored answer', async () => {
  const shop = await openShop()
  const body = paymentBody(await shop.login(), 1200, 'r1')
  const first = await shop.checkout('/payments', body, 'key-1')
  await switchOn(shop, 'permanent_500')
  expect((await shop.checkout('/payments', body, 'key-1')).body).toEqual(first.body)
})

test.each(['v72', 'v66'])('missing_package: in %s the cashier cannot be opened', async (version) => {
  const shop = await openShop()
  const body = paymentBody(await shop.login(), 1200, 'r1')
  await switchOn(shop, 'missing_package')
  const answer = await shop.checkout('/payments', body, 'key-1', version)
  expect(answer.status).toBe(200)
  expect(readCashierData(read(PaymentResponse, answer.body), APP_ID)).toEqual({
    kind: 'unusable',
    problems: ['package is missing'],
  })
})

test('other_reference and other_amount change the answer, not the payment', async () => {
  const shop = await openShop()
  const { prepayId, paymentData } = await startPayment(shop, 1200, 'r1')
  await shop.tap(prepayId, 'pay')
  const details = { paymentData, details: { paymentStatus: 'requestPayment:ok' } }
  const [payment] = await shop.ledger()
  await switchOn(shop, 'other_reference')
  const other = await shop.checkout('/payments/details', details, 'key-1')
  expect(other.body).toMatchObject({ resultCode: 'Authorised', amount: { currency: 'CNY', value: 1200 } })
  expect(other.body).not.toMatchObject({ merchantReference: 'r1' })
  expect(other.body).not.toMatchObject({ pspReference: payment?.pspReference })
  await switchOn(shop, 'other_amount')
  expect(await shop.checkout('/payments/details', details, 'key-1')).toMatchObject({
    body: { merchantReference: 'r1', amount: { currency: 'CNY', value: 1201 } },
  })
  expect(await shop.ledger()).toEqual([payment])
})

test('truncated_json is half an answer, html_page an HTML page', async () => {
  const shop = await openShop()
  const ask = async () => {
    const answer = await fetch(`${shop.url}/v72/paymentMethods`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': 'test-api-key' },
      body: '{"merchantAccount":"TaelTest"}',
    })
    return `${answer.status} ${answer.headers.get('content-type')} ${await answer.text()}`
  }
  await switchOn(shop, 'truncated_json')
  expect(await ask()).toBe('200 application/json; charset=utf-8 {"paymentMethods":[{"name":"WeChat P')
  await switchOn(shop, 'html_page')
  expect(await ask()).toMatch(/^502 text\/html; charset=utf-8 <!doctype html>/)
})

test('no_wechat_pay lists other payment methods only, and hits no other call', async () => {
  const shop = await openShop()
  await switchOn(shop, 'no_wechat_pay', 'paymentMethods')
  expect((await shop.checkout('/paymentMethods', { merchantAccount: 'TaelTest' })).body).toEqual({
    paymentMethods: [{ name: 'Cards', type: 'scheme' }],
  })
  for (const call of [undefined, 'payments'])
    expect(
      await shop.setSwitches({ faults: [{ name: 'no_wechat_pay', probability: 1, call }] }),
    ).toMatchObject({
      status: 400,
    })
})

test('a fault with a target hits one call to Adyen and no other', async () => {
  const shop = await openShop()
  const { prepayId } = await startPayment(shop, 1200, 'r1')
  await shop.tap(prepayId, 'pay')
  const [payment] = await shop.ledger()
  const calls = {
    refunds: `/payments/${payment?.pspReference}/refunds`,
    cancels: `/payments/${payment?.pspReference}/cancels`,
    reversals: `/payments/${payment?.pspReference}/reversals`,
    technicalCancels: '/cancels',
    paymentMethods: '/paymentMethods',
  }
  const body = {
    merchantAccount: 'TaelTest',
    paymentReference: 'r1',
    amount: { currency: 'CNY', value: 1 },
  }
  for (const target of Object.keys(calls)) {
    await switchOn(shop, 'rate_limited', target)
    for (const [name, path] of Object.entries(calls)) {
      const { status } = await shop.checkout(path, body)
      expect(`${name} ${status === 429}`).toBe(`${name} ${name === target}`)
    }
  }
  expect(
    await shop.setSwitches({ faults: [{ name: 'rate_limited', probability: 1, call: 'x' }] }),
  ).toMatchObject({ status: 400 })
})

test('a fault with a shopper hits only theirs, from the login to the refund', async () => {
  const shop = await openShop()
  const [alice, bob] = [await shop.login('alice'), await shop.login('bob')]
  const hit = async (path: string, body: object): Promise<boolean> =>
    (await shop.checkout(path, body)).status === 429
  const payment = async (openid: string, reference: string) => {
    const started = readCashier((await shop.checkout('/payments', paymentBody(openid, 1200, reference))).body)
    const ledger = await shop.ledger()
    return { ...started, ...ledger.find(({ merchantReference }) => merchantReference === reference) }
  }
  const [hers, his] = [await payment(alice, 'hers'), await payment(bob, 'his')]
  const faults = ['rate_limited', 'login_busy'].map((name) => ({ name, probability: 1, shopper: 'alice' }))
  expect(await shop.setSwitches({ faults })).toMatchObject({ status: 200, body: { faults } })

  const details = { paymentStatus: 'requestPayment:ok' }
  const modification = { merchantAccount: 'TaelTest', amount: { currency: 'CNY', value: 1 } }
  const calls = ({ paymentData, pspReference, merchantReference }: typeof hers): [string, object][] => [
    ['/payments/details', { paymentData, details }],
    [`/payments/${pspReference}/refunds`, modification],
    [`/payments/${pspReference}/cancels`, modification],
    [`/payments/${pspReference}/reversals`, modification],
    ['/cancels', { ...modification, paymentReference: merchantReference }],
  ]
  for (const [path, body] of calls(hers)) expect([path, await hit(path, body)]).toEqual([path, true])
  for (const [path, body] of calls(his)) expect([path, await hit(path, body)]).toEqual([path, false])
  expect(await hit('/payments', paymentBody(alice, 1200, 'next'))).toBe(true)
  expect(await hit('/payments', paymentBody(bob, 1200, 'next'))).toBe(false)
  expect(await hit('/cancels', { ...modification, paymentReference: 'of nobody' })).toBe(false)
  expect((await shop.session(sessionQuery(await shop.code('alice')))).body).toMatchObject({ errcode: -1 })
  expect((await shop.session(sessionQuery(await shop.code('bob')))).body).not.toHaveProperty('errcode')
})

test('a fault hits as often as it says, counted again when it is switched off and on', async () => {
  const shop = await openShop()
  const twice = { name: 'rate_limited', probability: 1, times: 2 }
  const other = { name: 'rate_limited', probability: 1, call: 'refunds' }
  const statuses: number[] = []
  for (const faults of [[twice], [twice, other], [other, twice], [], [twice], [twice], [twice]]) {
    await shop.setSwitches({ faults })
    statuses.push((await shop.checkout('/paymentMethods', { merchantAccount: 'TaelTest' })).status)
  }
  expect(statuses).toEqual([429, 429, 200, 200, 429, 429, 200])
})

test.each([
  { name: 'login_busy', call: 'payments' },
  { name: 'login_busy', call: 'token' },
  { name: 'rate_limited', call: 'message' },
  { name: 'wechat_busy', call: 'payments' },
  { name: 'wechat_busy', call: 'token', shopper: 'alice' },
  { name: 'wechat_token_refused', call: 'token' },
  { name: 'webhook_lost', call: 'payments' },
  { name: 'webhook_lost', shopper: 'alice' },
  { name: 'rate_limited', times: 0 },
  { name: 'rate_limited', shopper: '' },
])('a fault with a target that it cannot hit is refused: %j', async (fault) => {
  const shop = await openShop()
  expect(await shop.setSwitches({ faults: [{ probability: 1, ...fault }] })).toMatchObject({ status: 400 })
})

test.each([
  ['login_lost_answer', /fetch failed/],
  ['login_timeout', /timeout/],
  ['login_truncated_json', /JSON/],
  ['login_html_page', /JSON/],
])('%s: the answer is unreadable, and the code is used up', async (name, problem) => {
  const shop = await openShop()
  const code = await shop.code()
  await switchOn(shop, name)
  const url = `${shop.url}/sns/jscode2session?${new URLSearchParams(sessionQuery(code)).toString()}`
  await expect(
    fetch(url, { signal: AbortSignal.timeout(2_000) }).then((answer) => answer.json()),
  ).rejects.toThrow(problem)
  await shop.setSwitches({ faults: [] })
  expect(await shop.session(sessionQuery(code))).toMatchObject({ body: { errcode: 40163 } })
})

test('login_wrong_schema answers with the openid one level deeper', async () => {
  const shop = await openShop()
  await switchOn(shop, 'login_wrong_schema')
  expect((await shop.session(sessionQuery(await shop.code()))).body).toEqual({
    response: { openid: expect.any(String), session_key: expect.any(String) },
  })
})

/** The statuses of twenty calls under a fault, with or without webhooks in between. */
async function answersUnder(hasWebhooks: boolean): Promise<number[]> {
  const shop = await openShop({ config: { seed: 7, speed: 100_000 } })
  await shop.setSwitches({
    faults: [
      { name: 'webhook_lost', probability: 0.5 },
      { name: 'rate_limited', probability: 0.5 },
    ],
  })
  const statuses: number[] = []
  for (let call = 0; call < 20; call += 1) {
    if (hasWebhooks) await shop.send('POST', '/simulator/webhooks', {})
    statuses.push((await shop.checkout('/paymentMethods', { merchantAccount: 'TaelTest' })).status)
  }
  return statuses
}

test('the faults of webhooks do not change those of calls', async () => {
  const alone = await answersUnder(false)
  expect(new Set(alone)).toEqual(new Set([200, 429]))
  expect(await answersUnder(true)).toEqual(alone)
})
