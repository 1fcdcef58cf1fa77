import { Parse } from '@sinclair/typebox/value'
import { Problem, shopperRoutes } from '@tael/contracts'
import type { Program } from '@tael/stack'
import { expect } from 'vitest'
import { authorised, callTo } from './actors/client.ts'
import { test as base } from './fixtures.ts'
import { ADYEN_AUTHORIZATION } from './webhook-items.ts'

const json = { 'content-type': 'application/json' }
const wrongToken = { authorization: `Bearer ${'A'.repeat(43)}` }
const wrongKey = { authorization: `Bearer tael_${'A'.repeat(43)}` }

/** Where a request goes, and from where, as our proxy reports it. */
interface Sent extends RequestInit {
  readonly url: string
  readonly from: string
}

const send = ({ url, from, ...init }: Sent): Promise<Response> => {
  const headers = new Headers(init.headers)
  if (from !== '') headers.set('x-forwarded-for', from)
  return fetch(url, { ...init, headers })
}

/**
 * Sends requests until one is limited. Returns that answer, and how often each other status came.
 */
async function flood(request: (index: number) => Sent) {
  const served = new Map<number, number>()
  let limited: Response | undefined
  let sent = 0
  const work = async (): Promise<void> => {
    while (limited === undefined) {
      const answer = await send(request((sent += 1)))
      if (answer.status === 429) limited = answer
      else served.set(answer.status, (served.get(answer.status) ?? 0) + 1)
      if (answer !== limited) await answer.arrayBuffer()
    }
  }
  await Promise.all(Array.from({ length: 20 }, work))
  return { limited, served }
}

/**
 * How many of these requests are served before one is limited. Of a caller who was limited a moment
 * ago it is what has drained since, far fewer than a minute's.
 */
async function servedBefore(request: () => Sent): Promise<number> {
  const { served } = await flood(request)
  return [...served.values()].reduce((sum, count) => sum + count, 0)
}

const madeUpToken = ({ url }: Program, from: string): Sent => ({
  url: `${url}/orders`,
  from,
  headers: wrongToken,
})

const test = base.extend('settings', { scope: 'file' }, { TRUSTED_PROXIES: '1' })

test('whoever is refused again and again must wait, whatever they try', async ({ shop, operator }) => {
  const { url, operatorsUrl } = shop.server
  const refused: readonly (readonly [string, Omit<Sent, 'from'>, number])[] = [
    ['192.0.2.1', { url: `${url}/orders` }, 401],
    ['192.0.2.2', { url: `${url}/orders`, headers: wrongToken }, 401],
    ['192.0.2.3', { url: `${url}/no-such-path` }, 404],
    ['192.0.2.4', { url: `${url}/%6frders` }, 404],
    ['192.0.2.5', { url: `${url}/webhooks/adyen`, method: 'POST', headers: json, body: '{}' }, 401],
    ['192.0.2.6', { url: `${operatorsUrl}/ops/attention`, headers: wrongKey }, 401],
    ['192.0.2.7', { url: `${operatorsUrl}/ops/no-such-path` }, 404],
    [
      '192.0.2.8',
      {
        url: `${operatorsUrl}/console/session`,
        method: 'POST',
        headers: { ...json, 'x-forwarded-proto': 'https' },
        body: '{"key":"guess"}',
      },
      401,
    ],
  ]
  for (const [from, request, status] of refused) {
    const { limited, served } = await flood(() => ({ ...request, from }))
    expect([...served.keys()]).toEqual([status])
    expect(limited?.headers.get('content-type')).toContain('application/problem+json')
    const problem = Parse(Problem, await limited?.json())
    expect(problem).toMatchObject({ code: 'rate_limited', status: 429 })
    expect(limited?.headers.get('retry-after')).toBe(String(problem.retryAfterSeconds))
    expect(problem.retryAfterSeconds).toBeGreaterThan(0)
    // Elsewhere the same is refused as before, and the load balancer's question is answered.
    expect((await send({ url: `${url}/health/ready`, from })).status).toBe(200)
    expect((await send({ ...request, from: '192.0.2.99' })).status).toBe(status)
  }

  // Not signed, but from Adyen: never limited.
  const delivery = JSON.stringify({ live: 'false', notificationItems: [{ NotificationRequestItem: {} }] })
  const headers = { ...json, authorization: ADYEN_AUTHORIZATION }
  const fromAdyen = { url: `${url}/webhooks/adyen`, method: 'POST', headers, body: delivery }
  expect((await send({ ...fromAdyen, from: '192.0.2.5' })).status).toBe(401)
  // A key that is known here works from where others were guessed.
  const authorization = `Bearer ${await operator.key()}`
  const attention = { url: `${operatorsUrl}/ops/attention`, headers: { authorization } }
  expect((await send({ ...attention, from: '192.0.2.9' })).status).toBe(200)
  expect((await send({ ...attention, from: '192.0.2.6' })).status).toBe(200)
})

