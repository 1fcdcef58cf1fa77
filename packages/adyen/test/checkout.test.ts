import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text as readText } from 'node:stream/consumers'
import { afterEach, expect, test } from 'vitest'
import { type CallResult, createCheckoutClient, type PaymentResponse } from '../src/index.ts'

interface Seen {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}
type Answer = (response: ServerResponse) => void

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

/** Starts an HTTP server that answers the tries in this order, and a client of it. */
async function startAdyen(
  answers: readonly Answer[],
  { deadlineMs = 50_000, tryTimeoutMs = 20_000 }: { deadlineMs?: number; tryTimeoutMs?: number } = {},
) {
  const seen: Seen[] = []
  const sockets = new Set<unknown>()
  const server = createServer((request, response) => {
    void receive(request, response)
  })
  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const received = await readText(request)
    sockets.add(request.socket)
    seen.push({ path: request.url ?? '', headers: request.headers, body: received })
    const answer = answers[seen.length - 1] ?? answers.at(-1)
    answer?.(response)
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  const baseUrl = `http://127.0.0.1:${address.port}/v72`
  const client = createCheckoutClient({
    baseUrl,
    apiKey: 'the-api-key',
    deadlineMs,
    tryTimeoutMs,
  })
  closers.push(async () => {
    await client.close()
    server.closeAllConnections()
    server.close()
  })
  return {
    client,
    seen,
    sockets,
    pay: (): Promise<CallResult<PaymentResponse>> => client.payments(body, 'key-1'),
  }
}

const json =
  (status: number, value: unknown, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value))
const text =
  (status: number, value: string): Answer =>
  (response) =>
    response.writeHead(status, { 'content-type': 'text/html' }).end(value)
const cut: Answer = (response) => response.destroy()
const reset: Answer = (response) => response.socket?.resetAndDestroy()
const silence: Answer = () => undefined
const stalled: Answer = (response) =>
  response.writeHead(200, { 'content-type': 'application/json' }).write('{"resultCode":')
const truncated: Answer = (response) => {
  response
    .writeHead(200, { 'content-type': 'application/json', 'content-length': '400' })
    .write('{"resultCode":"Auth')
  response.destroy()
}
const authorised = json(200, {
  resultCode: 'Authorised',
  pspReference: 'PSP',
  fieldOfTheFuture: { any: 'value' },
})

const body = {
  merchantAccount: 'Acme',
  reference: 'pay_1',
  amount: { currency: 'CNY', value: 1280 },
  returnUrl: 'https://shop.example/return',
  countryCode: 'CN',
  shopperReference: 'sh_1',
  merchantOrderReference: 'ord_1',
  shopperInteraction: 'Ecommerce',
  paymentMethod: { type: 'wechatpayMiniProgram', appId: 'wx0123456789abcdef', openid: 'openid' },
} as const

test('a call has the API key and the idempotency key, and ignores unknown fields of the answer', async () => {
  const { pay, seen } = await startAdyen([authorised])
  expect(await pay()).toMatchObject({
    kind: 'answered',
    body: { resultCode: 'Authorised', pspReference: 'PSP' },
  })
  expect(seen).toHaveLength(1)
  expect(seen[0]).toMatchObject({
    path: '/v72/payments',
    headers: { 'x-api-key': 'the-api-key', 'idempotency-key': 'key-1', 'content-type': 'application/json' },
  })
  expect(JSON.parse(seen[0]?.body ?? '')).toEqual(body)
})

