import { type NotificationEvent, shopperRoutes } from '@tael/contracts'
import { expect } from 'vitest'
import { HOUR, MINUTE, openNotified, refusalOf } from './actors/index.ts'
import { test as base } from './fixtures.ts'
import { until } from './until.ts'

const test = base
  // Vitest reads from the pattern what a fixture takes.
  // oxlint-disable-next-line eslint/no-empty-pattern
  .extend('notified', { scope: 'file' }, async ({}, { onCleanup }) => {
    const notified = await openNotified()
    onCleanup(() => notified.close())
    return notified
  })
  .extend('settings', { scope: 'file' }, ({ notified }) => ({
    NOTIFICATIONS_WEBHOOK_URL: notified.settings['NOTIFICATIONS_WEBHOOK_URL'] ?? '',
    NOTIFICATIONS_WEBHOOK_SECRETS: notified.settings['NOTIFICATIONS_WEBHOOK_SECRETS'] ?? '',
    NOTIFICATIONS_QUIET_MINUTES: '0',
    NOTIFICATIONS_DIGEST: 'hour',
    NOTIFICATIONS_LANGUAGE: 'zh-CN',
  }))
  /**
   * Runs what runs every minute, and returns the changes of one kind that were sent so far. By itself it runs no more.
   */
  .extend('watch', { scope: 'file' }, async ({ queue, shop, notified }) => {
    await queue.unschedule('watch')
    return async (kind: string): Promise<readonly unknown[]> => {
      await queue.enqueue('watch', {})
      await queue.waitUntilEmpty('watch')
      await until(async () => (await shop.database.count('notifications', "state = 'waiting'")) === 0)
      return dataOf(notified.events, kind).map(({ change }) => change)
    }
  })

const dataOf = (events: readonly NotificationEvent[], kind: string): readonly NotificationEvent['data'][] =>
  events.flatMap(({ data }) => (data.kind === kind ? [data] : []))

test('payments that start while no AUTHORISATION comes are reported, until one does', async ({
  shop,
  shopper,
  adyen,
  clock,
  notified,
  watch,
}) => {
  const attempts = []
  for (const _ of Array.from({ length: 4 })) attempts.push(await shopper.startBuying(4000))
  await clock.passTime(20 * MINUTE)
  expect(await watch('webhooks_silent')).toEqual([])
  const last = await shopper.startBuying(4000)
  expect(await watch('webhooks_silent')).toEqual([])
  await clock.passTime(6 * MINUTE)
  expect(await watch('webhooks_silent')).toEqual(['opened'])
  expect(dataOf(notified.events, 'webhooks_silent')[0]).toMatchObject({
    severity: 'critical',
    title: '[紧急] 收不到 Adyen 的 Webhook',
  })
  await adyen.deliver({ eventCode: 'AUTHORISATION', about: last.payment })
  expect(await watch('webhooks_silent')).toEqual(['opened', 'resolved'])

  // The usual gap is short: the silence is as long as the shortest that counts.
  for (const { payment } of attempts.slice(0, 3))
    await adyen.deliver({ eventCode: 'AUTHORISATION', about: payment })
  const age = (minutes: number) =>
    shop.database.tamper(`update webhook_items set received_at = received_at - interval '${minutes} minutes'`)
  for (const _ of Array.from({ length: 5 })) await shopper.startBuying(4000)
  await clock.passTime(6 * MINUTE)
  await age(14)
  expect(await watch('webhooks_silent')).toEqual(['opened', 'resolved'])
  await age(2)
  expect(await watch('webhooks_silent')).toEqual(['opened', 'resolved', 'opened'])
  // Had there been such gaps before, it would be usual.
  await shop.database.tamper(
    `update webhook_items set received_at = received_at - make_interval(mins => (7 * place)::int)
     from (select id, row_number() over (order by id desc) - 1 as place from webhook_items
       where event_code = 'AUTHORISATION') as one
     where one.id = webhook_items.id`,
  )
  expect(await watch('webhooks_silent')).toEqual(['opened', 'resolved', 'opened', 'resolved'])
})