test('strangers at the address of a shopper take nothing from them: not their payment, not their login', async ({
  shop: { server },
  shopper,
  weChat,
}) => {
  const from = '198.51.100.1'
  const attempt = await shopper.startBuying(4000)
  const errMsg = await shopper.payAtCashier(attempt)
  const login = { url: `${server.url}/login`, from, method: 'POST', headers: json }
  // The strangers do not stop.
  let isOver = false
  const floodOn = async (request: Sent): Promise<void> => {
    await flood(() => request)
    if (!isOver) await floodOn(request)
  }
  const requests = [
    madeUpToken(server, from),
    { url: `${server.url}/products`, from },
    { ...login, body: '{}' },
  ]
  await Promise.all(requests.map((request) => flood(() => request)))
  const floods = Promise.all(requests.map(floodOn))
  const headers = { ...json, authorization: `Bearer ${shopper.token}` }
  const paymentId = attempt.payment.id
  const details = JSON.stringify({ paymentId, details: { paymentStatus: errMsg } })
  const answer = await send({
    url: `${server.url}/payments/details`,
    from,
    method: 'POST',
    headers,
    body: details,
  })
  expect(await answer.json()).toMatchObject({ status: 'authorised' })
  // Their session ends: its token still distinguishes them from strangers.
  const { token } = await callTo(server)(shopperRoutes.login, {
    body: { code: await weChat.loginCode('alice') },
  })
  await authorised(callTo(server), token)(shopperRoutes.logout, {})
  const body = JSON.stringify({ code: await weChat.loginCode('alice') })
  const ended = { ...json, authorization: `Bearer ${token}` }
  expect((await send({ ...login, headers: ended, body })).status).toBe(201)
  isOver = true
  await floods
})

test.for([
  { path: '/orders?limit=1', status: 200 },
  { path: '/payments/pay_0', status: 404 },
])(
  'a shopper who floods $path must wait, in each session and from every address; others need not',
  async ({ path, status }, { shop }) => {
    const mallorys = `mallory of ${path}`
    const [mallory, again, bob] = await Promise.all(
      [mallorys, mallorys, 'bob'].map((name) => shop.shopper(name)),
    )
    const as = (shopper: typeof bob, from: string): Sent => ({
      url: shop.server.url + path,
      from,
      headers: { authorization: `Bearer ${shopper?.token}` },
    })
    const { limited } = await flood((index) =>
      as(index % 2 === 0 ? mallory : again, `203.0.113.${index % 256}`),
    )
    expect(limited?.status).toBe(429)
    expect(await servedBefore(() => as(mallory, '203.0.113.9'))).toBeLessThan(300)
    expect((await send(as(bob, '203.0.113.9'))).status).toBe(status)
  },
)

test.for([
  ['an address that a client invents', (index: number) => `10.1.${index >> 8}.${index & 255}, 192.0.2.21`],
  ['another port', (index: number) => `192.0.2.22:${1024 + index}`],
  [
    'an IPv4 address written as IPv6',
    (index: number) => (index % 2 === 0 ? '192.0.2.23' : '::ffff:192.0.2.23'),
  ],
  ['another address of the same IPv6 network', (index: number) => `2001:db8:0:1::${index.toString(16)}`],
  ['its port too', (index: number) => `[2001:db8:0:2::${index.toString(16)}]:${1024 + index}`],
] as const)('%s is not another caller', async ([, from], { shop }) => {
  const { limited } = await flood((index) => ({ url: `${shop.server.url}/no-such-path`, from: from(index) }))
  expect(limited?.status).toBe(429)
})

test('without a proxy of ours no client is believed to be another address', async ({ shop }) => {
  const server = await shop.startServer({ TRUSTED_PROXIES: '0' })
  const wrong = { url: `${server.url}/no-such-path` }
  const { limited } = await flood((index) => ({ ...wrong, from: `10.1.${index >> 8}.${index & 255}` }))
  expect(limited?.status).toBe(429)
  expect(await servedBefore(() => ({ ...wrong, from: '' }))).toBeLessThan(150)
})

test('all servers count together', async ({ shop }) => {
  const [other, from] = [await shop.startServer(), '192.0.2.41']
  expect((await flood(() => madeUpToken(shop.server, from))).limited?.status).toBe(429)
  // The other one alone would still answer twice as many.
  const busy = Array.from({ length: 100 }, () => send(madeUpToken(other, from)))
  expect(new Set((await Promise.all(busy)).map(({ status }) => status))).toContain(401)
  const next = async (): Promise<number> => (await send(madeUpToken(other, from))).status
  await expect.poll(next, { interval: 500 }).toBe(429)
})

test('whoever must wait for WeChat reads in the header too how long', async ({
  shop: { server },
  weChat,
}) => {
  const code = await weChat.loginCode('alice')
  const answer = await weChat.withFault({ name: 'login_rate_limited' }, () =>
    send({
      url: `${server.url}/login`,
      from: '192.0.2.9',
      method: 'POST',
      headers: json,
      body: JSON.stringify({ code }),
    }),
  )
  const problem = Parse(Problem, await answer.json())
  expect(problem).toMatchObject({ code: 'login_rate_limited', retryAfterSeconds: expect.any(Number) })
  expect(answer.headers.get('retry-after')).toBe(String(problem.retryAfterSeconds))
})
