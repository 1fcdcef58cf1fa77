import { type NotificationEvent, orderNumber } from '@tael/contracts'
import { expect } from 'vitest'
import { HOUR, MINUTE, openNotified, refusalOf } from './actors/index.ts'
import { SMTP_PASSWORD, URL_SECRET } from './actors/notified.ts'
import { test as base } from './fixtures.ts'
import { until } from './until.ts'

type Facts = NotificationEvent['data']

const test = base
  // Vitest reads from the pattern what a fixture takes.
  // oxlint-disable-next-line eslint/no-empty-pattern
  .extend('notified', { scope: 'file' }, async ({}, { onCleanup }) => {
    const notified = await openNotified()
    onCleanup(() => notified.close())
    return notified
  })
  .extend('settings', { scope: 'file' }, ({ notified }) => ({
    ...notified.settings,
    LOG_LEVEL: 'debug',
  }))
  /** Runs what runs every minute, and waits until everything due was sent once. By itself it runs no more. */
  .extend('watch', { scope: 'file' }, async ({ queue, shop }) => {
    await queue.unschedule('watch')
    return async (): Promise<void> => {
      await queue.enqueue('watch', {})
      await queue.waitUntilEmpty('watch')
      await until(
        async () => (await shop.database.count('notifications', "state = 'waiting' and tries = 0")) === 0,
      )
    }
  })
  /** What the receiver of signed webhooks was told of one kind, oldest first. */
  .extend(
    'eventsOf',
    ({ notified }) =>
      (kind: string): readonly Facts[] =>
        notified.events.flatMap(({ data }) => (data.kind === kind ? [data] : [])),
  )

const outline = (events: readonly Facts[]): readonly string[] => events.map(({ change }) => change ?? '')

test('a chargeback and its end reach every channel, with nothing secret or personal', async ({
  shop,
  shopper,
  operator,
  adyen,
  notified,
  watch,
  eventsOf,
}) => {
  const payment = await shopper.buy(8150)
  await adyen.deliver({ eventCode: 'CHARGEBACK', about: payment, reason: 'not received' })
  await watch()
  const number = orderNumber(payment.orderId)
  const [event] = eventsOf('payment_reversed')
  expect(event).toMatchObject({
    change: 'opened',
    severity: 'critical',
    count: 1,
    orderId: payment.orderId,
    paymentId: payment.id,
    amount: payment.amount,
    link: `https://console.shop.example/orders/${payment.orderId}`,
    title: `[Critical] Money of a payment was taken back · Order ${number} · ¥81.50`,
  })
  const words = [number, '¥81.50', payment.id, 'Customer Area', event?.link ?? '']
  const mail = notified.mails.at(-1)
  expect(mail).toMatchObject({ from: 'tael@shop.example', to: ['ops@shop.example', 'duty@shop.example'] })
  for (const text of [notified.slack.at(-1), notified.wecom.at(-1), mail?.text])
    for (const word of words) expect(text).toContain(word)

  const [item] = await operator.listAttention(payment.id)
  if (item === undefined) throw new Error('The chargeback is not listed.')
  await operator.handleAttention(item, 'The shopper was asked.')
  await watch()
  expect(outline(eventsOf('payment_reversed'))).toEqual(['opened', 'resolved'])
  expect(notified.slack.at(-1)).toContain('Resolved: ')
  await watch()
  expect(eventsOf('payment_reversed')).toHaveLength(2)

  const listed = await operator.listNotifications()
  const received = JSON.stringify([notified.events, notified.slack, notified.wecom, notified.mails, listed])
  const personal = [shopper.token, 'not received', 'alice']
  const { openid } = await shop.database.row('select openid from shoppers limit 1')
  for (const secret of [...personal, String(openid), URL_SECRET, SMTP_PASSWORD])
    expect([secret, received.includes(secret)]).toEqual([secret, false])
  for (const secret of [URL_SECRET, SMTP_PASSWORD])
    expect([secret, shop.server.lines.join('\n').includes(secret)]).toEqual([secret, false])
})

test('what changes again is sent again, and many items of one kind are one notification', async ({
  shopper,
  adyen,
  watch,
  eventsOf,
}) => {
  const before = eventsOf('payment_reversed').length
  const payment = await shopper.buy(8150)
  await adyen.deliver({ eventCode: 'NOTIFICATION_OF_CHARGEBACK', about: payment })
  await watch()
  await adyen.deliver({ eventCode: 'CHARGEBACK', about: payment })
  await watch()
  expect(outline(eventsOf('payment_reversed').slice(before))).toEqual(['opened', 'opened'])

  for (const _ of Array.from({ length: 6 })) {
    const { orderId } = await shopper.buy(4000)
    await shopper.requestRefund(orderId)
  }
  await watch()
  expect(eventsOf('refund_requested')).toMatchObject([
    { count: 6, change: 'opened', severity: 'info', orderId: null, amount: null },
  ])
})

