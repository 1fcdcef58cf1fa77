import { expect } from 'vitest'
import { test } from './fixtures.ts'

/** More than the jobs that make calls run side by side, several times over. */
const CANCELS = 20

test('a refund does not wait for the cancels of a shopper, which Adyen does not answer', async ({
  shop,
  operator,
  adyen,
}) => {
  const [bob, mallory] = [await shop.shopper('bob'), await shop.shopper('mallory')]
  const payment = await bob.buy(4700)
  await operator.key()
  const attempts = await Promise.all(Array.from({ length: CANCELS }, () => mallory.startBuying(4700)))
  const ids = new Set(attempts.map((attempt) => attempt.payment.id))
  const cancelsSent = async () => {
    const calls = await adyen.calls('technicalCancels')
    return new Set(calls.map(({ reference = '' }) => reference).filter((id) => ids.has(id))).size
  }
  await adyen.withFault({ name: 'timeout_before', call: 'technicalCancels' }, async () => {
    for (const attempt of attempts) await mallory.cancelOrder(attempt.payment.orderId)
    await expect.poll(cancelsSent).toBeGreaterThan(0)
    const { id } = await operator.refund(payment)
    await expect.poll(async () => (await adyen.calls('refunds', id)).length).toBe(1)
    // Most cancels still wait for their first request.
    expect(await cancelsSent()).toBeLessThan(CANCELS)
  })
})
