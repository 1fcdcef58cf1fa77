import { readFile } from 'node:fs/promises'
import { expect } from 'vitest'
import { ORDER_PAGE } from '../src/messages/send-paid-message.ts'
import { dyingAt, HOUR, openShop } from './actors/index.ts'
import { test as base } from './fixtures.ts'

const TEMPLATE = 'tmpl-payment-result'

const test = base
  .extend(
    'settings',
    { scope: 'file' },
    {
      PAID_MESSAGE_TEMPLATE_ID: TEMPLATE,
      PAID_MESSAGE_FIELDS:
        'amount2=amount,character_string1=orderNumber,time3=paidAt,thing4=goods,phrase5=text:支付成功',
    },
  )
  /** How WeChat answered each message about an order, once nothing more of it waits to be sent. */
  .extend(
    'answersAbout',
    ({ weChat, queue }) =>
      async ({ id, orderId }: { id: string; orderId: string }): Promise<string[]> => {
        await queue.waitUntilEmpty('send-paid-message', { paymentId: id })
        return (await weChat.calls('message', orderId)).map(({ answer }) => answer)
      },
  )

test('a shopper who accepted a message gets one, whatever the number of webhooks and servers', async ({
  shop,
  adyen,
  weChat,
  queue,
  answersAbout,
}) => {
  await shop.startServer()
  const anna = await shop.shopper('anna')
  await anna.acceptMessage(TEMPLATE)
  await anna.acceptMessage(TEMPLATE)
  const productId = await shop.addProduct(64_011)
  await shop.database.rows('update products set name_zh = $2 where id = $1', [
    productId,
    '一款名字特别特别长的限量版手工紫砂茶壶套装',
  ])
  const order = await anna.orderProducts([{ productId, quantity: 2 }])
  // The scenario `duplicate_webhook`.
  expect(order.amount.value % 100).toBe(22)
  const payment = await anna.pay(await anna.startPayment(order))
  await adyen.waitForDeliveries()

  expect(await answersAbout(payment)).toEqual(['ok'])
  expect(await queue.completed('send-paid-message', { paymentId: payment.id })).toBe(1)
  const { openid } = await shop.database.row(
    'select openid from shoppers join orders on shopper_id = shoppers.id where orders.id = $1',
    [order.id],
  )
  const [message] = await weChat.calls('message', order.id)
  expect(message?.body).toEqual({
    touser: openid,
    template_id: TEMPLATE,
    page: `pages/order/order?id=${order.id}`,
    miniprogram_state: 'developer',
    lang: 'zh_CN',
    data: {
      amount2: { value: '¥1280.22' },
      character_string1: { value: order.id.replace('ord_', '') },
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

test('a message that its shopper did not accept is refused by WeChat and not sent again', async ({
  shop,
  queue,
  answersAbout,
}) => {
  const ben = await shop.shopper('ben')
  const payment = await ben.buy(4100)
  expect(await answersAbout(payment)).toEqual(['errcode 43101'])
  expect(await queue.completed('send-paid-message', { paymentId: payment.id })).toBe(1)
})

test('no message is sent about a payment that was refused', async ({ shop, adyen, queue, answersAbout }) => {
  const carl = await shop.shopper('carl')
  await carl.acceptMessage(TEMPLATE)
  const payment = await carl.buy(4001)
  await adyen.waitForDeliveries()
  expect(await queue.everEnqueued('send-paid-message', { paymentId: payment.id })).toBe(0)
  expect(await answersAbout(payment)).toEqual([])
})

test('all servers share one access token; an expired one is replaced and the message sent once more', async ({
  shop,
  weChat,
  clock,
  answersAbout,
}) => {
  const dora = await shop.shopper('dora')
  await shop.startServer()
  for (const price of [4200, 4300, 4400]) {
    expect(await answersAbout(await dora.buy(price))).toEqual(['errcode 43101'])
  }
  expect(await weChat.calls('accessToken')).toHaveLength(1)

  await clock.passSimulatedTime(2 * HOUR + 1)
  await dora.acceptMessage(TEMPLATE)
  expect(await answersAbout(await dora.buy(4500))).toEqual(['errcode 42001', 'ok'])
  expect(await weChat.calls('accessToken')).toHaveLength(2)
})

test('another server sends the message where the one that recorded the payment dies', async ({
  shop,
  adyen,
  queue,
  answersAbout,
}) => {
  const frida = await shop.shopper('frida')
  await frida.acceptMessage(TEMPLATE)
  const doomed = await shop.startServer(dyingAt('payments/details settled'))
  const attempt = await frida.startBuying(4700)
  // No webhook: only the answer to the doomed server pays the order.
  await adyen.withoutWebhooks(async () => {
    const errMsg = await frida.payAtCashier(attempt)
    await expect(frida.at(doomed).submitDetails(attempt, errMsg)).rejects.toThrow('No answer came.')
    await doomed.exited
    expect(await answersAbout(attempt.payment)).toEqual(['ok'])
  })
  expect(await queue.completed('send-paid-message', { paymentId: attempt.payment.id })).toBe(1)
})

test(
  'a shop without a template sends nothing and asks WeChat for no token',
  { timeout: 120_000 },
  async () => {
    const shop = await openShop()
    const shopper = await shop.shopper('alice')
    await shopper.acceptMessage(TEMPLATE)
    const { orderId } = await shopper.buy(4800)
    await shop.adyen.waitForDeliveries()
    expect(await shopper.getOrder(orderId)).toMatchObject({ status: 'paid' })
    expect(await shop.queue.everEnqueued('send-paid-message')).toBe(0)
    expect(await shop.weChat.calls('message')).toEqual([])
    expect(await shop.weChat.calls('accessToken')).toEqual([])
    await shop.close()
  },
)
