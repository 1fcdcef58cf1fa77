import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import * as Type from '@sinclair/typebox'
import { Check, Parse } from '@sinclair/typebox/value'
import { createCall } from '@tael/contracts'
import { credentials } from '@tael/stack'
import { expect, test } from 'vitest'
import { openShop, waitForLog } from './actors/index.ts'

const WeChatSession = Type.Object({ openid: Type.String(), session_key: Type.String() })
const AccessToken = Type.Object({ access_token: Type.String() })

/**
 * A proxy between the server and WeChat that keeps WeChat's answers: only they hold session_key and
 * access token.
 */
async function startProxy(weChatUrl: () => string) {
  const answers: unknown[] = []
  const server = createServer((request, response) => {
    // Where WeChat cuts the connection, the server's is cut too.
    forward(request, response).catch(() => request.socket.destroy())
  })
  async function forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url = '', method = 'GET' } = request
    const body = await text(request)
    const json = { 'content-type': 'application/json' }
    const sent = body === '' ? { method } : { method, headers: json, body }
    const answer = await fetch(weChatUrl() + url, sent)
    const received = await answer.text()
    answers.push(JSON.parse(received))
    response.writeHead(answer.status, json).end(received)
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  return { url: `http://127.0.0.1:${address.port}`, answers, close: () => server.close() }
}

test('the whole log and every answer of a payment hold no secret, openid, session_key, token or paymentData', async () => {
  let simulatorUrl = ''
  const proxy = await startProxy(() => simulatorUrl)
  const shop = await openShop({
    server: {
      LOG_LEVEL: 'trace',
      WECHAT_API_URL: proxy.url,
      PAID_MESSAGE_TEMPLATE_ID: 'tmpl',
      PAID_MESSAGE_FIELDS: 'amount1=amount',
    },
  })
  simulatorUrl = shop.simulator.url

  const answers: string[] = []
  const recording = createCall(async ({ method, path, headers, body, timeoutMs }) => {
    const sent = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) }
    const answer = await fetch(shop.server.url + path, { ...sent, signal: AbortSignal.timeout(timeoutMs) })
    const received = await answer.text()
    answers.push(received)
    return { status: answer.status, body: JSON.parse(received) }
  })
  const shopper = (await shop.shopper('alice')).through(recording)
  const attempt = await shopper.startBuying(3900)
  await shopper.pay(attempt)
  await shop.adyen.waitForDeliveries()
  await shopper.listOrders()
  await shopper.getPayment(attempt.payment.id)
  await waitForLog(shop.server, { msg: 'the shopper has no subscription for the payment message' })
  // A call that fails is logged too: its address holds the token.
  await shop.weChat.withFault({ name: 'wechat_lost_answer' }, async () => {
    await shopper.buy(3800)
    await waitForLog(shop.server, { job: 'send-paid-message', level: 50 })
  })
  await shopper.logOut()
  const { reqId } = await waitForLog(shop.server, { req: { path: '/logout' } })
  await waitForLog(shop.server, { reqId, msg: 'request completed' })
  const log = shop.server.lines.join('\n')

  const { payment_data: paymentData } = await shop.database.row(
    'select payment_data from payments where id = $1',
    [attempt.payment.id],
  )
  const { openid, session_key } = Parse(WeChatSession, proxy.answers[0])
  const { access_token } = Parse(
    AccessToken,
    proxy.answers.find((answer) => Check(AccessToken, answer)),
  )
  const { ADYEN_MERCHANT_ACCOUNT: _account, WECHAT_APP_ID: _appId, ...secrets } = credentials
  const hidden = {
    ...secrets,
    ADYEN_WEBHOOK_USERNAME: Buffer.from(
      `${credentials.ADYEN_WEBHOOK_USERNAME}:${credentials.ADYEN_WEBHOOK_PASSWORD}`,
    ).toString('base64'),
    token: shopper.token,
    openid,
    session_key,
    access_token,
    paymentData: String(paymentData),
  }
  const all = Object.entries(hidden)
  expect(all.filter(([, secret]) => secret.length < 16)).toEqual([])
  expect(all.filter(([, secret]) => log.includes(secret))).toEqual([])
  expect(all.filter(([, secret]) => answers.join('\n').includes(secret))).toEqual([])
  // A copy of the database does not hold the token either.
  const stored = await shop.database.row('select token from wechat_tokens')
  expect(String(stored['token'])).not.toContain(access_token)
  // What opens the cashier belongs to the phone alone.
  expect(log).not.toContain(attempt.requestPayment?.paySign)
  proxy.close()
  await shop.close()
})

test('an openid that Adyen repeats in a refusal is stored and logged nowhere', async () => {
  const shop = await openShop({ server: { LOG_LEVEL: 'trace' } })
  const shopper = await shop.shopper('alice')
  const order = await shopper.order(3900)
  // Of another app: WeChat refuses it, and Adyen's answer names it.
  const openid = 'o1234567890abcdefOFOTHERAPP0'
  await shop.database.rows('update shoppers set openid = $1', [openid])
  const { payment } = await shopper.startPayment(order)
  const { events } = await shop.operator('payments:read').getPaymentRecord(payment.id)
  const [rejection] = events.filter(({ type }) => type === 'start_rejected')
  expect(rejection?.detail).toMatchObject({ message: expect.stringContaining('openid不匹配: [secret]') })
  expect(JSON.stringify(events)).not.toContain(openid)
  await waitForLog(shop.server, { msg: 'Adyen refused the call' })
  expect(shop.server.lines.join('\n')).not.toContain(openid)
  await shop.close()
})
