import { Parse } from '@sinclair/typebox/value'
import { Problem } from '@tael/contracts'
import { credentials, type Program } from '@tael/stack'
import { expect } from 'vitest'
import { test as base } from './fixtures.ts'

/** Requests from one address in a minute (http/rate-limit.ts). */
const LIMIT = 1200

const test = base
  .extend('settings', { scope: 'file' }, { TRUSTED_PROXIES: '1' })
  /**
   * Sends one request from behind proxies that say so; by default for a route that needs a session.
   */
  .extend('send', () => (server: Program, forwardedFor: string, path = '/orders', init: RequestInit = {}) => {
    const headers = new Headers(init.headers)
    if (forwardedFor !== '') headers.set('x-forwarded-for', forwardedFor)
    return fetch(server.url + path, { ...init, headers })
  })
  /**
   * Sends requests, each from where `forwardedFor` says, until one is limited; undefined where none
   * is.
   */
  .extend(
    'flood',
    ({ send }) =>
      async (server: Program, forwardedFor: (index: number) => string, path?: string) => {
        const served = new Map<number, number>()
        let limited: Response | undefined
        let sent = 0
        const work = async (): Promise<void> => {
          while (limited === undefined && (sent += 1) < 3 * LIMIT) {
            const answer = await send(server, forwardedFor(sent), path)
            if (answer.status === 429) limited = answer
            else served.set(answer.status, (served.get(answer.status) ?? 0) + 1)
            if (answer !== limited) await answer.arrayBuffer()
          }
        }
        await Promise.all(Array.from({ length: 20 }, work))
        return { limited, served }
      },
  )

test('an address that floods must wait, whatever it claims to be; other addresses and Adyen are served', async ({
  shop: { server },
  send,
  flood,
}) => {
  // Only the address that our own proxy added, the last one, is believed.
  const { limited, served } = await flood(server, (index) => `10.1.${index >> 8}.${index & 255}, 192.0.2.1`)
  expect(served.get(401)).toBeGreaterThanOrEqual(LIMIT)
  expect(limited?.headers.get('content-type')).toContain('application/problem+json')
  const problem = Parse(Problem, await limited?.json())
  expect(problem).toMatchObject({ code: 'rate_limited', status: 429 })
  expect(limited?.headers.get('retry-after')).toBe(String(problem.retryAfterSeconds))
  expect(problem.retryAfterSeconds).toBeGreaterThan(0)
  expect(problem.retryAfterSeconds).toBeLessThanOrEqual(60)

  expect((await send(server, '192.0.2.1, 192.0.2.2')).status).toBe(401)
  const { ADYEN_WEBHOOK_USERNAME: name, ADYEN_WEBHOOK_PASSWORD: password } = credentials
  const webhook = {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
    },
    body: JSON.stringify({ live: 'false', notificationItems: [{ NotificationRequestItem: {} }] }),
  }
  // Not signed, but not limited either.
  expect((await send(server, '192.0.2.1', '/webhooks/adyen', webhook)).status).toBe(401)
})

test('a search for paths that exist is limited too', async ({ shop: { server }, flood }) => {
  const { limited, served } = await flood(server, () => '192.0.2.3', '/no-such-path')
  expect(served.get(404)).toBeGreaterThanOrEqual(LIMIT)
  expect(await limited?.json()).toMatchObject({ code: 'rate_limited' })
})

test('without a proxy of ours no client is believed to be another address', async ({ shop, send, flood }) => {
  const server = await shop.startServer({ TRUSTED_PROXIES: '0' })
  const { limited } = await flood(server, (index) => `10.1.${index >> 8}.${index & 255}`, '/products')
  expect(limited?.status).toBe(429)
  expect((await send(server, '', '/products')).status).toBe(429)
})

test('whoever must wait for WeChat reads in the header too how long', async ({
  shop: { server },
  weChat,
  send,
}) => {
  const code = await weChat.loginCode('alice')
  const answer = await weChat.withFault({ name: 'login_rate_limited' }, () =>
    send(server, '192.0.2.9', '/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code }),
    }),
  )
  const problem = Parse(Problem, await answer.json())
  expect(problem).toMatchObject({ code: 'login_rate_limited', retryAfterSeconds: expect.any(Number) })
  expect(answer.headers.get('retry-after')).toBe(String(problem.retryAfterSeconds))
})
