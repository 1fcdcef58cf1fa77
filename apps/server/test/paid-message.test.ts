import { readFile } from 'node:fs/promises'
import { shopperRoutes } from '@tael/contracts'
import { expect, vi } from 'vitest'
import { ORDER_PAGE } from '../src/messages/send-paid-message.ts'
import { test as base } from './fixtures.ts'
import {
  addProduct,
  atCashier,
  callTo,
  idle,
  logIn,
  newKey,
  openShop,
  order,
  paid,
  pay,
  row,
  type Shop,
  simulate,
  submit,
  type WeChatCall,
  weChatCalls,
  withFault,
} from './shop.ts'

const TEMPLATE = 'tmpl-payment-result'
const SEND = '/cgi-bin/message/subscribe/send'
const TOKEN = '/cgi-bin/stable_token'

const test = base.extend(
  'settings',
  { scope: 'file' },
  {
    PAID_MESSAGE_TEMPLATE_ID: TEMPLATE,
    PAID_MESSAGE_FIELDS:
      'amount2=amount,character_string1=orderNumber,time3=paidAt,thing4=goods,phrase5=text:支付成功',
  },
)

/** The shopper taps "tell me": WeChat will take one message. */
function askToBeTold(shop: Shop, shopper: string): Promise<unknown> {
  return simulate(shop, 'POST', '/wechat/subscriptions', { shopper, templateId: TEMPLATE })
}

/** The messages about this order, as soon as the last of them was answered like this. */
async function messagesOf(shop: Shop, orderId: string, answer: string): Promise<WeChatCall[]> {
  const isThere = async (): Promise<boolean> =>
    (await weChatCalls(shop, SEND, orderId)).at(-1)?.answer === answer
  await vi.waitUntil(isThere, { timeout: 30_000, interval: 50 })
  return weChatCalls(shop, SEND, orderId)
}

/** Waits until no message waits to be sent: how many there were of this payment. */
async function jobsOf(shop: Shop, paymentId: string): Promise<unknown> {
  const count = (states: string): Promise<Record<string, unknown>> =>
    row(
      shop,
      `select count(*)::int as jobs from pgboss.job
       where name = 'send-paid-message' and data ->> 'paymentId' = $1 and state in (${states})`,
      [paymentId],
    )
  const isDone = async (): Promise<boolean> => (await count(`'created', 'retry', 'active'`))['jobs'] === 0
  await vi.waitUntil(isDone, { timeout: 30_000, interval: 50 })
  return (await count(`'completed'`))['jobs']
}

test('a shopper who asked for it is told once, whatever number of webhooks and servers', async ({ shop }) => {
  await shop.anotherServer()
  const token = await logIn(shop, 'anna')
  await askToBeTold(shop, 'anna')
  await askToBeTold(shop, 'anna')
  const productId = await addProduct(shop, 64_011)
  await shop.db.query(
    `update products set name_zh = '一款名字特别特别长的限量版手工紫砂茶壶套装' where id = $1`,
    [productId],
  )
  const body = { lines: [{ productId, quantity: 2 }] }
  const placed = await shop.call(shopperRoutes.createOrder, { idempotencyKey: newKey(), body }, { token })
  expect(placed.amount.value % 100).toBe(22)
  const started = await pay(shop, token, placed)
  await submit(shop, token, started.payment.id, await atCashier(shop, started, 'pay'))
  await idle(shop)

  const [message] = await messagesOf(shop, placed.id, 'ok')
  expect(await jobsOf(shop, started.payment.id)).toBe(1)
  expect(await weChatCalls(shop, SEND, placed.id)).toHaveLength(1)
  const { openid } = await row(
    shop,
    'select openid from shoppers join orders on shopper_id = shoppers.id where orders.id = $1',
    [placed.id],
  )
  expect(JSON.parse(message?.sent ?? '')).toEqual({
    touser: openid,
    template_id: TEMPLATE,
    page: `pages/order/order?id=${placed.id}`,
    miniprogram_state: 'developer',
    lang: 'zh_CN',
    data: {
      amount2: { value: '¥1280.22' },
      character_string1: { value: placed.id.replace('ord_', '') },
      time3: { value: expect.stringMatching(/^20\d\d年\d{1,2}月\d{1,2}日 \d\d:\d\d$/) },
      thing4: { value: '一款名字特别特别长的限量版手工紫 共2件' },
      phrase5: { value: '支付成功' },
    },
  })
})

