import * as Type from '@sinclair/typebox'
import { expect, test } from 'vitest'
import { APP_ID, type Merchant, openShop, read, startPayment } from './merchant.ts'

const credentials = { grant_type: 'client_credential', appid: APP_ID, secret: 'app-secret' }
const SEND = '/cgi-bin/message/subscribe/send'
const UPLOAD = '/wxa/sec/order/upload_shipping_info'

async function token(shop: Merchant): Promise<string> {
  const { body } = await shop.send('POST', '/cgi-bin/stable_token', credentials)
  return read(Type.Object({ access_token: Type.String(), expires_in: Type.Integer() }), body).access_token
}

const post = async (shop: Merchant, path: string, accessToken: string, body: object) =>
  (await shop.send('POST', `${path}?access_token=${accessToken}`, body)).body

const subscribe = (shop: Merchant) =>
  shop.send('POST', '/simulator/wechat/subscriptions', { shopper: 'alice', templateId: 'tmpl' })

const message = (touser: string, data: object = { thing1: { value: '龙井茶' } }) => ({
  touser,
  template_id: 'tmpl',
  page: 'pages/order/order?id=1',
  data,
})

test('every caller gets the same access token until its last five minutes; then both are valid', async () => {
  const shop = await openShop()
  const openid = await shop.login()
  const first = await token(shop)
  await shop.forward(6_890_000)
  expect(await token(shop)).toBe(first)
  await shop.forward(11_000)
  const second = await token(shop)
  expect(second).not.toBe(first)
  for (const valid of [first, second]) {
    expect(await post(shop, SEND, valid, message(openid))).toMatchObject({ errcode: 43101 })
  }
  await shop.forward(300_000)
  expect(await post(shop, SEND, first, message(openid))).toMatchObject({ errcode: 42001 })
  expect(await post(shop, SEND, 'made-up', message(openid))).toMatchObject({ errcode: 40001 })
  expect(await post(shop, SEND, '', message(openid))).toMatchObject({ errcode: 41001 })
})

test.each([
  [{ grant_type: 'other' }, 40002],
  [{ appid: 'wx_other' }, 40013],
  [{ secret: 'wrong' }, 40125],
])('%j gets no token but errcode %i', async (wrong, errcode) => {
  const shop = await openShop()
  const answer = await shop.send('POST', '/cgi-bin/stable_token', { ...credentials, ...wrong })
  expect(answer).toMatchObject({ status: 200, body: { errcode } })
})

test('a shopper gets as many messages as they subscribed to', async () => {
  const shop = await openShop()
  const [openid, accessToken] = [await shop.login(), await token(shop)]
  await subscribe(shop)
  expect(await post(shop, SEND, accessToken, message(openid))).toMatchObject({ errcode: 0 })
  expect(await post(shop, SEND, accessToken, message(openid))).toMatchObject({ errcode: 43101 })
})

test.each([
  [{ thing1: { value: '二十一个字二十一个字二十一个字二十一个字二' } }, 47003],
  [{ character_string1: { value: 'a'.repeat(33) } }, 47003],
  [{ amount1: { value: '¥1,280.00' } }, 47003],
  [{ time1: { value: '2026-11-23T12:00:00Z' } }, 47003],
  [{ phrase1: { value: 'paid' } }, 47003],
  [{}, 47003],
  [{ thing1: '龙井茶' }, 47001],
])('WeChat refuses the data %j with errcode %i', async (data, errcode) => {
  const shop = await openShop()
  const [openid, accessToken] = [await shop.login(), await token(shop)]
  await subscribe(shop)
  expect(await post(shop, SEND, accessToken, message(openid, data))).toMatchObject({ errcode })
})

const shipment = (key: object, openid: string, more: object = {}) => ({
  order_key: key,
  logistics_type: 1,
  delivery_mode: 1,
  shipping_list: [{ item_desc: 'tea', tracking_no: '1', express_company: 'ZTO' }],
  upload_time: '2026-11-23T12:00:00.000Z',
  payer: { openid },
  ...more,
})

