import { shopperRoutes } from '@tael/contracts'
import { expect } from 'vitest'
import { test as base } from './fixtures.ts'
import { logged, logIn, loginCode, refusal, row, simulate } from './shop.ts'

const test = base.extend(
  'logInWith',
  ({ shop }) =>
    (code: string) =>
      shop.call(shopperRoutes.login, { body: { code } }),
)

test('a login gives a token and nothing of WeChat; the database knows only its hash', async ({
  shop,
  logInWith,
}) => {
  const session = await logInWith(await loginCode(shop, 'alice'))
  expect(Object.keys(session).toSorted()).toEqual(['expiresAt', 'token'])
  const { stored } = await row(
    shop,
    `select string_agg(encode(token_hash, 'hex'), ',') as stored from sessions`,
  )
  expect(stored).toMatch(/^[0-9a-f]{64}/)
  expect(stored).not.toContain(Buffer.from(session.token, 'base64url').toString('hex'))
})

test('the same shopper is the same shopper at each login', async ({ shop }) => {
  await logIn(shop, 'bob')
  await logIn(shop, 'bob')
  const { shoppers } = await row(
    shop,
    `select count(distinct shopper_id)::int as shoppers from sessions join shoppers on shoppers.id = shopper_id
     where openid = (select openid from shoppers order by created_at desc limit 1)`,
  )
  expect(shoppers).toBe(1)
})

test('a used code and an unknown one ask for a new login', async ({ shop, logInWith }) => {
  const code = await loginCode(shop, 'alice')
  await logInWith(code)
  expect(await refusal(logInWith(code))).toMatchObject({ code: 'login_code_invalid', status: 401 })
  for (const code of ['never-given', '\u0000', '\ud800']) {
    expect(await refusal(logInWith(code))).toMatchObject({ code: 'login_code_invalid', status: 401 })
  }
})

test('an expired code asks for a new login', async ({ shop, logInWith }) => {
  const code = await loginCode(shop, 'alice')
  await simulate(shop, 'POST', '/clock', { forwardMs: 5 * 60_000 + 1 })
  expect(await refusal(logInWith(code))).toMatchObject({ code: 'login_code_invalid' })
})

test('a wrong app secret is our own fault: told to the log, not to the shopper', async ({ shop }) => {
  const other = await shop.anotherServer({ WECHAT_APP_SECRET: 'ffffffffffffffffffffffffffffffff' })
  const answer = await fetch(`${other.url}/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code: await loginCode(shop, 'alice') }),
  })
  const text = await answer.text()
  expect([answer.status, JSON.parse(text)]).toMatchObject([500, { code: 'login_misconfigured' }])
  expect(text).not.toMatch(/secret|appid|40125/i)
  expect(await logged(other, /errcode 40125/)).toContain('login_misconfigured')
})

test('an unreachable WeChat is a problem that says when to come back', async ({ shop }) => {
  const other = await shop.anotherServer({ WECHAT_API_URL: 'http://127.0.0.1:1' })
  const answer = await fetch(`${other.url}/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code: 'any-code' }),
  })
  expect([answer.status, answer.headers.get('retry-after'), await answer.json()]).toMatchObject([
    503,
    '2',
    { code: 'login_unavailable' },
  ])
})

test('a session ends by logging out and by its time', async ({ shop }) => {
  const token = await logIn(shop)
  await shop.call(shopperRoutes.listOrders, {}, { token })
  await shop.call(shopperRoutes.logout, {}, { token })
  expect(await refusal(shop.call(shopperRoutes.listOrders, {}, { token }))).toMatchObject({
    code: 'session_required',
  })

  const second = await logIn(shop)
  await shop.db.query('update sessions set expires_at = now()')
  expect(await refusal(shop.call(shopperRoutes.listOrders, {}, { token: second }))).toMatchObject({
    code: 'session_required',
    status: 401,
  })
})

test('no token, and one that was never given, are told to log in', async ({ shop }) => {
  expect(await refusal(shop.call(shopperRoutes.listOrders, {}))).toMatchObject({ code: 'session_required' })
  const token = 'A'.repeat(43)
  expect(await refusal(shop.call(shopperRoutes.listOrders, {}, { token }))).toMatchObject({
    code: 'session_required',
  })
})