test('the page that the message opens is a page of the Mini Program', async () => {
  const app: unknown = JSON.parse(
    await readFile(new URL('../../miniprogram/src/app.json', import.meta.url), 'utf8'),
  )
  expect(app).toMatchObject({ pages: expect.arrayContaining([ORDER_PAGE]) })
})

test('a shopper who did not ask for it: WeChat says so, and that is the end of it', async ({ shop }) => {
  const { payment } = await paid(shop, await logIn(shop, 'ben'), 4100)
  await messagesOf(shop, payment.orderId, 'errcode 43101')
  expect(await jobsOf(shop, payment.id)).toBe(1)
  expect(await weChatCalls(shop, SEND, payment.orderId)).toHaveLength(1)
})

test('nobody is told of a payment that was refused', async ({ shop }) => {
  const token = await logIn(shop, 'carl')
  await askToBeTold(shop, 'carl')
  const started = await pay(shop, token, await order(shop, token, 4001))
  await submit(shop, token, started.payment.id, await atCashier(shop, started, 'pay'))
  await idle(shop)
  expect(await jobsOf(shop, started.payment.id)).toBe(0)
  expect(await weChatCalls(shop, SEND, started.payment.orderId)).toEqual([])
})

test('all servers share one access token; an expired one is replaced and the message sent once more', async ({
  shop,
}) => {
  const token = await logIn(shop, 'dora')
  await shop.anotherServer()
  for (const value of [4200, 4300, 4400]) {
    const { payment } = await paid(shop, token, value)
    await messagesOf(shop, payment.orderId, 'errcode 43101')
  }
  const before = (await weChatCalls(shop, TOKEN)).length
  expect(before).toBe(1)

  await simulate(shop, 'POST', '/clock', { forwardMs: 7_200_001 })
  await askToBeTold(shop, 'dora')
  const { payment } = await paid(shop, token, 4500)
  const answers = (await messagesOf(shop, payment.orderId, 'ok')).map(({ answer }) => answer)
  expect(answers).toEqual(['errcode 42001', 'ok'])
  expect(await weChatCalls(shop, TOKEN)).toHaveLength(before + 1)
})

test('a server that dies right after the payment: another one sends the message', async ({ shop }) => {
  const token = await logIn(shop, 'frida')
  await askToBeTold(shop, 'frida')
  const doomed = await shop.anotherServer({
    KILL_AT: 'payments/details settled',
    NODE_OPTIONS: `--import ${new URL('kill-at.ts', import.meta.url).href}`,
  })
  const started = await pay(shop, token, await order(shop, token, 4700))
  // No webhook: it is the answer to the doomed server that pays the order.
  await withFault(shop, 'webhook_lost', async () => {
    const errMsg = await atCashier(shop, started, 'pay')
    const cut = submit({ ...shop, call: callTo(doomed.url) }, token, started.payment.id, errMsg)
    await expect(cut).rejects.toThrow('No answer came.')
    await doomed.exited
    await messagesOf(shop, started.payment.orderId, 'ok')
  })
  expect(await jobsOf(shop, started.payment.id)).toBe(1)
})

test(
  'a shop without a template sends nothing and asks WeChat for no token',
  { timeout: 120_000 },
  async () => {
    const shop = await openShop()
    await simulate(shop, 'POST', '/wechat/subscriptions', { shopper: 'alice', templateId: TEMPLATE })
    const { payment } = await paid(shop, await logIn(shop), 4800)
    await idle(shop)
    expect(await row(shop, 'select status from orders where id = $1', [payment.orderId])).toEqual({
      status: 'paid',
    })
    expect(
      await row(shop, `select count(*)::int as jobs from pgboss.job where name = 'send-paid-message'`),
    ).toEqual({ jobs: 0 })
    expect([await weChatCalls(shop, SEND), await weChatCalls(shop, TOKEN)]).toEqual([[], []])
    await shop.close()
  },
)
