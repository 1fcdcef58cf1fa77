import { PgBoss } from 'pg-boss'
import { expect } from 'vitest'
import { STATEMENT_TIMEOUT_MS } from '../src/db/session.ts'
import { queues, renamedQueues } from '../src/jobs/register.ts'
import { test } from './fixtures.ts'
import { MINUTE } from './actors/index.ts'

/** pg-boss on the shop's database, beside the servers. */
async function withBoss<T>(url: string, work: (boss: PgBoss) => Promise<T>): Promise<T> {
  const boss = new PgBoss({ connectionString: url, migrate: false, supervise: false, schedule: false })
  boss.on('error', (error) => {
    throw error
  })
  await boss.start()
  try {
    return await work(boss)
  } finally {
    await boss.stop({ graceful: false })
  }
}

test('a server gives the queues of an earlier release its own settings', async ({ shop }) => {
  await withBoss(shop.database.url, async (boss) => {
    await boss.updateQueue('make-call', { retryLimit: 3, expireInSeconds: 17 })
    await shop.startServer()
    const { retryLimit, expireInSeconds } = queues['make-call'].queue
    expect(await boss.getQueue('make-call')).toMatchObject({ retryLimit, expireInSeconds, policy: 'short' })
  })
})

test('a job that its schedule enqueued, without data, is done', async ({ queue }) => {
  await queue.runScheduled('delete-expired')
  expect(await queue.waiting('delete-expired')).toBe(0)
})

test('a job that waits in a queue of an earlier name is done under the new one', async ({
  shop,
  shopper,
  adyen,
  clock,
  queue,
}) => {
  const attempt = await adyen.withFault({ name: 'lost_request', call: 'payments' }, () =>
    shopper.startBuying(6100),
  )
  const { id: paymentId } = attempt.payment
  const [before = ''] = Object.keys(renamedQueues)
  await withBoss(shop.database.url, async (boss) => {
    await boss.createQueue(before)
    await boss.schedule(before, '0 0 1 1 *')
    await boss.send(before, { paymentId })
    await shop.startServer()
    expect(await boss.getSchedules(before)).toEqual([])
  })
  await queue.waitUntilCompleted('abandon-payment', { paymentId })
  await clock.passTime(MINUTE)
  expect(await queue.waiting('abandon-payment', { paymentId })).toBe(1)
})

test.for(Object.entries(queues))('a batch of %s ends before it expires', ([, { queue, work }]) => {
  // Each job may wait for a lock as long as one statement may take.
  expect(work.batchSize * STATEMENT_TIMEOUT_MS).toBeLessThan(queue.expireInSeconds * 1000)
})
