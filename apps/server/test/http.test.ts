import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import * as Type from '@sinclair/typebox'
import { Parse } from '@sinclair/typebox/value'
import {
  commonProblems,
  consoleRoutes,
  everyRoute,
  merchantRoutes,
  monitoringRoutes,
  operatorRoutes,
  type OperatorScope,
  operatorRoles,
  operatorScopes,
  problems,
  type Route,
  routesOf,
  scopesOfRole,
} from '@tael/contracts'
import { expect } from 'vitest'
import { test as base } from './fixtures.ts'

const test = base.extend(
  'send',
  ({ shop }) =>
    (path: string, init: RequestInit) =>
      fetch(`${shop.server.url}${path}`, init),
)
const json = { 'content-type': 'application/json' }

const Described = Type.Object({
  openapi: Type.Literal('3.1.0'),
  paths: Type.Record(Type.String(), Type.Record(Type.String(), Type.Unknown())),
})

/** The paths that a document describes, each with its methods. */
async function describedPaths(url: string) {
  return Parse(Described, await (await fetch(url)).json()).paths
}

test('each OpenAPI document describes every route of its own, and no other', async ({ shop }) => {
  const { url, operatorsUrl } = shop.server
  const paths = await describedPaths(`${url}/openapi.json`)
  for (const [of, routesOfDocument] of [
    [paths, routesOf.public],
    [
      await describedPaths(`${operatorsUrl}/openapi.json`),
      [...Object.values(consoleRoutes), ...Object.values(operatorRoutes), ...Object.values(monitoringRoutes)],
    ],
    [await describedPaths(`${operatorsUrl}/merchant/openapi.json`), Object.values(merchantRoutes)],
  ] as const) {
    const routes = Object.entries(of).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
    )
    const stated = routesOfDocument.map(({ method, path }) => `${method} ${path}`)
    expect(routes.toSorted()).toEqual(stated.toSorted())
  }
  expect(paths['/payments']?.['post']).toMatchObject({
    security: [{ shopper: [] }],
    responses: { 201: {}, '4XX': {} },
  })
  expect(JSON.stringify(paths['/payments'])).toContain('Minor units of the currency.')
})

test.for([
  { name: 'an unknown route', path: '/paymemts', init: { method: 'POST' }, code: 'route_not_found' },
  {
    name: 'a body that is not JSON',
    path: '/login',
    init: { method: 'POST', headers: json, body: '{' },
    code: 'validation_failed',
  },
  {
    name: 'a missing body',
    path: '/login',
    init: { method: 'POST', headers: json },
    code: 'validation_failed',
  },
  {
    name: 'another media type',
    path: '/login',
    init: { method: 'POST', headers: { 'content-type': 'text/xml' }, body: '<code/>' },
    code: 'unsupported_media_type',
  },
  {
    name: 'a huge body',
    path: '/login',
    init: { method: 'POST', headers: json, body: JSON.stringify({ code: 'x'.repeat(300_000) }) },
    code: 'payload_too_large',
  },
  {
    name: 'a field too many',
    path: '/login',
    init: { method: 'POST', headers: json, body: '{"code":"c","x":1}' },
    code: 'validation_failed',
  },
  { name: 'a broken URL', path: '/orders/%ff', init: {}, code: 'validation_failed' },
  {
    name: 'more headers than are read',
    path: '/products',
    init: { headers: { 'x-padding': 'x'.repeat(20_000) } },
    code: 'validation_failed',
  },
])('$name is answered as problem+json: $code', async ({ path, init, code }, { send }) => {
  const answer = await send(path, init)
  const body: unknown = await answer.json()
  expect(answer.headers.get('content-type')).toContain('application/problem+json')
  expect(body).toMatchObject({
    code,
    status: answer.status,
    type: `urn:tael:problem:${code}`,
    requestId: expect.any(String),
  })
})

test('what is not HTTP is answered as problem+json before the connection ends', async ({ shop }) => {
  const { hostname, port } = new URL(shop.server.url)
  const socket = connect(Number(port), hostname)
  socket.write('GARBAGE\r\n\r\n')
  const answer = await text(socket)
  expect(answer).toMatch(/^HTTP\/1\.1 400 [^]+content-type: application\/problem\+json\r\n/)
  expect(answer).toContain('"code":"validation_failed"')
})

