import { chmod, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { machineRoutes, shopperRoutes } from '@tael/contracts'
import { startServer, startSimulator } from '@tael/stack'
import { expect, vi } from 'vitest'
import { test } from './fixtures.ts'
import {
  atCashier,
  callTo,
  dyingAt,
  newKey,
  order,
  pay,
  row,
  type Shop,
  simulate,
  stringIn,
  submit,
} from './shop.ts'

test('a server killed over its call to Adyen: the next one repeats the call with its key and it is paid once', async ({
  shop,
  token,
}) => {
  const placed = await order(shop, token, 4018)
  const doomed = await shop.anotherServer(dyingAt('payments answered'))
  const key = newKey()
  const body = { orderId: placed.id, amount: placed.amount }
  const cut = callTo(doomed.url)(shopperRoutes.startPayment, { idempotencyKey: key, body }, { token }).then(
    () => 'answered',
    () => 'cut off',
  )
  // Adyen has answered, and nothing of it is written down.
  await doomed.exited
  expect(await cut).toBe('cut off')
  expect(await row(shop, 'select status from payments where order_id = $1', [placed.id])).toEqual({
    status: 'starting',
  })

  // The lease of the dead process is the one thing to wait for; it ends at once here.
  await shop.db.query('update adyen_calls set leased_until = now() where answered_at is null')
  const started = await shop.call(shopperRoutes.startPayment, { idempotencyKey: key, body }, { token })
  expect(started.payment.status).toBe('awaiting_shopper')
  await submit(shop, token, started.payment.id, await atCashier(shop, started, 'pay'))
  const paid = await shop.call(shopperRoutes.getOrder, { params: { orderId: placed.id } }, { token })
  expect(paid).toMatchObject({ status: 'paid', payment: { id: started.payment.id } })
  const ledger = JSON.stringify(await simulate(shop, 'GET', '/ledger'))
  expect(ledger.split(`"${started.payment.id}"`)).toHaveLength(2)
})

test('a call that died with its server is taken up by the next one that starts, without anybody asking', async ({
  shop,
  token,
}) => {
  const placed = await order(shop, token, 7018)
  const doomed = await shop.anotherServer(dyingAt('payments answered'))
  const body = { orderId: placed.id, amount: placed.amount }
  const cut = callTo(doomed.url)(
    shopperRoutes.startPayment,
    { idempotencyKey: newKey(), body },
    { token },
  ).then(
    () => 'answered',
    () => 'cut off',
  )
  await doomed.exited
  expect(await cut).toBe('cut off')
  await shop.db.query('update adyen_calls set leased_until = now() where answered_at is null')
  await shop.anotherServer()
  const status = async (): Promise<unknown> =>
    (await row(shop, 'select status from payments where order_id = $1', [placed.id]))['status']
  await vi.waitUntil(async () => (await status()) === 'awaiting_shopper', { timeout: 20_000, interval: 50 })
  const ledger = JSON.stringify(await simulate(shop, 'GET', '/ledger'))
  expect(ledger.split(`"merchantOrderReference":"${placed.id}"`)).toHaveLength(2)
})

test('while another process makes the call, a second tap waits for its answer', async ({ shop, token }) => {
  const placed = await order(shop, token, 5018)
  const other = await shop.anotherServer()
  const [one, two] = await Promise.all([
    pay(shop, token, placed),
    pay({ ...shop, call: callTo(other.url) }, token, placed),
  ])
  expect(two).toEqual(one)
  expect(one.payment.status).toBe('awaiting_shopper')
})

test('a server that is asked to stop answers what it has begun', async ({ shop, token }) => {
  const placed = await order(shop, token, 6018)
  const leaving = await shop.anotherServer()
  const body = { orderId: placed.id, amount: placed.amount }
  const answer = callTo(leaving.url)(
    shopperRoutes.startPayment,
    { idempotencyKey: newKey(), body },
    { token },
  )
  await reached(shop, 'POST /payments')
  await leaving.stop()
  expect((await answer).payment.status).toBe('awaiting_shopper')
})

test('a server whose database connections all break at once lives on, and still hears of changes', async ({
  shop,
  token,
}) => {
  const sturdy = await shop.anotherServer()
  const call = callTo(sturdy.url)
  const busy = Array.from({ length: 40 }, () =>
    call(shopperRoutes.listOrders, {}, { token }).then(
      () => 'ok',
      () => 'failed',
    ),
  )
  await shop.db.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and application_name like 'tael%'`,
  )
  await Promise.all(busy)
  await vi.waitUntil(
    () =>
      call(machineRoutes.health, {}).then(
        () => true,
        () => false,
      ),
    { timeout: 10_000, interval: 50 },
  )
  await vi.waitUntil(
    () =>
      shop.call(machineRoutes.health, {}).then(
        () => true,
        () => false,
      ),
    { timeout: 10_000, interval: 50 },
  )

  const listeners = `select count(*)::int as listeners from pg_stat_activity
    where datname = current_database() and application_name = 'tael changes'`
  await vi.waitUntil(async () => Number((await row(shop, listeners))['listeners']) >= 2, {
    timeout: 10_000,
    interval: 50,
  })
  const started = await pay(shop, token, await order(shop, token, 4000))
  const { id, version } = started.payment
  const query = { afterVersion: version, waitMs: 25_000 }
  const waiting = call(
    shopperRoutes.getPayment,
    { params: { paymentId: id }, query },
    { token, timeoutMs: 8_000 },
  )
  await atCashier(shop, started, 'pay')
  expect(await waiting).toMatchObject({ status: 'authorised' })
})

test('without DATABASE_URL a server brings its own PostgreSQL, and finds it again after kill -9', async () => {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'tael-embedded-'))
  await chmod(dataDir, 0o755)
  // What a process leaves that was killed while it set PostgreSQL up for the first time.
  await mkdir(path.join(dataDir, 'postgres.new/base'), { recursive: true })
  const simulator = await startSimulator('http://127.0.0.1:1')
  const env = { DATA_DIR: dataDir }
  const first = await startServer(simulator.url, env)
  expect(first.lines.join('\n')).toContain('embedded PostgreSQL')
  const bought = await buy(simulator.url, first.url)
  await first.stop('SIGKILL')

  const second = await startServer(simulator.url, env)
  expect(second.lines.join('\n')).toContain('"how":"found"')
  const kept = await callTo(second.url)(
    shopperRoutes.getOrder,
    { params: { orderId: bought.orderId } },
    { token: bought.token },
  )
  expect(kept.status).toBe('open')

  // The power fails: PostgreSQL dies too and leaves its postmaster.pid behind.
  const postmaster = Number(
    (await readFile(path.join(dataDir, 'postgres/postmaster.pid'), 'utf8')).split('\n')[0],
  )
  await second.stop('SIGKILL')
  process.kill(postmaster, 'SIGKILL')
  const third = await startServer(simulator.url, env)
  expect(third.lines.join('\n')).toContain('"how":"started"')
  const still = await callTo(third.url)(
    shopperRoutes.getOrder,
    { params: { orderId: bought.orderId } },
    { token: bought.token },
  )
  expect(still.id).toBe(bought.orderId)
  await third.stop()
  await simulator.stop()
  await rm(dataDir, { recursive: true, force: true })
})

async function buy(simulatorUrl: string, serverUrl: string): Promise<{ orderId: string; token: string }> {
  const answer = await fetch(`${simulatorUrl}/simulator/wechat/codes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ shopper: 'alice' }),
  })
  const call = callTo(serverUrl)
  const { token: session } = await call(shopperRoutes.login, {
    body: { code: stringIn(await answer.json(), 'code') },
  })
  const lines = [{ productId: 'tea-jasmine', quantity: 1 }]
  const placed = await call(
    shopperRoutes.createOrder,
    { idempotencyKey: newKey(), body: { lines } },
    { token: session },
  )
  return { orderId: placed.id, token: session }
}

/** Waits until the simulator has received one more call of this kind. */
async function reached(shop: Shop, label: string): Promise<void> {
  const abort = new AbortController()
  const answer = await fetch(`${shop.simulator.url}/simulator/messages`, { signal: abort.signal })
  const past = JSON.stringify(await simulate(shop, 'GET', '/messages')).split(`"label":"${label}"`).length - 1
  let seen = ''
  for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    seen += chunk
    if (seen.split(`"label":"${label}"`).length - 1 > past) break
  }
  abort.abort()
}
