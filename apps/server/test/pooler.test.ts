import { startServer } from '@tael/stack'
import { describe, expect, inject } from 'vitest'
import { createDatabase } from './actors/database.ts'
import { MINUTE, openShop, type Shop } from './actors/index.ts'
import { test as base } from './fixtures.ts'
import { brokenInvariants } from './invariants.ts'
import { missingPgBouncer, startPgBouncer } from './pgbouncer.ts'

const missing = missingPgBouncer()
if (missing !== undefined) process.stderr.write(`${missing}\n`)

const test = base.extend('shop', { scope: 'file' }, async ({ simulatorSettings }, { onCleanup }) => {
  const pooler = await startPgBouncer(inject('postgresUrl'))
  let shop: Shop | undefined
  onCleanup(async () => {
    await shop?.close()
    await pooler.stop()
  })
  shop = await openShop({
    simulator: simulatorSettings,
    reachDatabase: (url) => ({ DATABASE_URL: pooler.through(url), DATABASE_DIRECT_URL: url }),
  })
  return { ...shop, pooler }
})

describe.skipIf(missing !== undefined)('behind PgBouncer, which pools by transaction,', () => {
  test('many buy at the same time, waiting phones are answered, and jobs run', async ({
    shop,
    shopper,
    operator,
    clock,
  }) => {
    const attempts = await Promise.all(Array.from({ length: 30 }, () => shopper.startBuying(6100)))
    const [first, ...others] = attempts
    if (first === undefined) throw new Error('There is no attempt.')
    // The client times out before the long poll ends: only the change can have answered it.
    const change = shopper.waitForChange(first.payment, { waitMs: 25_000, timeoutMs: 20_000 })
    await shopper.payAtCashier(first)
    expect(await change).toMatchObject({ status: 'authorised' })
    for (const payment of await Promise.all(others.map((attempt) => shopper.pay(attempt))))
      expect(payment).toMatchObject({ status: 'authorised' })
    const refund = await operator.refund(first.payment)
    await expect
      .poll(async () => (await operator.getPaymentRecord(first.payment.id)).refunds)
      .toMatchObject([{ id: refund.id, status: 'refunded' }])
    const { id } = await shopper.order(4000)
    await clock.passTime(31 * MINUTE)
    await expect.poll(() => shopper.getOrder(id)).toMatchObject({ status: 'expired' })
    expect(await brokenInvariants(shop)).toEqual([])
  })

  test('a server that only knows its address names the variable that it needs', async ({ shop }) => {
    const DATABASE_URL = shop.pooler.through(await createDatabase(inject('postgresUrl')))
    await expect(startServer('http://127.0.0.1:1', { DATABASE_URL })).rejects.toThrow(
      /leads to a connection pooler: set DATABASE_DIRECT_URL[^]*\.env\.example/,
    )
  })
})
