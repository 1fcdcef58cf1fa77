import { mkdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { machineRoutes } from '@tael/contracts'
import { startServer, startSimulator } from '@tael/stack'
import { expect } from 'vitest'
import { callTo, dyingAt, Shopper, Simulator, waitForLog, WeChat } from './actors/index.ts'
import { clusterFolder } from './cluster.ts'
import { test } from './fixtures.ts'
import { until } from './until.ts'

test('a server killed over its call to Adyen: the next one repeats the call with its key, and it is paid once', async ({
  shop,
  shopper,
  adyen,
  clock,
}) => {
  const order = await shopper.order(4018)
  const doomed = await shop.startServer(dyingAt('payments answered'))
  const key = crypto.randomUUID()
  await expect(shopper.at(doomed).startPayment(order, key)).rejects.toThrow('No answer came.')
  await doomed.exited
  // Adyen has answered, and nothing of the answer is recorded.
  expect(await shopper.getOrder(order.id)).toMatchObject({ payment: { status: 'starting' } })

  await clock.expireLeases()
  const attempt = await shopper.startPayment(order, key)
  expect(attempt.payment.status).toBe('awaiting_shopper')
  await shopper.pay(attempt)
  expect(await shopper.getOrder(order.id)).toMatchObject({
    status: 'paid',
    payment: { id: attempt.payment.id },
  })
  expect(await adyen.payment(attempt.payment.id)).toMatchObject({ paid: 4018 })
  const calls = await adyen.calls('payments', attempt.payment.id)
  expect(calls).toHaveLength(2)
  expect(new Set(calls.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1)
})

test('a call that died with its server is retried by the next server that starts, without a request', async ({
  shop,
  shopper,
  adyen,
  clock,
}) => {
  const order = await shopper.order(7018)
  const doomed = await shop.startServer(dyingAt('payments answered'))
  await expect(shopper.at(doomed).startPayment(order)).rejects.toThrow('No answer came.')
  await doomed.exited
  await clock.expireLeases()
  await shop.startServer()
  await expect
    .poll(() => shopper.getOrder(order.id))
    .toMatchObject({ payment: { status: 'awaiting_shopper' } })
  const ledger = await adyen.ledger()
  expect(ledger.filter(({ merchantOrderReference }) => merchantOrderReference === order.id)).toHaveLength(1)
})

test('while another process makes the call, a second tap waits for its answer', async ({ shop, shopper }) => {
  const order = await shopper.order(5018)
  const other = await shop.startServer()
  const [one, two] = await Promise.all([shopper.startPayment(order), shopper.at(other).startPayment(order)])
  expect(two).toEqual(one)
  expect(one.payment.status).toBe('awaiting_shopper')
})

test('a server that is asked to stop answers what it has begun', async ({ shop, shopper, adyen }) => {
  const order = await shopper.order(6018)
  const leaving = await shop.startServer()
  const before = await adyen.calls('payments')
  const attempt = shopper.at(leaving).startPayment(order)
  await until(async () => (await adyen.calls('payments')).length > before.length)
  await leaving.stop()
  expect((await attempt).payment.status).toBe('awaiting_shopper')
})

test('a server whose database connections all break at the same moment recovers, and notices changes again', async ({
  shop,
  shopper,
}) => {
  const sturdy = await shop.startServer()
  const guest = shopper.at(sturdy)
  const requests = Promise.allSettled(Array.from({ length: 40 }, () => guest.listOrders()))
  await shop.database.rows(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and application_name like 'tael%'`,
  )
  await requests
  for (const server of [sturdy, shop.server]) {
    const isHealthy = () =>
      callTo(server)(machineRoutes.ready, {}).then(
        () => true,
        () => false,
      )
    await expect.poll(isHealthy).toBe(true)
  }

  const attempt = await shopper.startBuying(4000)
  const change = guest.waitForChange(attempt.payment, { timeoutMs: 20_000 })
  await shopper.payAtCashier(attempt)
  expect(await change).toMatchObject({ status: 'authorised' })
})

test('without DATABASE_URL a server brings its own PostgreSQL, and finds it again after kill -9', async () => {
  const dataDir = await clusterFolder()
  // What a process leaves that was killed while it set PostgreSQL up for the first time.
  await mkdir(path.join(dataDir, 'postgres.new/base'), { recursive: true })
  const simulator = await startSimulator('http://127.0.0.1:1')
  const start = () => startServer(simulator.url, { DATA_DIR: dataDir })
  const msg = 'no DATABASE_URL: using an embedded PostgreSQL'

  const first = await start()
  await waitForLog(first, { msg })
  const shopper = await Shopper.logIn('alice', {
    weChat: new WeChat(new Simulator(simulator.url)),
    server: callTo(first),
    addProduct: () => Promise.resolve('tea-jasmine'),
  })
  const { id } = await shopper.order(0)
  await first.stop('SIGKILL')

  const second = await start()
  await waitForLog(second, { msg, how: 'found' })
  expect(await shopper.at(second).getOrder(id)).toMatchObject({ status: 'open' })

  // The power fails: PostgreSQL dies too and leaves its postmaster.pid behind.
  const [postmaster = ''] = (await readFile(path.join(dataDir, 'postgres/postmaster.pid'), 'utf8')).split(
    '\n',
  )
  await second.stop('SIGKILL')
  process.kill(Number(postmaster), 'SIGKILL')
  const third = await start()
  await waitForLog(third, { msg, how: 'started' })
  expect(await shopper.at(third).getOrder(id)).toMatchObject({ id })
  await third.stop()
  await simulator.stop()
})