/** A paid payment, with its ids at WeChat and Adyen. */
async function paid(shop: Merchant) {
  const { prepayId } = await startPayment(shop, 1200, 'r1')
  const { body } = await shop.send('GET', '/simulator/ledger')
  const unpaid = read(Ledger, body).payments[0]
  const key = { order_number_type: 1, mchid: '19', out_trade_no: unpaid?.pspReference }
  const openid = unpaid?.openid ?? ''
  const accessToken = await token(shop)
  expect(await post(shop, UPLOAD, accessToken, shipment(key, openid))).toMatchObject({ errcode: 10060001 })
  await shop.tap(prepayId, 'pay')
  const moved = read(Ledger, (await shop.send('GET', '/simulator/ledger')).body).payments[0]
  return { accessToken, key, openid, transactionId: moved?.transactionId }
}

const Ledger = Type.Object({
  payments: Type.Array(
    Type.Object({
      pspReference: Type.String(),
      openid: Type.String(),
      transactionId: Type.Union([Type.String(), Type.Null()]),
    }),
  ),
})

test('a shipment is accepted by either id of its payment, refused unchanged, and changed once', async () => {
  const shop = await openShop()
  const { accessToken, key, openid, transactionId } = await paid(shop)
  const upload = (body: object) => post(shop, UPLOAD, accessToken, body)
  expect(await upload(shipment(key, openid))).toMatchObject({ errcode: 0 })
  const byNumber = { order_number_type: 2, transaction_id: transactionId }
  expect(await upload(shipment(byNumber, openid))).toMatchObject({ errcode: 10060023 })
  expect(await upload(shipment(byNumber, openid, { logistics_type: 4 }))).toMatchObject({ errcode: 0 })
  expect(await upload(shipment(byNumber, openid, { logistics_type: 3 }))).toMatchObject({ errcode: 10060003 })
  expect(await upload(shipment(byNumber, 'o-somebody-else'))).toMatchObject({ errcode: 10060031 })
})

test.each([
  [{ order_key: { order_number_type: 3 } }, 268485194],
  [{ order_key: { order_number_type: 2 } }, 268485195],
  [{ order_key: { order_number_type: 1, out_trade_no: 'x' } }, 268485196],
  [{ order_key: { order_number_type: 1, mchid: '19' } }, 268485197],
  [{ logistics_type: 5 }, 10060005],
  [{ delivery_mode: 2 }, 268485224],
  [{ shipping_list: [] }, 268485228],
  [{ shipping_list: [{ tracking_no: '1', express_company: 'ZTO' }] }, 10060008],
  [{ shipping_list: [{ item_desc: 'x'.repeat(121), tracking_no: '1', express_company: 'ZTO' }] }, 10060009],
  [{ shipping_list: [{ item_desc: 'tea', express_company: 'ZTO' }] }, 268485226],
  [{ shipping_list: [{ item_desc: 'tea', tracking_no: '1' }] }, 268485227],
  [{ shipping_list: [{ item_desc: 'tea', tracking_no: '1', express_company: 'SF' }] }, 10060014],
  [{ upload_time: '1693564249' }, 268485216],
])('a shipment with %j is refused with errcode %i', async (wrong, errcode) => {
  const shop = await openShop()
  const { accessToken, key, openid } = await paid(shop)
  expect(await post(shop, UPLOAD, accessToken, shipment(key, openid, wrong))).toMatchObject({ errcode })
})

test.each([
  ['wechat_busy', -1],
  ['wechat_rate_limited', 45011],
  ['wechat_token_refused', 40001],
])('%s: errcode %i, and nothing happens', async (name, errcode) => {
  const shop = await openShop()
  const [openid, accessToken] = [await shop.login(), await token(shop)]
  await subscribe(shop)
  await shop.setSwitches({ faults: [{ name, probability: 1 }] })
  expect(await post(shop, SEND, accessToken, message(openid))).toMatchObject({ errcode })
  await shop.setSwitches({ faults: [] })
  expect(await post(shop, SEND, accessToken, message(openid))).toMatchObject({ errcode: 0 })
})

