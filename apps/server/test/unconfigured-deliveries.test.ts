import { expect } from 'vitest'
import { callTo, openReceiver } from './actors/index.ts'
import { test as base } from './fixtures.ts'
import { until } from './until.ts'

const test = base
  // Vitest reads from the pattern what a fixture takes.
  // oxlint-disable-next-line eslint/no-empty-pattern
  .extend('receiver', { scope: 'file' }, async ({}, { onCleanup }) => {
    const receiver = await openReceiver()
    onCleanup(() => receiver.close())
    return receiver
  })
  .extend('settings', { scope: 'file' }, ({ receiver }) => receiver.settings)

test('a server without the address leaves deliveries to one that has it', async ({
  shop,
  shopper,
  merchant,
  receiver,
  clock,
  queue,
}) => {
  receiver.answer({ status: 500 })
  const order = await merchant.put()
  await shopper.pay(await shopper.startPayment(order))
  const [event] = await merchant.eventsOf(order.reference)
  const eventId = event?.id ?? ''
  await until(async () => (await queue.waiting('deliver-event', { eventId, tries: 1 })) === 1)
  receiver.answer({ status: 204 })
  await shop.server.stop()
  const without = await shop.startServer({ MERCHANT_WEBHOOK_URL: '', MERCHANT_WEBHOOK_SECRETS: '' })
  try {
    await clock.passTime(60)
    // It runs the jobs that are due.
    const other = await merchant.through(callTo(without)).put({ lifetimeSeconds: 1 })
    await until(
      async () => (await merchant.through(callTo(without)).get(other.reference)).status === 'expired',
    )
    expect(await queue.waiting('deliver-event', { eventId })).toBe(1)
  } finally {
    await without.stop()
    await shop.replaceServer(shop.server)
  }
  await until(() => receiver.received.filter(({ event: { id } }) => id === eventId).length === 2)
})
