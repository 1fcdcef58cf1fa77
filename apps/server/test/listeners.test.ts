import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { Parse } from '@sinclair/typebox/value'
import { Problem, routesOf } from '@tael/contracts'
import { expect } from 'vitest'
import { test as base } from './fixtures.ts'

const test = base
  .extend('settings', { scope: 'file' }, { TRUSTED_PROXIES: '1' })
  /** Sends a GET for exactly this path, which `fetch` would normalise. */
  .extend('get', () => async (url: string, path: string, headers: Readonly<Record<string, string>> = {}) => {
    const { hostname, port } = new URL(url)
    const sent = request({ hostname, port, path, headers }).end()
    const [answer] = await once(sent, 'response')
    const body: unknown = JSON.parse(await text(answer))
    return { status: Number(answer.statusCode), headers: new Headers(answer.headers), body }
  })
  .extend('operatorKey', { scope: 'file' }, ({ operator }) => operator.key())

test('each listener answers its own routes, and 404 to those of the other', async ({ shop, operatorKey }) => {
  const { url, operatorsUrl } = shop.server
  const authorization = `Bearer ${operatorKey}`
  for (const [routes, elsewhere] of [
    [routesOf.operators, url],
    [routesOf.public, operatorsUrl],
  ] as const) {
    for (const { method, path } of routes) {
      const answer = await fetch(elsewhere + path.replaceAll(/:\w+/g, 'x'), {
        method,
        headers: { authorization },
      })
      expect([path, Parse(Problem, await answer.json()).code]).toEqual([path, 'route_not_found'])
    }
  }
  expect((await fetch(`${operatorsUrl}/ops/attention`, { headers: { authorization } })).status).toBe(200)
  expect((await fetch(`${url}/products`)).status).toBe(200)
})

test.for([
  '/%6fps/attention',
  '/ops/%61ttention',
  '/ops%2Fattention',
  '//ops/attention',
  '/ops/attention/',
  '/ops/./attention',
  '/x/../ops/attention',
  '/OPS/attention',
  '/ops/attention;x',
  '/ops/attention#x',
  'http://x/ops/attention',
  '/ops/payments/pay%5Fx',
  '/ops/payments/pay_x#',
])('an alias of a path is not a path, even with a key: %s', async (path, { shop, get, operatorKey }) => {
  const headers = { authorization: `Bearer ${operatorKey}` }
  expect(await get(shop.server.operatorsUrl, path, headers)).toMatchObject({
    status: 404,
    body: { code: 'route_not_found' },
  })
})

test.for(['/%70roducts', '/products#x', '/products/', '/payments/pay%5Fx'])(
  'nor is it one for shoppers: %s',
  async (path, { shop, shopper, get }) => {
    const headers = { authorization: `Bearer ${shopper.token}` }
    expect(await get(shop.server.url, path, headers)).toMatchObject({
      status: 404,
      body: { code: 'route_not_found' },
    })
  },
)

test.for(['/products', '/orders', '/no-such-path', '/openapi.json', '/%70roducts'])(
  'no answer is stored or taken for another type, and over https the next request is https too: %s',
  async (path, { shop, get }) => {
    for (const url of [shop.server.url, shop.server.operatorsUrl]) {
      const { headers } = await get(url, path, { 'x-forwarded-proto': 'https' })
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('strict-transport-security')).toMatch(/^max-age=\d{8,}$/)
      // Browsers must not learn it from an answer that anyone could have changed.
      expect((await get(url, path)).headers.has('strict-transport-security')).toBe(false)
    }
  },
)

test('nor is the answer to a path that cannot be decoded', async ({ shop, get }) => {
  const { headers } = await get(shop.server.url, '/orders/%ff')
  expect(headers.get('cache-control')).toBe('no-store')
  expect(headers.get('x-content-type-options')).toBe('nosniff')
})

test('nor is the answer to what is not HTTP', async ({ shop }) => {
  const { hostname, port } = new URL(shop.server.url)
  const socket = connect(Number(port), hostname)
  socket.write('GARBAGE\r\n\r\n')
  expect(await text(socket)).toMatch(/cache-control: no-store\r\nx-content-type-options: nosniff\r\n/)
})
