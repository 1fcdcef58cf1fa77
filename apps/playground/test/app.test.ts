import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { buildApp } from '../src/app.ts'
import { readConfig } from '../src/config.ts'

let dist: string
let docs: string
let app: FastifyInstance
let url: string
const upstreams: Server[] = []
const streams: ServerResponse[] = []
/** The Origin of each request that reached an upstream. */
const origins: (string | undefined)[] = []
/** The Authorization of each. */
const authorizations: (string | undefined)[] = []

/** Answers with the request's own data; keeps `/simulator/messages` open as a stream. */
async function upstream(name: string): Promise<string> {
  const server = createServer((request, response) => {
    origins.push(request.headers.origin)
    authorizations.push(request.headers.authorization)
    if (request.url === '/simulator/messages') {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.flushHeaders()
      streams.push(response)
      return
    }
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ name, method: request.method, path: request.url }))
  })
  upstreams.push(server)
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  await promise
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
}

beforeAll(async () => {
  dist = mkdtempSync(path.join(tmpdir(), 'playground-'))
  docs = path.join(dist, 'documentation')
  for (const folder of [path.join(dist, 'phone'), docs]) mkdirSync(folder)
  writeFileSync(path.join(docs, 'index.html'), '<title>docs</title>')
  writeFileSync(path.join(dist, 'index.html'), '<title>page</title>')
  writeFileSync(path.join(dist, 'phone/index.html'), '<title>phone</title>')
  const env = {
    PORT: '0',
    SERVER_URL: await upstream('server'),
    SIMULATOR_URL: await upstream('simulator'),
    WECHAT_APP_ID: 'wx0000000000000000',
    OPERATORS_URL: await upstream('operators'),
    OPERATOR_KEY: 'tael_secret',
  }
  app = await buildApp(readConfig(env), { dist, docs })
  url = await app.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(async () => {
  await app.close()
  for (const stream of streams) stream.destroy()
  for (const server of upstreams) server.close()
  rmSync(dist, { recursive: true })
})

test('serves the documentation beside the page', async () => {
  const pages = await Promise.all(['/docs/', '/docs'].map(async (path) => (await fetch(url + path)).text()))
  expect(pages).toEqual(['<title>docs</title>', '<title>docs</title>'])
})

test('serves the page under a policy that allows no inline script, and no inline style outside the phone', async () => {
  const page = await fetch(url)
  const phone = await fetch(`${url}/phone/index.html`)
  expect(await page.text()).toContain('<title>page')
  expect(await phone.text()).toContain('<title>phone')
  const [pagePolicy, phonePolicy] = [page, phone].map(
    (each) => each.headers.get('content-security-policy') ?? '',
  )
  expect(pagePolicy).toContain("script-src 'self';")
  expect(pagePolicy).toContain("img-src 'self' data:;")
  expect(pagePolicy).not.toContain('unsafe')
  expect(phonePolicy).toContain("script-src 'self';")
  expect(phonePolicy).toContain("style-src 'self' 'unsafe-inline'")
  // A merchant's pictures may be on any https address.
  expect(phonePolicy).toContain("img-src 'self' data: https:;")
  expect(phonePolicy).not.toContain('unsafe-eval')
})

test('sends the page the AppID and the path of each domain', async () => {
  const config: unknown = await (await fetch(`${url}/config.json`)).json()
  expect(config).toMatchObject({
    appId: 'wx0000000000000000',
    domains: { 'http://127.0.0.1:8600': '/api', 'http://127.0.0.1:8800': '/wechat' },
  })
})

test('passes /api and /wechat on without the prefix, and /simulator to the simulator with it', async () => {
  const order: unknown = await (await fetch(`${url}/api/orders/1?a=b`)).json()
  expect(order).toEqual({ name: 'server', method: 'GET', path: '/orders/1?a=b' })
  const paid: unknown = await (await fetch(`${url}/simulator/cashier/p/pay`, { method: 'POST' })).json()
  expect(paid).toEqual({ name: 'simulator', method: 'POST', path: '/simulator/cashier/p/pay' })
  const played: unknown = await (await fetch(`${url}/wechat/simulator/cashier`, { method: 'POST' })).json()
  expect(played).toEqual({ name: 'simulator', method: 'POST', path: '/simulator/cashier' })
})

test('streams events as they arrive', async () => {
  const leave = new AbortController()
  const response = await fetch(`${url}/simulator/messages`, { signal: leave.signal })
  // The stream is open before its first event.
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  const reading = response.body?.getReader().read()
  for (const stream of streams) stream.write('data: {"id":1}\n\n')
  const first = await reading
  expect(new TextDecoder().decode(first?.value)).toBe('data: {"id":1}\n\n')
  leave.abort()
})

test('names every problem of its environment', () => {
  expect(() => readConfig({ PORT: 'x', SERVER_URL: 'nowhere' })).toThrow(
    /PORT is invalid[\s\S]*SERVER_URL is invalid[\s\S]*WECHAT_APP_ID is missing/,
  )
})

/** Asks the playground under a Host and Origin that a page of another site chose. */
function ask(at: string, headers: Readonly<Record<string, string>>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request(`${url}${at}`, { headers }, (answer) => resolve(answer.resume()))
      .on('error', reject)
      .end()
  })
}

