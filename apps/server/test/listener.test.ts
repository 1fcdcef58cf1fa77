import type { Payment } from '@tael/contracts'
import { expect } from 'vitest'
import type { Shopper } from './actors/index.ts'
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
    await Promise.all([hearsOfChange(shopper, attempt.payment), shopper.pay(attempt)])
  }
  expect(await pids()).toHaveLength(1)
})

/** Waits as a phone does: a connection that listens anew answers every phone, also where nothing has changed. */
async function hearsOfChange(shopper: Shopper, payment: Payment): Promise<void> {
  const { version } = await shopper.waitForChange(payment)
  if (version <= payment.version) await hearsOfChange(shopper, payment)
}