test.each([
  ['wechat_lost_request', 'fetch failed', 0],
  ['wechat_timeout_before', 'timeout', 0],
  ['wechat_lost_answer', 'fetch failed', 43101],
  ['wechat_timeout_after', 'timeout', 43101],
  ['wechat_truncated_json', 'JSON', 43101],
  ['wechat_html_page', 'JSON', 43101],
])(
  '%s: no readable answer (%s), and a retry of the message gets errcode %i',
  async (name, problem, errcode) => {
    const shop = await openShop()
    const [openid, accessToken] = [await shop.login(), await token(shop)]
    await subscribe(shop)
    await shop.setSwitches({ faults: [{ name, probability: 1, call: 'message', shopper: 'alice' }] })
    const url = `${shop.url}${SEND}?access_token=${accessToken}`
    const body = JSON.stringify(message(openid))
    const headers = { 'content-type': 'application/json' }
    await expect(
      fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(2_000) }).then((answer) =>
        answer.json(),
      ),
    ).rejects.toThrow(problem)
    await shop.setSwitches({ faults: [] })
    expect(await post(shop, SEND, accessToken, message(openid))).toMatchObject({ errcode })
  },
)

test.each([
  ['wechat_http_429', 429],
  ['wechat_http_500', 500],
  ['wechat_http_503', 503],
])('%s hits the call it targets, and nothing happens', async (name, status) => {
  const shop = await openShop()
  const [openid, accessToken] = [await shop.login(), await token(shop)]
  await subscribe(shop)
  await shop.setSwitches({ faults: [{ name, probability: 1, call: 'token' }] })
  expect(await shop.send('POST', '/cgi-bin/stable_token', credentials)).toMatchObject({ status, body: {} })
  expect(await post(shop, SEND, accessToken, message(openid))).toMatchObject({ errcode: 0 })
})

test('Adyen passes WeChat’s transaction id on in the configured field, once the payment is paid', async () => {
  const shop = await openShop({ config: { transactionIdField: 'aField' } })
  await paid(shop)
  await shop.waitUntilIdle()
  expect(shop.webhooks.map(({ item }) => item.additionalData?.['aField'])).toEqual([
    expect.stringMatching(/^42000\d{23}$/),
  ])
  const silent = await openShop()
  await paid(silent)
  await silent.waitUntilIdle()
  expect(JSON.stringify(silent.webhooks)).not.toContain('42000')
})

test('the log shows the calls without the token', async () => {
  const shop = await openShop()
  const [openid, accessToken] = [await shop.login(), await token(shop)]
  await post(shop, SEND, accessToken, message(openid))
  const entries = await shop.callLog()
  const labels = entries.filter(({ from }) => from === 'server').map(({ label }) => label)
  expect(labels).toEqual(expect.arrayContaining(['POST /cgi-bin/stable_token', `POST ${SEND}`]))
  expect(JSON.stringify(entries)).not.toContain(accessToken)
  expect(JSON.stringify(entries)).not.toContain('app-secret')
})

test('whoever has a token learns the addresses of the API, and the domains and templates of the app', async () => {
  const shop = await openShop()
  const accessToken = await token(shop)
  const get = async (path: string, given: string) =>
    (await shop.send('GET', `${path}?access_token=${given}`)).body
  expect(await get('/cgi-bin/get_api_domain_ip', accessToken)).toEqual({
    ip_list: ['192.0.2.1', '192.0.2.2'],
  })
  expect(await get('/cgi-bin/get_api_domain_ip', 'made-up')).toMatchObject({ errcode: 40001 })
  expect(await post(shop, '/wxa/getwxadevinfo', accessToken, { action: 'getserverdomain' })).toMatchObject({
    errcode: 0,
    requestdomain: ['https://shop.example'],
  })
  expect(await get('/wxaapi/newtmpl/gettemplate', accessToken)).toMatchObject({
    data: [{ priTmplId: 'template-1', content: '字段:{{amount2.DATA}}\n字段:{{thing4.DATA}}\n' }],
  })
})

test('a server that is not on the IP list of the app gets no token', async () => {
  const shop = await openShop()
  const faults = [{ name: 'wechat_ip_refused', probability: 1, call: 'token' }]
  expect(await shop.setSwitches({ faults })).toMatchObject({ status: 200 })
  expect((await shop.send('POST', '/cgi-bin/stable_token', credentials)).body).toMatchObject({
    errcode: 40164,
  })
})