test.each<[string, Answer]>([
  ['no answer', cut],
  ['a reset connection', reset],
  ['a truncated answer', truncated],
  ['a page of a proxy', text(200, '<html>')],
  ['an answer without a resultCode', json(200, { pspReference: 'PSP' })],
  ['704 with nulls beside it', json(422, { status: 422, errorCode: '704', errorType: null, message: null })],
  ['429', json(429, {})],
  ['502', text(502, 'Bad Gateway')],
  ['503 with 703', json(503, { status: 503, errorCode: '703', errorType: 'internal', message: '' })],
  [
    '422 with 704',
    json(422, { status: 422, errorCode: '704', errorType: 'validation', message: 'in progress' }),
  ],
  [
    '409 with 704',
    json(409, { status: 409, errorCode: '704', errorType: 'validation', message: 'in progress' }),
  ],
  [
    'a transient 500',
    json(500, { status: 500, errorCode: '905', errorType: 'configuration' }, { 'transient-error': 'true' }),
  ],
  ['too many requests in a 500', json(500, { errorCode: '00_500', detail: 'Too many requests' })],
  ['too many requests in a 422', json(422, { errorCode: '00_500', message: 'too many requests' })],
  ['504', text(504, 'Gateway Timeout')],
  ['503', text(503, '')],
  ['422 with 703', json(422, { status: 422, errorCode: '703', errorType: 'validation' })],
  [
    'a transient 422',
    json(422, { errorCode: '702', errorType: 'validation' }, { 'transient-error': 'true' }),
  ],
  [
    'an answer that is longer than any of Adyen',
    text(200, JSON.stringify({ resultCode: 'x'.repeat(1_100_000) })),
  ],
])('after %s the call is retried with the same key', async (_, failure) => {
  const { pay, seen } = await startAdyen([failure, authorised])
  expect(await pay()).toMatchObject({ kind: 'answered', body: { resultCode: 'Authorised' } })
  expect(seen.map(({ headers }) => headers['idempotency-key'])).toEqual(['key-1', 'key-1'])
})

test.each([
  ['without an answer', silence],
  ['in the middle of its answer', stalled],
])('after a try that times out %s the call is retried with the same key', async (_, answer) => {
  const { pay, seen } = await startAdyen([answer, authorised], { tryTimeoutMs: 2_000 })
  expect(await pay()).toMatchObject({ kind: 'answered', body: { resultCode: 'Authorised' } })
  expect(seen.map(({ headers }) => headers['idempotency-key'])).toEqual(['key-1', 'key-1'])
})

test.each([
  ['a try without an answer', silence],
  ['the answer to a try', stalled],
])('a call ends at its deadline, even during %s', async (_, answer) => {
  const { pay, seen } = await startAdyen([answer], { deadlineMs: 1_000, tryTimeoutMs: 600_000 })
  expect(await pay()).toMatchObject({ kind: 'unknown' })
  expect(seen.length).toBeLessThanOrEqual(1)
})

// The pauses before four tries take a second at least.
test('a call ends at its deadline, even between two tries', async () => {
  const { pay, seen } = await startAdyen([cut], { deadlineMs: 500 })
  expect(await pay()).toMatchObject({ kind: 'unknown' })
  expect(seen.length).toBeLessThan(4)
})

test('a call that is never answered is unknown after four tries', async () => {
  const { pay, seen } = await startAdyen([cut])
  expect(await pay()).toMatchObject({ kind: 'unknown' })
  expect(seen).toHaveLength(4)
})

test.each<[string, Answer]>([
  ['403 of a firewall', text(403, '<html>Forbidden</html>')],
  ['404 of a proxy', json(404, { message: 'no route' })],
  ['408', text(408, '')],
  ['a redirect', (response) => response.writeHead(307, { location: '/' }).end()],
  ['a 500 of no type', json(500, { status: 500, errorCode: '905' })],
  ['a 500 of another type', json(500, { status: 500, errorCode: '905', errorType: 'internal' })],
  ['00_500 for another reason', json(500, { errorCode: '00_500', message: 'Server error' })],
  ['a 500 whose header says that it is not transient', json(500, {}, { 'transient-error': 'false' })],
])("%s is not Adyen's answer: the outcome is unknown", async (_, answer) => {
  const { pay } = await startAdyen([answer])
  expect(await pay()).toMatchObject({ kind: 'unknown' })
})

test('a 500 that is not marked transient is not retried, and its outcome is unknown', async () => {
  const { pay, seen } = await startAdyen([
    json(500, { status: 500, errorCode: '000', errorType: 'internal', message: '' }),
  ])
  expect(await pay()).toMatchObject({ kind: 'unknown' })
  expect(seen).toHaveLength(1)
})

