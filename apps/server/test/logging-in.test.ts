import { shopperRoutes } from '@tael/contracts'
import { expect } from 'vitest'
import { refusalOf, waitForLog } from './actors/index.ts'
import { test as base } from './fixtures.ts'

const test = base.extend(
  'logInWith',
  ({ shop }) =>
    (code: string) =>
      shop.call(shopperRoutes.login, { body: { code } }),
)

const postLogin = (server: { readonly url: string }, code: string): Promise<Response> =>
  fetch(`${server.url}/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code }),
  })

test('a login returns a token and nothing of WeChat; the database holds only its hash', async ({
  shop,
  weChat,
  logInWith,
}) => {
  const session = await logInWith(await weChat.loginCode('alice'))
  expect(Object.keys(session).toSorted()).toEqual(['expiresAt', 'token'])
  const { stored } = await shop.database.row(
    `select string_agg(encode(token_hash, 'hex'), ',') as stored from sessions`,
  )
  expect(stored).toMatch(/^[0-9a-f]{64}/)
  expect(stored).not.toContain(Buffer.from(session.token, 'base64url').toString('hex'))
})

test('who logs in again is the same shopper', async ({ shop }) => {
  const first = await shop.shopper('bob')
  const { id } = await first.order(1000)
  const again = await shop.shopper('bob')
  expect(again.token).not.toBe(first.token)
  expect(await again.getOrder(id)).toMatchObject({ id })
  const other = await shop.shopper('carol')
  expect(await refusalOf(other.getOrder(id))).toMatchObject({ code: 'order_not_found' })
})

test('a code that is used or unknown asks for a new login', async ({ weChat, logInWith }) => {
  const used = await weChat.loginCode('alice')
  await logInWith(used)
  for (const code of [used, 'never-given', '\u0000', '\ud800']) {
    expect(await refusalOf(logInWith(code))).toMatchObject({ code: 'login_code_invalid', status: 401 })
  }
})

test('an expired code asks for a new login', async ({ weChat, clock, logInWith }) => {
  const code = await weChat.loginCode('alice')
  await clock.passSimulatedTime(5 * 60 + 1)
  expect(await refusalOf(logInWith(code))).toMatchObject({ code: 'login_code_invalid' })
})

test('a wrong app secret is logged for the operators and not shown to the shopper', async ({
  shop,
  weChat,
}) => {
  const other = await shop.startServer({ WECHAT_APP_SECRET: 'ffffffffffffffffffffffffffffffff' })
  const answer = await postLogin(other, await weChat.loginCode('alice'))
  const text = await answer.text()
  expect([answer.status, JSON.parse(text)]).toMatchObject([500, { code: 'login_misconfigured' }])
  expect(text).not.toMatch(/secret|appid|40125/i)
  const line = await waitForLog(other, { code: 'login_misconfigured' })
  expect(JSON.stringify(line)).toContain('WECHAT_APP_SECRET is wrong')
  expect(JSON.stringify(line)).toContain('errcode 40125')
})

test("a server that is not on the app's IP list is logged as that, in WeChat's words", async ({
  shop,
  weChat,
}) => {
  const code = await weChat.loginCode('alice')
  const answer = await weChat.withFault({ name: 'login_ip_refused' }, () => postLogin(shop.server, code))
  const text = await answer.text()
  expect([answer.status, JSON.parse(text)]).toMatchObject([500, { code: 'login_misconfigured' }])
  expect(text).not.toMatch(/whitelist|40164|203\.0\.113/)
  const line = JSON.stringify(await waitForLog(shop.server, { code: 'login_misconfigured' }))
  expect(line).toContain('not on the IP list')
  expect(line).toContain('errcode 40164 invalid ip 203.0.113.9')
  expect(line).not.toMatch(/appid or secret|SECRET is wrong/)
})

test('an unreachable WeChat is a problem with a time to retry after', async ({ shop }) => {
  const other = await shop.startServer({ WECHAT_API_URL: 'http://127.0.0.1:1' })
  const answer = await postLogin(other, 'any-code')
  expect([answer.status, answer.headers.get('retry-after'), await answer.json()]).toMatchObject([
    503,
    '2',
    { code: 'login_unavailable' },
  ])
})

test('a session ends by logging out and by its time', async ({ shop, clock }) => {
  const shopper = await shop.shopper('alice')
  await shopper.listOrders()
  await shopper.logOut()
  expect(await refusalOf(shopper.listOrders())).toMatchObject({ code: 'session_required' })

  const again = await shop.shopper('alice')
  await again.listOrders()
  await clock.expireSessions()
  expect(await refusalOf(again.listOrders())).toMatchObject({ code: 'session_required', status: 401 })
})

test('an ended session starts no payment, reports no return, and reads none', async ({ shop, clock }) => {
  const shopper = await shop.shopper('alice')
  const attempt = await shopper.startPayment(await shopper.order(4650))
  const read = await shopper.getPayment(attempt.payment.id)
  const another = await shopper.order(4650)
  const keys = await shop.database.count('idempotency_keys', 'true')
  await clock.expireSessions()
  const requests = [
    () => shopper.startPayment(another),
    () => shopper.submitDetails(attempt, 'requestPayment:fail cancel'),
    () => shopper.getPayment(attempt.payment.id),
  ]
  for (const request of requests)
    expect(await refusalOf(request())).toMatchObject({ code: 'session_required', status: 401 })
  expect(await shop.database.count('idempotency_keys', 'true')).toBe(keys)
  expect(await shop.database.count('payments', 'order_id = $1', [another.id])).toBe(0)
  const again = await shop.shopper('alice')
  expect(await again.getPayment(attempt.payment.id)).toEqual(read)
})

test('requests whose session ends while they wait for the payment change nothing', async ({ shop }) => {
  const shopper = await shop.shopper('alice')
  const order = await shopper.order(4650)
  const attempt = await shopper.startPayment(order)
  const count = () =>
    shop.database.row(
      'select (select count(*) from idempotency_keys) as keys, (select count(*) from payment_events) as events, (select count(*) from adyen_calls) as calls',
    )
  const before = await count()
  const waiting = `wait_event_type = 'Lock' and datname = current_database()`
  const answers: Promise<unknown>[] = []
  await shop.database.whileLocked([attempt.payment.id], async () => {
    answers.push(
      refusalOf(shopper.startPayment(order)),
      refusalOf(shopper.submitDetails(attempt, 'requestPayment:fail cancel')),
    )
    await expect.poll(() => shop.database.count('pg_stat_activity', waiting)).toBe(2)
    await shopper.logOut()
  })
  for (const answer of answers) expect(await answer).toMatchObject({ code: 'session_required', status: 401 })
  expect(await count()).toEqual(before)
})

test('a request without a token, or with one that was never given, is asked to log in', async ({ shop }) => {
  for (const options of [{}, { token: 'A'.repeat(43) }]) {
    expect(await refusalOf(shop.call(shopperRoutes.listOrders, {}, options))).toMatchObject({
      code: 'session_required',
    })
  }
})