test('an invalid body is answered with where and why', async ({ shopper, send }) => {
  const answer = await send('/payments', {
    method: 'POST',
    headers: { ...json, authorization: `Bearer ${shopper.token}`, 'idempotency-key': crypto.randomUUID() },
    body: JSON.stringify({ orderId: 'ord_1', amount: { currency: 'CNY', value: 12.8 } }),
  })
  expect(await answer.json()).toMatchObject({
    status: 400,
    code: 'validation_failed',
    errors: [{ path: 'body/amount/value', message: 'must be integer' }],
  })
})

test.for(['', 'too-short', 'with spaces in it, long enough', 'x'.repeat(65)])(
  'an Idempotency-Key must be one: %j',
  async (key, { shopper, send }) => {
    const answer = await send('/orders', {
      method: 'POST',
      headers: {
        ...json,
        authorization: `Bearer ${shopper.token}`,
        ...(key === '' ? {} : { 'idempotency-key': key }),
      },
      body: JSON.stringify({ lines: [{ productId: 'tea-jasmine', quantity: 1 }] }),
    })
    expect(await answer.json()).toMatchObject({ status: 400, detail: expect.stringContaining('headers') })
  },
)

test.for([
  'ok',
  'requestPaymant:ok',
  'requestPayment',
  'requestPayment:fail \u0000',
  'requestPayment:fail \ud800',
  `requestPayment:fail ${'x'.repeat(300)}`,
])(
  'a paymentStatus that wx.requestPayment never returns is refused: %s',
  async (paymentStatus, { shopper, send }) => {
    const answer = await send('/payments/details', {
      method: 'POST',
      headers: { ...json, authorization: `Bearer ${shopper.token}` },
      body: JSON.stringify({ paymentId: 'pay_1', details: { paymentStatus } }),
    })
    expect(await answer.json()).toMatchObject({ status: 400, code: 'validation_failed' })
  },
)

test.for(['/orders/%00', '/payments/%00', '/payments/%EF%BF%BD', '/orders?before=%00', '/orders?before=%27'])(
  'an invalid id is refused: %s',
  async (path, { shopper, send }) => {
    const answer = await send(path, { headers: { authorization: `Bearer ${shopper.token}` } })
    expect(await answer.json()).toMatchObject({ status: 400, code: 'validation_failed' })
  },
)

test('any other paymentStatus of WeChat passes, in any script', async ({ shopper, send }) => {
  const answer = await send('/payments/details', {
    method: 'POST',
    headers: { ...json, authorization: `Bearer ${shopper.token}` },
    body: JSON.stringify({
      paymentId: 'pay_1',
      details: { paymentStatus: 'requestPayment:fail 支付失败 😀' },
    }),
  })
  expect(await answer.json()).toMatchObject({ status: 404, code: 'payment_not_found' })
})

test('every problem a route lists is in the table, and none is listed twice', () => {
  for (const route of everyRoute) {
    const codes = [...route.problems, ...commonProblems]
    expect(new Set(codes).size).toBe(codes.length)
    for (const code of codes) expect(problems[code].status).toBeGreaterThanOrEqual(400)
  }
  const listed = new Set([...everyRoute.flatMap((route) => [...route.problems]), ...commonProblems])
  expect(Object.keys(problems).filter((code) => ![...listed].some((one) => one === code))).toEqual([
    'route_not_found',
  ])
})

