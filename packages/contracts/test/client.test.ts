import { expect, test } from 'vitest'
import { ContractError, createCall, ProblemError, shopperRoutes, type WireRequest } from '../src/index.ts'

function callAnswering(status: number, body: unknown) {
  const sent: WireRequest[] = []
  const call = createCall(async (request) => {
    sent.push(request)
    return { status, body }
  })
  return { call, sent }
}

const session = { token: 'A'.repeat(43), expiresAt: '2026-11-23T12:00:00.000Z' }

test('a call becomes the request that the route defines', async () => {
  const { call, sent } = callAnswering(200, { orders: [], next: null })
  await call(shopperRoutes.listOrders, { query: { before: 'ord/1', limit: 2 } }, { token: 't', timeoutMs: 7 })
  expect(sent).toEqual([
    {
      method: 'GET',
      path: '/orders?before=ord%2F1&limit=2',
      headers: { authorization: 'Bearer t' },
      timeoutMs: 7,
    },
  ])
})

test('params are filled in and encoded, the body and the key are sent', async () => {
  const { call, sent } = callAnswering(404, {})
  await expect(call(shopperRoutes.getOrder, { params: { orderId: 'a/b c' } })).rejects.toThrow(ContractError)
  const body = { orderId: 'ord_1', amount: { currency: 'CNY' as const, value: 1 } }
  await expect(call(shopperRoutes.startPayment, { idempotencyKey: 'key', body })).rejects.toThrow(
    ContractError,
  )
  expect(sent).toMatchObject([
    { path: '/orders/a%2Fb%20c' },
    { path: '/payments', body, headers: { 'idempotency-key': 'key', 'content-type': 'application/json' } },
  ])
})

test('an answer that follows the contract is returned', async () => {
  expect(await callAnswering(201, session).call(shopperRoutes.login, { body: { code: 'c' } })).toEqual(
    session,
  )
})

test('an answer of a newer server, with more members, is returned too', async () => {
  const body = { ...session, since: '2026-11-24T08:00:00.000Z' }
  expect(await callAnswering(201, body).call(shopperRoutes.login, { body: { code: 'c' } })).toMatchObject(
    session,
  )
})

test.each([
  ['of another status', 200, session],
  ['with a field missing', 201, { token: session.token }],
  ['that is a page', 201, '<html>'],
  ['of a proxy in between', 502, '<html>'],
  ['with a problem out of shape', 500, { code: 'internal_error' }],
])('an answer %s breaks the contract', async (_, status, body) => {
  await expect(
    callAnswering(status, body).call(shopperRoutes.login, { body: { code: 'c' } }),
  ).rejects.toThrow(ContractError)
})

test('a problem is thrown with all its members', async () => {
  const problem = {
    type: 'urn:tael:problem:amount_changed',
    title: 'Order total changed',
    status: 409,
    detail: 'Ask again.',
    code: 'amount_changed',
    requestId: 'r',
    amount: { currency: 'CNY', value: 2 },
  }
  const failed = callAnswering(409, problem).call(shopperRoutes.login, { body: { code: 'c' } })
  await expect(failed).rejects.toThrow(ProblemError)
  await expect(failed).rejects.toMatchObject({ problem })
})