test('a channel is tested by the button and by the command, and both are in the audit', async ({
  shop,
  operator,
  notified,
}) => {
  for (const channel of ['slack', 'wecom', 'webhook', 'email'])
    expect(await operator.testNotification(channel)).toMatchObject({ channel, state: 'sent', kind: 'test' })
  expect(notified.slack.at(-1)).toContain('Test notification')
  expect(notified.mails.at(-1)?.text).toContain('This channel works.')
  expect(await refusalOf(operator.testNotification('pager'))).toMatchObject({ code: 'channel_not_found' })

  notified.answer('wecom', 200, '{"errcode":93000,"errmsg":"invalid webhook url"}')
  notified.answer('slack', 404, 'no_service')
  expect(await operator.testNotification('slack')).toMatchObject({ state: 'failed', failure: 'HTTP 404' })
  const run = (channel: string) => operator.runWith(notified.settings, 'test-notification', channel)
  expect(await run('wecom')).toMatchObject({
    code: 1,
    out: 'wecom did not accept the test: errcode 93000\n',
  })
  expect(await run('email')).toMatchObject({ code: 0, out: 'email accepted the test\n' })
  expect(await run('pager')).toMatchObject({ code: 65 })
  const smtp = notified.settings['NOTIFICATIONS_SMTP_URL'] ?? ''
  const wrong = {
    ...notified.settings,
    NOTIFICATIONS_SMTP_URL: smtp.replace(SMTP_PASSWORD, 'another'),
  }
  expect(await operator.runWith(wrong, 'test-notification', 'email')).toMatchObject({
    code: 1,
    out: 'email did not accept the test: EAUTH 535\n',
  })
  for (const chat of ['slack', 'wecom'] as const) notified.answer(chat, 200)
  const tests = (await shop.database.operatorActions('email')).filter(
    ({ action }) => action === 'notifications.test',
  )
  expect(tests.map(({ operator: by }) => by === null)).toEqual([false, true, true])
})

test('a channel that does not answer is tried for a day, and then shown as failed; the others are not held up', async ({
  shopper,
  operator,
  notified,
  clock,
  queue,
  watch,
  eventsOf,
}) => {
  const before = eventsOf('refund_requested').length
  notified.answer('slack', 500)
  const { orderId } = await shopper.buy(4000)
  await shopper.requestRefund(orderId)
  await watch()
  expect(eventsOf('refund_requested')).toHaveLength(before + 1)
  const ofSlack = async () => {
    const { notifications } = await operator.listNotifications({ limit: 20 })
    return notifications.find((one) => one.channel === 'slack' && one.orderId === orderId)
  }
  expect(await ofSlack()).toMatchObject({ state: 'waiting', tries: 1, failure: 'HTTP 500' })
  const notificationId = (await ofSlack())?.id ?? 0
  const pauses: number[] = []
  for (let before = await ofSlack(); before?.state === 'waiting'; before = await ofSlack()) {
    const { tries } = before
    const pause = await queue.longestPause('send-notification', { notificationId })
    pauses.push(Math.round(pause))
    await clock.passTime(Math.ceil(pause))
    await until(async () => ((await ofSlack())?.tries ?? 0) > tries)
  }
  expect(pauses.slice(0, 7)).toEqual([5, 30, 120, 600, 1800, 3600, 7200])
  expect(new Set(pauses.slice(7))).toEqual(new Set([7200]))
  expect(await ofSlack()).toMatchObject({ state: 'failed', failure: 'HTTP 500', nextTryAt: null })
  const { channels, notifications } = await operator.listNotifications({ state: 'failed' })
  expect(notifications.map(({ id }) => id)).toContain(notificationId)
  expect(channels.find(({ name }) => name === 'slack')).toMatchObject({
    type: 'slack',
    failedAt: expect.any(String),
    failure: 'HTTP 500',
  })
  notified.answer('slack', 200)
})

test('jobs that wait are reported, a repeat is quiet for an hour, and what stays open is repeated daily', async ({
  clock,
  queue,
  watch,
  eventsOf,
}) => {
  // No server of this shop sends messages.
  const data = { paymentId: 'pay_nobody' }
  const wait = async () => {
    await queue.enqueue('send-paid-message', data)
    await clock.passTime(6 * MINUTE)
    await watch()
  }
  await queue.enqueue('send-paid-message', data)
  await watch()
  expect(eventsOf('jobs_waiting')).toEqual([])
  await wait()
  expect(eventsOf('jobs_waiting')).toMatchObject([{ change: 'opened', severity: 'critical', subject: null }])
  await queue.lose('send-paid-message', data)
  await watch()
  expect(outline(eventsOf('jobs_waiting'))).toEqual(['opened', 'resolved'])
  await wait()
  await watch()
  expect(outline(eventsOf('jobs_waiting'))).toEqual(['opened', 'resolved'])
  await clock.passTime(HOUR)
  await watch()
  expect(outline(eventsOf('jobs_waiting'))).toEqual(['opened', 'resolved', 'opened'])
  await clock.passTime(23 * HOUR)
  await watch()
  expect(eventsOf('jobs_waiting')).toHaveLength(3)
  await clock.passTime(2 * HOUR)
  await watch()
  expect(eventsOf('jobs_waiting').at(-1)).toMatchObject({
    change: 'still_open',
    title: expect.stringContaining('Still open: Jobs wait'),
  })
  await queue.lose('send-paid-message', data)
  await watch()
  expect(outline(eventsOf('jobs_waiting')).at(-1)).toBe('resolved')
})

test('notifications are listed newest first, a page at a time', async ({ operator }) => {
  const all = (await operator.listNotifications({ limit: 100 })).notifications
  const ids = all.map(({ id }) => id)
  expect(ids).toEqual(ids.toSorted((left, right) => right - left))
  const { notifications, next } = await operator.listNotifications({ limit: 2 })
  expect(notifications.map(({ id }) => id)).toEqual(ids.slice(0, 2))
  const second = await operator.listNotifications({ limit: 2, before: next ?? 0 })
  expect(second.notifications.map(({ id }) => id)).toEqual(ids.slice(2, 4))
})
