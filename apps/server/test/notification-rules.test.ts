import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { orderNumber } from '@tael/contracts'
import { expect, test } from 'vitest'
import { openNotified, openShop } from './actors/index.ts'
import { until } from './until.ts'

test('the rules of the file decide which channel is notified of what', async () => {
  const notified = await openNotified()
  const { NOTIFICATIONS_SLACK_URL: slack, NOTIFICATIONS_WECOM_URL: weCom } = notified.settings
  const folder = await mkdtemp(path.join(tmpdir(), 'tael-'))
  const file = path.join(folder, 'notifications.json')
  const channels = [
    { name: 'duty', type: 'slack', url: slack },
    { name: 'finance', type: 'wecom', url: weCom },
  ]
  const rules = [
    { severity: 'critical', channels: ['duty'] },
    { kinds: ['refund_requested'], channels: ['finance'] },
  ]
  await writeFile(file, JSON.stringify({ channels, rules }))
  const shop = await openShop({ server: { NOTIFICATIONS_FILE: file } })
  const shopper = await shop.shopper('alice')
  const [disputed, returned] = [await shopper.buy(8150), await shopper.buy(4000)]
  await shop.adyen.deliver({ eventCode: 'CHARGEBACK', about: disputed })
  await shopper.requestRefund(returned.orderId)
  await shop.queue.enqueue('watch', {})
  await until(async () => (await shop.database.count('notifications', "state = 'sent'")) === 2)
  expect(notified.slack).toEqual([expect.stringContaining(orderNumber(disputed.orderId))])
  expect(notified.wecom).toEqual([expect.stringContaining(orderNumber(returned.orderId))])
  const { channels: listed } = await shop.operator('payments:read').listNotifications()
  expect(listed).toMatchObject([
    { name: 'duty', type: 'slack', sentAt: expect.any(String), failedAt: null },
    { name: 'finance', type: 'wecom', sentAt: expect.any(String), failedAt: null },
  ])
  await shop.close()
  await notified.close()
  await rm(folder, { recursive: true })
})