const wantedScopes: ReadonlyMap<Route, OperatorScope> = new Map<Route, OperatorScope>([
  [operatorRoutes.search, 'payments:read'],
  [operatorRoutes.listOrderRecords, 'payments:read'],
  [operatorRoutes.getOrderRecord, 'payments:read'],
  [operatorRoutes.listPaymentRecords, 'payments:read'],
  [operatorRoutes.getPaymentRecord, 'payments:read'],
  [operatorRoutes.listAttention, 'payments:read'],
  [operatorRoutes.handleAttention, 'attention:write'],
  [operatorRoutes.assignAttention, 'attention:write'],
  [operatorRoutes.noteAttention, 'attention:write'],
  [operatorRoutes.createRefund, 'refunds:write'],
  [operatorRoutes.confirmRefund, 'refunds:write'],
  [operatorRoutes.rejectRefund, 'refunds:write'],
  [operatorRoutes.listRefundRecords, 'payments:read'],
  [operatorRoutes.listRefundProposals, 'payments:read'],
  [operatorRoutes.resendRefund, 'refunds:write'],
  [operatorRoutes.declineRefund, 'refunds:write'],
  [operatorRoutes.createShipment, 'orders:ship'],
  [merchantRoutes.putMerchantOrder, 'merchant:orders'],
  [merchantRoutes.getMerchantOrder, 'merchant:read'],
  [merchantRoutes.listMerchantOrders, 'merchant:read'],
  [merchantRoutes.listMerchantEvents, 'merchant:read'],
  [merchantRoutes.cancelMerchantOrder, 'merchant:orders'],
  [merchantRoutes.refundMerchantOrder, 'merchant:refunds'],
  [operatorRoutes.listWebhooks, 'payments:read'],
  [operatorRoutes.getWebhook, 'payments:read'],
  [operatorRoutes.replayWebhook, 'webhooks:replay'],
  [operatorRoutes.getOverview, 'payments:read'],
  [operatorRoutes.exportOrders, 'payments:read'],
  [operatorRoutes.exportPayments, 'payments:read'],
  [operatorRoutes.listShipments, 'payments:read'],
  [operatorRoutes.listAudit, 'audit:read'],
  [operatorRoutes.listKeys, 'keys:write'],
  [operatorRoutes.createKey, 'keys:write'],
  [operatorRoutes.revokeKey, 'keys:write'],
  [operatorRoutes.getSettings, 'payments:read'],
  [operatorRoutes.listProductRecords, 'payments:read'],
  [operatorRoutes.changeStock, 'catalogue:write'],
  [operatorRoutes.changePrice, 'catalogue:write'],
  [operatorRoutes.keepSettlement, 'settlement:write'],
  [operatorRoutes.compareSettlement, 'settlement:write'],
  [operatorRoutes.listSettlements, 'payments:read'],
  [operatorRoutes.getSettlement, 'payments:read'],
  [operatorRoutes.handleDifference, 'settlement:write'],
  [operatorRoutes.listNotifications, 'payments:read'],
  [operatorRoutes.testNotification, 'notifications:test'],
  [operatorRoutes.exportShopper, 'shoppers:export'],
  [operatorRoutes.eraseShopper, 'shoppers:erase'],
])

test.for(operatorRoles)('a %s opens the routes of their role and no other', async (role, { shop }) => {
  const authorization = `Bearer ${await shop.operator(...scopesOfRole[role]).key()}`
  for (const [{ method, path }, wanted] of wantedScopes) {
    const url = shop.server.operatorsUrl + path.replaceAll(/:\w+/g, 'unknown')
    const { status } = await fetch(url, { method, headers: { authorization } })
    expect([path, status === 403]).toEqual([path, !scopesOfRole[role].includes(wanted)])
    expect(status).not.toBe(401)
  }
})

test.for(operatorScopes)(
  'a key with the scope %s opens the routes of that scope and no other',
  async (scope, { shop }) => {
    const authorization = `Bearer ${await shop.operator(scope).key()}`
    const withKeys = routesOf.operators.filter(({ access }) => access === 'operator' || access === 'merchant')
    expect(new Set(wantedScopes.keys())).toEqual(new Set(withKeys))
    for (const [{ method, path }, wanted] of wantedScopes) {
      const url = shop.server.operatorsUrl + path.replaceAll(/:\w+/g, 'unknown')
      const answer = await fetch(url, { method, headers: { authorization } })
      expect([path, answer.status === 403]).toEqual([path, wanted !== scope])
      expect(answer.status).not.toBe(401)
    }
  },
)