test.each(['/', '/config.json', '/api/catalog', '/simulator/ledger', '/ops/attention'])(
  'a page of another site gets nothing at %s',
  async (at) => {
    const { host } = new URL(url)
    expect(await ask(at, { host, origin: url })).toMatchObject({ statusCode: 200 })
    expect(await ask(at, { host: 'attacker.example' })).toMatchObject({ statusCode: 403 })
    expect(await ask(at, { host, origin: 'https://attacker.example' })).toMatchObject({ statusCode: 403 })
  },
)

test("the simulator is asked without the page's origin, which is not its own", async () => {
  const { host } = new URL(url)
  await ask('/simulator/ledger', { host, origin: url })
  expect(origins.at(-1)).toBeUndefined()
})

test('the merchant acts with a key that no page sees', async () => {
  const config = await (await fetch(`${url}/config.json`)).text()
  expect(JSON.parse(config)).toMatchObject({ operators: true })
  expect(config).not.toContain('tael_secret')
  const headers = { authorization: 'Bearer of the page' }
  const read: unknown = await (await fetch(`${url}/ops/payments/pay_1`, { headers })).json()
  expect(read).toEqual({ name: 'operators', method: 'GET', path: '/ops/payments/pay_1' })
  expect(authorizations.at(-1)).toBe('Bearer tael_secret')
})

test('without a key there is no merchant', async () => {
  const alone = await buildApp(readConfig({ WECHAT_APP_ID: 'wx0000000000000000' }), { dist, docs })
  expect(
    (await alone.inject({ url: '/ops/payments/pay_1', headers: { host: 'localhost' } })).statusCode,
  ).toBe(404)
  expect((await alone.inject({ url: '/config.json', headers: { host: 'localhost' } })).json()).toMatchObject({
    operators: false,
  })
  await alone.close()
})

test("another merchant's Mini Program runs with its own server beside Tael's", async () => {
  const programDir = mkdtempSync(path.join(tmpdir(), 'playground-shop-'))
  onTestFinished(() => rmSync(programDir, { recursive: true }))
  writeFileSync(path.join(programDir, 'index.html'), '<title>their phone</title>')
  const env = {
    WECHAT_APP_ID: 'wx0000000000000000',
    SHOP_PROGRAM_DIR: programDir,
    SHOP_NAME: 'Corner shop',
    SHOP_URL: await upstream('shop'),
    SHOP_ORIGIN: 'http://127.0.0.1:8650',
  }
  const shop = await buildApp(readConfig(env), { dist, phone: programDir, docs })
  onTestFinished(() => shop.close())
  const get = (at: string) => shop.inject({ url: at, headers: { host: 'localhost' } })
  expect((await get('/phone/index.html')).body).toContain('their phone')
  expect((await get('/index.html')).body).toContain('<title>page')
  expect((await get('/shop/orders/1')).json()).toMatchObject({ name: 'shop', path: '/orders/1' })
  expect((await get('/config.json')).json()).toMatchObject({
    shopName: 'Corner shop',
    shopUrl: env.SHOP_URL,
    domains: { 'http://127.0.0.1:8650': '/shop', 'http://127.0.0.1:8600': '/api' },
  })
})

test('a shop elsewhere is not operated from a playground', () => {
  const shop = { WECHAT_APP_ID: 'wx0000000000000000', OPERATOR_KEY: 'tael_secret' }
  expect(() => readConfig({ ...shop, OPERATORS_URL: 'https://ops.shop.example' })).toThrow(
    /OPERATORS_URL is invalid: a server on this machine/,
  )
  expect(() => readConfig(shop)).toThrow(/OPERATORS_URL is missing/)
})
