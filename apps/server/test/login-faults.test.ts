import { shopperRoutes } from '@tael/contracts'
import { credentials } from '@tael/stack'
import { expect } from 'vitest'
import { test as base } from './fixtures.ts'
import { logged, loginCode, type Shop, simulate, simulatedCalls } from './shop.ts'

const test = base.extend('settings', { scope: 'file' }, { LOG_LEVEL: 'trace' })

/**
 * What comes of a login under each fault of WeChat's: what the phone is told and when it may come back, how often WeChat
 * is asked, and whether the code is good once the fault is over. A code whose answer was lost is used up, so it is never
 * sent twice; a fresh one always works.
 */
const lost = { problem: 'login_unavailable', status: 503, retryAfter: '2', asked: 1, codeAfter: 401 }
const matrix = {
  login_busy: { ...lost, asked: 2, codeAfter: 201 },
  login_rate_limited: {
    ...lost,
    problem: 'login_rate_limited',
    status: 429,
    retryAfter: '60',
    codeAfter: 201,
  },
  login_blocked: { ...lost, problem: 'login_blocked', status: 403, retryAfter: null, codeAfter: 201 },
  login_unavailable_503: { ...lost, codeAfter: 201 },
  login_lost_request: { ...lost, codeAfter: 201 },
  login_timeout_before: { ...lost, codeAfter: 201 },
  login_lost_answer: lost,
  login_timeout: lost,
  login_truncated_json: lost,
  login_html_page: lost,
  login_wrong_schema: lost,
}

const codes: string[] = []

async function newCode(shop: Shop): Promise<string> {
  const code = await loginCode(shop, 'alice')
  codes.push(code)
  return code
}

async function logInWith(shop: Shop, code: string) {
  const answer = await fetch(`${shop.server.url}/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code }),
  })
  const text = await answer.text()
  return { status: answer.status, retryAfter: answer.headers.get('retry-after'), text }
}

async function timesAsked(shop: Shop, code: string): Promise<number> {
  return (await simulatedCalls(shop, 'GET /sns/jscode2session')).filter((call) => call.includes(code)).length
}

test.for(Object.entries(matrix))('%s', async ([name, expected], { shop }) => {
  const code = await newCode(shop)
  await simulate(shop, 'PUT', '/scenario', { faults: [{ name, probability: 1 }] })
  const { status, retryAfter, text } = await logInWith(shop, code)
  await simulate(shop, 'PUT', '/scenario', { faults: [] })
  expect({ status, retryAfter, asked: await timesAsked(shop, code) }).toEqual({
    status: expected.status,
    retryAfter: expected.retryAfter,
    asked: expected.asked,
  })
  expect(JSON.parse(text)).toMatchObject({ code: expected.problem })
  expect(text).not.toMatch(/openid|session_key|secret|appid|errcode/i)

  expect((await logInWith(shop, code)).status).toBe(expected.codeAfter)
  expect((await logInWith(shop, await newCode(shop))).status).toBe(201)
})

test('WeChat that is busy for one try is nothing to a shopper', async ({ shop }) => {
  const code = await newCode(shop)
  await simulate(shop, 'PUT', '/scenario', { faults: [{ name: 'login_busy', probability: 1, times: 1 }] })
  expect((await logInWith(shop, code)).status).toBe(201)
  expect(await timesAsked(shop, code)).toBe(2)
})

test('every fault that a login can meet has its row', async ({ shop }) => {
  const described = JSON.stringify(await simulate(shop, 'GET', '/scenarios'))
  const known = [...described.matchAll(/"name":"(\w+)","description":"A login:/g)].map(([, name]) => name)
  expect(new Set(known)).toEqual(new Set(Object.keys(matrix)))
})

test('whatever WeChat answers, nothing secret of it is logged', async ({ shop, token }) => {
  await shop.call(shopperRoutes.logout, {}, { token })
  const log = await logged(shop.server, /"path":"\/logout"[^]*"msg":"request completed"/)
  expect(log).toContain('login_unavailable')
  const { rows } = await shop.db.query<{ openid: string }>('select openid from shoppers')
  const secrets = [
    credentials.WECHAT_APP_SECRET,
    'session_key',
    ...rows.map(({ openid }) => openid),
    ...codes,
  ]
  expect(secrets.length).toBeGreaterThan(10)
  expect(secrets.filter((secret) => log.includes(secret))).toEqual([])
})
