import { expect } from 'vitest'
import { test } from './fixtures.ts'
import { until } from './until.ts'

/** The connections that listen, not those that are only about to: they wake every phone when they do. */
const listeners = `select pid from pg_stat_activity where application_name = 'tael changes'
  and datname = current_database() and query in ('listen payment_changed', 'select 1')`

test('each break of the listening connection opens one new connection, and waiting phones still hear', async ({
  shop: { database },
  shopper,
}) => {
  const pids = async (): Promise<readonly unknown[]> => (await database.rows(listeners)).map(({ pid }) => pid)
  for (let breaks = 1; breaks <= 4; breaks += 1) {
    const before = await pids()
    expect(before).toHaveLength(1)
    await database.rows('select pg_terminate_backend($1)', [before[0]])
    await until(async () => {
      const now = await pids()
      return now.length > 0 && !now.includes(before[0])
    })
    // A second replacement of the same break, had one begun, listens before a change gets through.
    const attempt = await shopper.startBuying(6100)
    const [changed] = await Promise.all([shopper.waitForChange(attempt.payment), shopper.pay(attempt)])
    expect(changed.version).toBeGreaterThan(attempt.payment.version)
  }
  expect(await pids()).toHaveLength(1)
})
