import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { createCall, shopperRoutes } from '@tael/contracts'
import { credentials } from '@tael/stack'
import { expect, test } from 'vitest'
import {
  atCashier,
  callTo,
  idle,
  logged,
  loginCode,
  openShop,
  order,
  paid,
  pay,
  row,
  stringIn,
  submit,
  withFault,
} from './shop.ts'

/** Stands between the server and WeChat, and keeps what WeChat said: session_key and access token are seen nowhere else. */
async function listenIn(wechatUrl: () => string) {
  const answers: string[] = []
  const server = createServer((request, response) => {
    // What cuts us off cuts off the server too.
    pass(request, response).catch(() => request.socket.destroy())
  })
  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url = '', method = 'GET' } = request
    const body = await text(request)
    const json = { 'content-type': 'application/json' }
    const sent = body === '' ? { method } : { method, headers: json, body }
    const answer = await fetch(wechatUrl() + url, sent)
    const said = await answer.text()
    answers.push(said)
    response.writeHead(answer.status, json).end(said)
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  return { url: `http://127.0.0.1:${address.port}`, answers, close: () => server.close() }
}

test('the whole log and every answer of a payment hold no secret, openid, session_key, token or paymentData', async () => {
  let simulatorUrl = ''
  const wechat = await listenIn(() => simulatorUrl)
  const shop = await openShop({
    LOG_LEVEL: 'trace',
    WECHAT_API_URL: wechat.url,
    PAID_MESSAGE_TEMPLATE_ID: 'tmpl',
    PAID_MESSAGE_FIELDS: 'amount1=amount',
  })
  simulatorUrl = shop.simulator.url

  const answered: string[] = []
  const recorded = createCall(async ({ method, path, headers, body, timeoutMs }) => {
    const sent = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) }
    const answer = await fetch(shop.server.url + path, { ...sent, signal: AbortSignal.timeout(timeoutMs) })
    const said = await answer.text()
    answered.push(said)
    return { status: answer.status, body: JSON.parse(said) }
  })
  const heard = { ...shop, call: recorded }
  const { token } = await callTo(shop.server.url)(shopperRoutes.login, {
    body: { code: await loginCode(shop, 'alice') },
  })
  const started = await pay(heard, token, await order(heard, token, 3900))
  await submit(heard, token, started.payment.id, await atCashier(heard, started, 'pay'))
  await idle(shop)
  await recorded(shopperRoutes.listOrders, {}, { token })
  await recorded(shopperRoutes.getPayment, { params: { paymentId: started.payment.id } }, { token })
  await logged(shop.server, /the shopper has no subscription/, 30_000)
  // A call that fails is logged too: its address holds the token.
  await withFault(shop, 'wechat_lost_answer', async () => {
    await paid(shop, token, 3800)
    await logged(shop.server, /WeChat did not accept the payment message/, 30_000)
  })
  await recorded(shopperRoutes.logout, {}, { token })

  const log = await logged(shop.server, /"path":"\/logout"[^]*"msg":"request completed"/)

  const { payment_data: paymentData } = await row(
    shop,
    'select payment_data from payments order by id limit 1',
  )
  const session: unknown = JSON.parse(wechat.answers[0] ?? '')
  const accessToken: unknown = JSON.parse(wechat.answers.find((said) => said.includes('access_token')) ?? '')
  const { ADYEN_MERCHANT_ACCOUNT: _account, WECHAT_APP_ID: _appId, ...secrets } = credentials
  const hidden = {
    ...secrets,
    ADYEN_WEBHOOK_USERNAME: Buffer.from(
      `${credentials.ADYEN_WEBHOOK_USERNAME}:${credentials.ADYEN_WEBHOOK_PASSWORD}`,
    ).toString('base64'),
    token,
    openid: stringIn(session, 'openid'),
    session_key: stringIn(session, 'session_key'),
    access_token: stringIn(accessToken, 'access_token'),
    paymentData: String(paymentData),
  }
  const all = Object.entries(hidden)
  expect(all.filter(([, secret]) => secret.length < 16)).toEqual([])
  expect(all.filter(([, secret]) => log.includes(secret))).toEqual([])
  expect(all.filter(([, secret]) => answered.join('\n').includes(secret))).toEqual([])
  // What opens the cashier belongs to the phone alone.
  expect(log).not.toContain(started.requestPayment?.paySign)
  wechat.close()
  await shop.close()
})

test('an openid that Adyen repeats in a refusal is written nowhere', async () => {
  const shop = await openShop({ LOG_LEVEL: 'trace' })
  const { token } = await shop.call(shopperRoutes.login, { body: { code: await loginCode(shop, 'alice') } })
  const placed = await order(shop, token, 3900)
  // Of another app: WeChat refuses it, and Adyen says which it was.
  const openid = 'o1234567890abcdefOFOTHERAPP0'
  await shop.db.query('update shoppers set openid = $1', [openid])
  await pay(shop, token, placed)
  const { detail } = await row(
    shop,
    `select detail::text as detail from payment_events where type = 'start_rejected'`,
  )
  expect(detail).toContain('openid不匹配: [openid]')
  expect(await logged(shop.server, /Adyen refused the call/)).not.toContain(openid)
  await shop.close()
})
