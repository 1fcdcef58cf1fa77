import { expect } from 'vitest'
import { test as base } from './fixtures.ts'
import { until } from './until.ts'

const test = base.extend('processes', { scope: 'file' }, () => true)

/**
 * Calls that Adyen never answers run to their own bound; what waits after a stop is left to others.
 */
test('a server that is stopped ends its calls in time and takes no new job', async ({
  shop,
  shopper,
  operator,
  adyen,
  queue,
}) => {
  const paid = await shopper.buy(6100)
  const order = await shopper.order(6200)
  await adyen.waitForDeliveries()
  await adyen.setFaults({ name: 'timeout_before' })
  const started = shopper.startPayment(order)
  const { id: refundId } = await operator.refund(paid)
  await until(async () => (await adyen.calls('payments')).length > 1)
  await until(async () => (await adyen.calls('refunds', refundId)).length === 1)
  const stopped = shop.server.stop()
  // Once it takes no connections it is stopping: a job enqueued from then on is not taken.
  await until(() =>
    fetch(`${shop.server.url}/health/live`, { headers: { connection: 'close' } }).then(
      () => false,
      () => true,
    ),
  )
  await queue.enqueue('retry-abandoned-calls', {})
  expect(await started).toMatchObject({ payment: { status: 'starting' } })
  await stopped
  expect(shop.server.lines.filter((line) => line.includes('killed by timeout'))).toEqual([])
  expect(await queue.waiting('retry-abandoned-calls')).toBe(1)
  // Both calls have ended unanswered, and their retries wait for the next server.
  expect(await queue.waiting('make-call', { operation: 'payments' })).toBe(1)
  expect(await queue.waiting('make-refund', { variant: refundId })).toBe(1)
})
