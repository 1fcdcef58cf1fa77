import { credentials } from '@tael/stack'
import { expect } from 'vitest'
import { waitForLog } from './actors/index.ts'
import { test as base } from './fixtures.ts'

const codes: string[] = []

const test = base
  .extend('settings', { scope: 'file' }, { LOG_LEVEL: 'trace' })
  .extend('newCode', ({ weChat }) => async (): Promise<string> => {
    const code = await weChat.loginCode('alice')
    codes.push(code)
    return code
  })
  .extend('logInWith', ({ shop }) => async (code: string) => {
    const answer = await fetch(`${shop.server.url}/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code }),
    })
    const { status, headers } = answer
    return { status, retryAfter: headers.get('retry-after'), text: await answer.text() }
  })

/**
 * How a login ends under each fault of WeChat's: the problem that the phone is answered and when it
 * may retry, how often WeChat is called, and what the same code leads to once the fault is over. A
 * code whose answer was lost is used up, so it is never sent twice; a new one always works.
 */
const lost = { problem: 'login_unavailable', status: 503, retryAfter: '2', logins: 1, codeAfter: 401 }
const matrix = {
  login_busy: { ...lost, logins: 2, codeAfter: 201 },
  login_rate_limited: {
    ...lost,
    problem: 'login_rate_limited',
    status: 429,
    retryAfter: '60',
    codeAfter: 201,
  },
  login_ip_refused: {
    ...lost,
    problem: 'login_misconfigured',
    status: 500,
    retryAfter: null,
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

test.for(Object.entries(matrix))('%s', async ([name, expected], { weChat, newCode, logInWith }) => {
  const { problem, codeAfter, ...seen } = expected
  const code = await newCode()
  const { text, ...answer } = await weChat.withFault({ name }, () => logInWith(code))
  expect({ ...answer, logins: await weChat.logins(code) }).toEqual(seen)
  expect(JSON.parse(text)).toMatchObject({ code: problem })
  expect(text).not.toMatch(/openid|session_key|secret|appid|errcode/i)

  expect((await logInWith(code)).status).toBe(codeAfter)
  expect((await logInWith(await newCode())).status).toBe(201)
})

test('a shopper does not notice that WeChat is busy for one try', async ({ weChat, newCode, logInWith }) => {
  const code = await newCode()
  const answer = await weChat.withFault({ name: 'login_busy', times: 1 }, () => logInWith(code))
  expect(answer.status).toBe(201)
  expect(await weChat.logins(code)).toBe(2)
})

test('every fault that a login can meet has its row', async ({ weChat }) => {
  expect(new Set(await weChat.faultNames('login'))).toEqual(new Set(Object.keys(matrix)))
})

test('whatever WeChat answers, nothing secret of it is logged', async ({ shop, shopper }) => {
  await shopper.logOut()
  const { reqId } = await waitForLog(shop.server, { req: { path: '/logout' } })
  await waitForLog(shop.server, { reqId, msg: 'request completed' })
  const log = shop.server.lines.join('\n')
  expect(log).toContain('login_unavailable')
  const openids = (await shop.database.rows('select openid from shoppers')).map(({ openid }) =>
    String(openid),
  )
  const secrets = [credentials.WECHAT_APP_SECRET, 'session_key', ...openids, ...codes]
  expect(secrets.length).toBeGreaterThan(10)
  expect(secrets.filter((secret) => log.includes(secret))).toEqual([])
})