test('calls to Adyen that fail are reported, on whichever server, until they succeed', async ({
  shop,
  shopper,
  adyen,
  watch,
}) => {
  const second = await shop.startServer()
  const orders = await Promise.all(Array.from({ length: 6 }, () => shopper.order(4000)))
  await adyen.withFault({ name: 'permanent_500', call: 'payments' }, async () => {
    for (const [index, order] of orders.entries()) {
      const payer = index % 2 === 0 ? shopper : shopper.at(second)
      await payer.startPayment(order)
    }
  })
  await expect.poll(() => watch('adyen_failing')).toEqual(['opened'])
  await shop.database.rows("update call_counts set minute = minute - interval '1 hour'")
  expect(await watch('adyen_failing')).toEqual(['opened', 'resolved'])
  await second.stop()
})

test('calls to WeChat that fail are reported, and codes that shoppers used up are none', async ({
  shop,
  weChat,
  watch,
}) => {
  await shop.database.rows("update call_counts set minute = minute - interval '1 hour'")
  for (const _ of Array.from({ length: 5 }))
    await refusalOf(shop.call(shopperRoutes.login, { body: { code: 'a-code-of-nobody' } }))
  expect(await watch('wechat_failing')).toEqual([])
  await weChat.withFault({ name: 'login_ip_refused' }, async () => {
    for (const _ of Array.from({ length: 5 })) {
      const code = await weChat.loginCode('bob')
      await refusalOf(shop.call(shopperRoutes.login, { body: { code } }))
    }
  })
  await expect.poll(() => watch('wechat_failing')).toEqual(['opened'])
})

test('refunds that fail are each reported, and that many do', async ({
  shopper,
  operator,
  adyen,
  notified,
  watch,
}) => {
  const payment = await shopper.buy(8150)
  for (const count of [1, 2, 3]) {
    const { id, amount } = await operator.refund(payment, 1000)
    const made = async () =>
      (await operator.getPaymentRecord(payment.id)).refunds.find((one) => one.id === id)
    await expect.poll(made).toMatchObject({ status: 'refunded' })
    const pspReference = (await made())?.pspReference ?? ''
    await adyen.deliver({ eventCode: 'REFUND_FAILED', about: { id: payment.id, amount }, pspReference })
    expect(await watch('refund_failed')).toEqual(Array.from({ length: count }, () => 'opened'))
    expect(await watch('refunds_failing')).toEqual(count === 3 ? ['opened'] : [])
    expect(dataOf(notified.events, 'refund_failed').at(-1)).toMatchObject({
      subject: id,
      amount,
      paymentId: payment.id,
      text: expect.stringContaining('金额 ¥10.00'),
    })
  }
})

test('the digest counts what is open, once an hour', async ({ clock, notified, watch }) => {
  await watch('digest')
  const digests = () => dataOf(notified.events, 'digest')
  const before = digests().length
  await watch('digest')
  expect(digests()).toHaveLength(before)
  await clock.passTime(HOUR)
  await watch('digest')
  expect(digests()).toHaveLength(before + 1)
  const last = digests().at(-1)
  expect(last?.open).toContainEqual({ kind: 'refund_failed', count: 3, since: expect.any(String) })
  expect(last?.count).toBe(last?.open.reduce((sum, { count }) => sum + count, 0))
  expect(last?.text).toContain('退款失败：3 项')
})

test('two servers that watch at the same time send each notification once', async ({
  shop,
  shopper,
  adyen,
  queue,
  notified,
  watch,
}) => {
  const second = await shop.startServer()
  const payment = await shopper.buy(8150)
  await adyen.deliver({ eventCode: 'CHARGEBACK', about: payment })
  for (const _ of Array.from({ length: 6 })) await queue.enqueue('watch', {})
  await watch('payment_reversed')
  const about = dataOf(notified.events, 'payment_reversed').filter(
    ({ paymentId }) => paymentId === payment.id,
  )
  expect(about).toHaveLength(1)
  await second.stop()
})
