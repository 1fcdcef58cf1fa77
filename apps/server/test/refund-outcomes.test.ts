import { expect } from 'vitest'
import { DAY, fen, openShop, refusalOf, type WebhookItem } from './actors/index.ts'
import { test } from './fixtures.ts'
import { until } from './until.ts'

const reported = (eventCode: string, success: 'true' | 'false', minute: number): WebhookItem => ({
  eventCode,
  success,
  eventDate: `2026-01-01T00:0${minute}:00+00:00`,
})

test.for<{ name: string; items: readonly WebhookItem[]; end: string }>([
  {
    name: 'a success after a failure: refunded',
    items: [reported('REFUND', 'false', 1), reported('REFUND', 'true', 2)],
    end: 'refunded',
  },
  {
    name: 'a refused request after a success, whose date nobody signed: refunded',
    items: [reported('REFUND', 'true', 1), reported('REFUND', 'false', 2)],
    end: 'refunded',
  },
  {
    name: 'REFUND_FAILED, whenever: failed',
    items: [reported('REFUND', 'true', 2), reported('REFUND_FAILED', 'true', 1)],
    end: 'failed',
  },
  {
    name: 'REFUNDED_REVERSED after a success: failed',
    items: [reported('REFUND', 'true', 1), reported('REFUNDED_REVERSED', 'true', 3)],
    end: 'failed',
  },
])(
  'reports on a refund lead to the same end in whatever order they arrive: $name',
  async ({ items, end }, { shopper, operator, adyen }) => {
    for (const order of [items, items.toReversed()]) {
      const payment = await shopper.buy(8000)
      const { id } = await operator.refund(payment)
      const about = { id, amount: fen(8000) }
      await adyen.deliver(...order.map((item) => ({ ...item, about })))
      const { refunds } = await operator.getPaymentRecord(payment.id)
      expect(refunds).toMatchObject([{ id, status: end }])
    }
  },
)

test('a refund that Adyen never accepts fails when its key has expired, and can be requested again', async ({
  shop,
  shopper,
  operator,
  adyen,
  clock,
}) => {
  const payment = await shopper.buy(5400)
  const { id } = await adyen.withFault({ name: 'permanent_500', call: 'refunds' }, async () => {
    const refund = await operator.refund(payment)
    await until(async () => (await adyen.calls('refunds', refund.id)).length > 0)
    return refund
  })
  expect(await refusalOf(operator.refund(payment, 1))).toMatchObject({ code: 'refund_exceeds_payment' })
  await clock.passTime(7 * DAY)
  await shop.startServer()
  const statuses = async (): Promise<readonly string[]> => {
    await adyen.waitForDeliveries()
    const { refunds } = await operator.getPaymentRecord(payment.id)
    return refunds.map(({ status }) => status)
  }
  await expect.poll(statuses).toEqual(['failed'])
  expect(await operator.listAttention(id)).toMatchObject([{ kind: 'refund_failed' }])
  await operator.refund(payment)
  await expect.poll(statuses).toEqual(['failed', 'refunded'])
  expect(await adyen.payment(payment.id)).toMatchObject({ paid: 5400, refunded: 5400 })
})

test('a REFUND of another amount than ours changes nothing and needs attention', async ({
  shopper,
  operator,
  adyen,
}) => {
  const payment = await shopper.buy(5450)
  await adyen.withFault({ name: 'lost_request', call: 'refunds' }, async () => {
    const { id } = await operator.refund(payment)
    await adyen.deliver({ eventCode: 'REFUND', about: { id, amount: fen(5449) } })
    expect(await operator.listAttention()).toContainEqual(
      expect.objectContaining({
        kind: 'webhook',
        reason: "REFUND: the amount is ¥54.49, the refund's is ¥54.50",
      }),
    )
    expect(await operator.getPaymentRecord(payment.id)).toMatchObject({
      refunds: [{ id, status: 'requested', pspReference: null }],
    })
  })
})

test("a refund waits while Adyen rejects the server's API key, and is made once it does not", async () => {
  // In a shop of its own: no other server, whose key is good, may make it.
  const shop = await openShop()
  const [shopper, operator] = [await shop.shopper('alice'), shop.operator('refunds:write', 'payments:read')]
  const payment = await shopper.buy(5650)
  await shop.server.stop()
  const lockedOut = await shop.replaceServer(shop.server, { ADYEN_API_KEY: 'AQE-a-key-that-opens-nothing' })
  const { id } = await operator.refund(payment)
  const events = async (): Promise<readonly string[]> =>
    (await operator.getPaymentRecord(payment.id)).events.map(({ type }) => type)
  await until(async () => (await events()).includes('unanswered'))
  expect((await shopper.getOrder(payment.orderId)).refunds).toMatchObject([{ id, status: 'requested' }])
  await lockedOut.stop()
  await shop.replaceServer(lockedOut)
  const refunds = async () => {
    await shop.adyen.waitForDeliveries()
    return (await shopper.getOrder(payment.orderId)).refunds
  }
  await expect.poll(refunds).toMatchObject([{ id, status: 'refunded' }])
  expect(await shop.adyen.payment(payment.id)).toMatchObject({ refunded: 5650 })
  await shop.close()
})
