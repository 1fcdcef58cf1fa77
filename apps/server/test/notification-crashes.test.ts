import { expect, test } from 'vitest'
import { notificationSteps } from '../src/steps.ts'
import { dyingAt, MINUTE, openNotified, openShop } from './actors/index.ts'
import { until } from './until.ts'

test.for(notificationSteps)(
  'where a server dies at the step: %s, another one sends what it left',
  async (step) => {
    const notified = await openNotified()
    const shop = await openShop({ server: notified.settings, processes: true })
    const { adyen, clock, database, queue, server } = shop
    const shopper = await shop.shopper('alice')
    await queue.unschedule('watch')
    const payment = await shopper.buy(8150)
    await adyen.deliver({ eventCode: 'CHARGEBACK', about: payment })
    await server.stop()
    const doomed = await shop.replaceServer(server, dyingAt(step))
    await queue.enqueue('watch', {})
    await doomed.exited

    await shop.replaceServer(server)
    await until(
      async () => {
        // Whatever the dead one ran or had fetched is taken over after its time.
        await queue.expireRunning()
        await clock.passTime(MINUTE)
        return (await database.count('notifications', "state = 'sent'")) === 4
      },
      { timeoutMs: 120_000, intervalMs: 500 },
    )
    for (const told of [notified.events, notified.slack, notified.wecom, notified.mails]) {
      // Once more by the one that died before it recorded the acceptance.
      expect(told.length).toBeGreaterThanOrEqual(1)
      expect(told.length).toBeLessThanOrEqual(step === 'notification sent' ? 2 : 1)
    }
    expect(notified.events[0]?.data).toMatchObject({ kind: 'payment_reversed', paymentId: payment.id })
    await shop.close()
    await notified.close()
  },
)
