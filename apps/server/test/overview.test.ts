import type { Overview } from '@tael/contracts'
import { expect } from 'vitest'
import { refusalOf } from './actors/index.ts'
import { test } from './fixtures.ts'
import { authorisationOf, postWebhook, signed } from './webhook-items.ts'

const emptyTotal = { count: 0, value: 0 }

/** The newest interval. */
function lastOf({ buckets }: Overview): Overview['buckets'][number] {
  const last = buckets.at(-1)
  if (last === undefined) throw new Error('The overview has no interval.')
  return last
}

test('sales are counted by step and summed by currency in the interval in which they happened', async ({
  shop,
  shopper,
  operator,
  adyen,
}) => {
  await shopper.order(1000)
  await shopper.startBuying(2000)
  const { id, amount, orderId } = await shopper.buy(4000)
  await operator.refund({ id, amount }, 1500)
  await shopper.startBuying(3001)
  await adyen.waitForDeliveries()
  await expect
    .poll(async () => (await shopper.getOrder(orderId)).refunds)
    .toMatchObject([{ status: 'refunded' }])
  const statuses = await shop.database.rows('select status, value from payments order by created_at')
  const refused = statuses.filter(({ status }) => status === 'refused' || status === 'error')
  const overview = await operator.getOverview({ interval: 'hour' })
  expect(overview.buckets).toHaveLength(24)
  expect(lastOf(overview)).toMatchObject({
    steps: { orders: 4, started: 3, cashier: 3 - refused.length, paid: 1 },
    money: [
      {
        currency: 'CNY',
        paid: { count: 1, value: 4000 },
        refused: refused.length === 0 ? emptyTotal : { count: 1, value: 3001 },
        refunded: { count: 1, value: 1500 },
      },
    ],
  })
  const [, ...earlier] = overview.buckets.toReversed()
  expect(earlier.every(({ steps, money }) => steps.orders === 0 && money.length === 0)).toBe(true)

  // An order belongs to the day of its own time, wherever the shop is.
  await shop.database.rows(
    `update orders set created_at = '2026-03-01T15:59:59Z', paid_at = '2026-03-01T16:00:00Z' where id = $1`,
    [orderId],
  )
  await shop.database.rows(`update payments set created_at = '2026-03-01T15:59:59Z' where id = $1`, [id])
  const march = await operator.getOverview({ from: '2026-03-01', to: '2026-03-03T16:00Z' })
  expect(march.buckets).toMatchObject([
    { from: '2026-02-28T16:00:00.000Z', steps: { orders: 1, started: 1, paid: 1 }, money: [] },
    { from: '2026-03-01T16:00:00.000Z', steps: { orders: 0 }, money: [{ paid: { count: 1, value: 4000 } }] },
    { from: '2026-03-02T16:00:00.000Z', steps: { orders: 0 }, money: [] },
  ])
  const inUtc = await operator.getOverview({ from: '2026-03-01', to: '2026-03-02', offset: 0 })
  expect(inUtc.buckets).toMatchObject([
    { from: '2026-03-01T00:00:00.000Z', steps: { orders: 1 }, money: [{ paid: { count: 1 } }] },
  ])
})

test('what waits is named with its age: stuck payments, webhooks and attention', async ({
  shop,
  shopper,
  operator,
}) => {
  const { payment } = await shopper.startBuying(4000)
  await shop.database.rows(
    `update payments set status = 'processing', created_at = now() - interval '2 hours' where id = $1`,
    [payment.id],
  )
  const reference = {
    eventCode: 'REFUND',
    pspReference: 'REFUND0000000009',
    originalReference: 'QFQTPCQ8HXSKGK89',
  }
  await postWebhook(shop.server, [signed(authorisationOf(payment, reference))])
  const overview = await operator.getOverview()
  expect(overview.stuck).toMatchObject({ count: 1, payments: [{ id: payment.id, status: 'processing' }] })
  expect(overview.oldest.unknownPayment).toBe(overview.stuck.payments[0]?.createdAt)
  expect(overview.oldest.unappliedWebhook).toBe(overview.webhooks.newest)
  expect(overview.attention).toMatchObject({ webhook: 1, payment_unknown: 1, refund_failed: 0 })
  expect(overview.webhooks.applyMs?.max).toBeGreaterThanOrEqual(overview.webhooks.applyMs?.median ?? Infinity)
  expect((await operator.run('overview')).out).toContain(`stuck  ${payment.id}`)
})

test('jobs that could run and do not are counted with their age', async ({ queue, operator }) => {
  // Without an address to deliver to no server takes it.
  await queue.enqueue('deliver-event', { eventId: 'evt_none', tries: 0 })
  const { jobs, oldest } = await operator.getOverview()
  expect(jobs).toContainEqual({ name: 'deliver-event', waiting: 1, since: expect.any(String) })
  // A worker may not yet have fetched another job.
  expect(oldest.waitingJob).toBe(jobs.map(({ since }) => since).toSorted()[0])
})

test.for([
  { from: '2026-01-01', to: '2026-03-01' },
  { from: '2026-03-02', to: '2026-03-01' },
  { from: '2026-03-01', to: '2026-03-05', interval: 'hour' as const },
  { from: '2026-02-31T25:00Z' },
])('a period of no or too many intervals is refused: %j', async (query, { operator }) => {
  expect(await refusalOf(operator.getOverview(query))).toMatchObject({ code: 'validation_failed' })
})