test.each([
  [400, { status: 400, errorCode: '702', errorType: 'validation', message: 'Unexpected input' }, '702'],
  [
    401,
    { status: 401, errorCode: '000', errorType: 'security', message: 'HTTP Status Response - Unauthorized' },
    '000',
  ],
  [403, { status: 403, errorCode: '901', errorType: 'security', message: 'Invalid Merchant Account' }, '901'],
  [
    422,
    { status: 422, errorCode: '14_030', errorType: 'validation', message: 'Return URL is missing.' },
    '14_030',
  ],
  [422, { type: 'urn:x', title: 'Wrong', status: 422, detail: 'No', errorCode: '30_012' }, '30_012'],
  [
    500,
    {
      status: 500,
      errorCode: '905',
      errorType: 'configuration',
      message: 'Payment details are not supported',
    },
    '905',
  ],
  [500, { status: 500, errorCode: '901', errorType: 'security', message: 'No' }, '901'],
  [500, { status: 500, errorCode: '702', errorType: 'validation', message: 'No' }, '702'],
  [403, { status: 403, errorType: 'security', message: 'No' }, ''],
  [499, { status: 499, errorCode: '1', message: 'No' }, '1'],
])('%i %j is a rejection, and is not retried', async (status, error, errorCode) => {
  const { pay, seen } = await startAdyen([json(status, error)])
  expect(await pay()).toMatchObject({ kind: 'rejected', status, errorCode })
  expect(seen).toHaveLength(1)
})

test('a multi-byte character may be split between chunks', async () => {
  const answer = Buffer.from(JSON.stringify({ resultCode: 'Refused', refusalReason: '支付失败：余额不足' }))
  const { pay } = await startAdyen([
    (response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      for (const byte of answer) response.write(Buffer.from([byte]))
      response.end()
    },
  ])
  expect(await pay()).toMatchObject({ body: { refusalReason: '支付失败：余额不足' } })
})

test('calls share connections instead of opening one each', async () => {
  const { pay, sockets } = await startAdyen([authorised])
  for (let calls = 0; calls < 20; calls += 1) await pay()
  expect(sockets.size).toBeLessThanOrEqual(2)
})

test('the answer to a refund has its payment and amount', async () => {
  const amount = { currency: 'CNY', value: 700 }
  const identity = { paymentPspReference: 'PSP', reference: 'rf_1', amount }
  const received = { merchantAccount: 'Acme', pspReference: 'NEW', status: 'received' }
  const { client } = await startAdyen([json(201, { ...received, ...identity })])
  const result = await client.refund('PSP', { merchantAccount: 'Acme', amount, reference: 'rf_1' }, 'key-1')
  expect(result).toMatchObject({ kind: 'answered', body: identity })
})

test.each([
  ['another status', { status: 'refused' }],
  ['an invalid amount', { amount: { currency: 'CNY', value: '700' } }],
  ['no pspReference', { pspReference: undefined }],
])('a modification answered with %s is unknown, and retried with its key', async (_, wrong) => {
  const received = { merchantAccount: 'Acme', pspReference: 'NEW', status: 'received' }
  const { client, seen } = await startAdyen([json(201, { ...received, ...wrong }), json(201, received)])
  const result = await client.technicalCancel({ merchantAccount: 'Acme', paymentReference: 'p' }, 'key-1')
  expect(result).toMatchObject({ kind: 'answered', body: received })
  expect(seen.map(({ headers }) => headers['idempotency-key'])).toEqual(['key-1', 'key-1'])
})

test('each modification has its own path', async () => {
  const received = json(201, { merchantAccount: 'Acme', pspReference: 'NEW', status: 'received' })
  const { client, seen } = await startAdyen([received])
  const merchantAccount = 'Acme'
  await client.refund('PSP/1', { merchantAccount, amount: { currency: 'CNY', value: 1 } }, 'key-1')
  expect(await client.technicalCancel({ merchantAccount, paymentReference: 'pay_1' }, 'key-3')).toMatchObject(
    {
      kind: 'answered',
      body: { status: 'received' },
    },
  )
  expect(seen.map(({ path }) => path)).toEqual(['/v72/payments/PSP%2F1/refunds', '/v72/cancels'])
})

test('the list of payment methods is asked for without an idempotency key, and tried again', async () => {
  const { client, seen } = await startAdyen([
    json(429, {}),
    json(200, { paymentMethods: [{ type: 'wechatpayMiniProgram', name: 'WeChat Pay' }] }),
  ])
  const asked = { merchantAccount: 'Shop', countryCode: 'CN', amount: { currency: 'CNY', value: 100 } }
  expect(await client.paymentMethods(asked)).toMatchObject({
    kind: 'answered',
    body: { paymentMethods: [{ type: 'wechatpayMiniProgram' }] },
  })
  expect(seen.map(({ path, headers, body: sent }) => [path, headers['idempotency-key'], sent])).toEqual(
    Array.from({ length: 2 }, () => ['/v72/paymentMethods', undefined, JSON.stringify(asked)]),
  )
})
