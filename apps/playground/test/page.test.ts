import { expect, test } from 'vitest'
import type { CallMessage } from '@tael/miniprogram-host/embedder'
import type { LogEntry } from '@tael/simulator/call-log'
import { createRepeatFilter } from '../page/call-stream.ts'
import { durationOf, pairCalls } from '../page/diagram/calls.ts'
import { addressOf, curlOf } from '../page/diagram/curl.ts'
import { explain } from '../page/diagram/explanations.ts'
import { harOf } from '../page/diagram/har.ts'
import { accessibleName, formatDuration, formatTime, shortLabel } from '../page/diagram/labels.ts'
import { type DiagramRow, rowOfLogEntry, rowOfPhoneCall } from '../page/diagram/rows.ts'
import { readPageLink, writePageLink } from '../page/page-link.ts'

const addresses = { server: 'http://127.0.0.1:8600', simulator: 'http://127.0.0.1:8800' }

const entry: LogEntry = {
  id: 7,
  at: '2026-11-23T13:00:00.000Z',
  call: 3,
  from: 'server',
  to: 'adyen',
  kind: 'request',
  label: 'POST /payments',
}
const answer = {
  ...entry,
  id: 8,
  at: '2026-11-23T13:00:00.034Z',
  kind: 'answer',
  from: 'adyen',
  to: 'server',
} as const

const call: CallMessage = {
  type: 'call',
  phase: 'request',
  call: 1,
  at: 0,
  api: 'request',
  label: 'POST /orders',
  failed: false,
  headers: { authorization: 'Bearer •••', 'content-type': 'application/json' },
  body: { note: "it's" },
}

function rowOf(logged: LogEntry): DiagramRow {
  const row = rowOfLogEntry(logged, addresses)
  if (row === undefined) throw new Error('The entry is not shown.')
  return row
}

test('a time is shown to the millisecond, a duration in its unit', () => {
  expect(formatTime(new Date(2026, 10, 23, 9, 4, 7, 20).getTime())).toBe('09:04:07.020')
  expect(formatDuration(34)).toBe('34 ms')
  expect(formatDuration(1_240)).toBe('1.2 s')
})

test('an id is cut in the middle, a path and an error are not', () => {
  expect(shortLabel('GET /payments/pay_01a219d543ac70e9b0019391a3be8337?wait=1')).toBe(
    'GET /payments/pay_…37?wait=1',
  )
  expect(shortLabel('POST /payments/details')).toBe('POST /payments/details')
  expect(shortLabel('request:fail net::ERR_INTERNET_DISCONNECTED')).toContain('INTERNET_DISCONNECTED')
})

test('an answer is labelled with its status and outcome, and marked when it failed', () => {
  expect(rowOf({ ...answer, status: 200, body: { resultCode: 'Refused' } })).toMatchObject({
    label: '200 Refused',
    failed: false,
  })
  expect(rowOf({ ...answer, status: 422, body: { errorCode: '704' } })).toMatchObject({
    label: '422 704',
    failed: true,
  })
  expect(rowOf({ ...answer, label: 'no answer (connection cut)' }).failed).toBe(true)
})

test('a request from Adyen to the server is a webhook, and so is its answer', () => {
  expect(rowOf(entry).webhook).toBe(false)
  expect(rowOf({ ...entry, from: 'adyen', to: 'server' }).webhook).toBe(true)
  expect(rowOf({ ...entry, kind: 'answer' }).webhook).toBe(true)
})

test('what the phone reports itself is not shown twice, a tap of the shopper is shown', () => {
  const tap = { ...entry, from: 'miniprogram', to: 'wechat' } as const
  expect(rowOfLogEntry({ ...tap, label: 'wx.requestPayment' }, addresses)).toBeUndefined()
  expect(rowOf({ ...tap, label: 'the shopper pays' })).toMatchObject({ label: 'the shopper pays' })
})

test('entries that a stream repeats are dropped, those of a restarted simulator are not', () => {
  const isNew = createRepeatFilter()
  const entries = [
    { id: 1, at: '2026-11-23T13:00:00.000Z' },
    { id: 2, at: '2026-11-23T13:00:00.000Z' },
    { id: 1, at: '2026-11-23T13:00:00.000Z' },
    { id: 2, at: '2026-11-23T13:00:00.000Z' },
    { id: 3, at: '2026-11-23T13:00:01.000Z' },
    { id: 1, at: '2026-11-23T13:00:05.000Z' },
    { id: 2, at: '2026-11-23T13:00:05.000Z' },
  ]
  expect(entries.map(isNew)).toEqual([true, true, false, false, true, true, true])
})

test('calls of two phones never share an id', () => {
  expect(rowOfPhoneCall(call, 'a', addresses).id).not.toBe(rowOfPhoneCall(call, 'b', addresses).id)
})

test('a call to the simulator is drawn as one to WeChat', () => {
  const row = rowOfPhoneCall({ ...call, label: 'POST /simulator/cashier' }, 'a', addresses)
  expect(row).toMatchObject({ to: 'wechat', url: 'http://127.0.0.1:8800/simulator/cashier' })
  expect(rowOfPhoneCall(call, 'a', addresses)).toMatchObject({ to: 'server' })
})

test("a call to another shop's own server names its address, in the label and as a command", () => {
  const withShop = { ...addresses, shop: 'http://127.0.0.1:8650' }
  const row = rowOfPhoneCall({ ...call, base: '/shop' }, 'a', withShop)
  expect(row).toMatchObject({ to: 'server', label: 'POST http://127.0.0.1:8650/orders' })
  expect(curlOf(row)).toContain("curl -X POST 'http://127.0.0.1:8650/orders'")
  expect(explain(row)).toEqual({
    sentence: "The Mini Program calls the shop's own server, which is not Tael's.",
  })
  expect(rowOfPhoneCall({ ...call, base: '/api' }, 'a', withShop)).toMatchObject({
    label: 'POST /orders',
    url: 'http://127.0.0.1:8600/orders',
  })
})

test('an answer is paired with its request, and has the time between them', () => {
  const [pair] = pairCalls([rowOf(entry), rowOf({ ...entry, id: 9, call: 4 }), rowOf(answer)])
  expect(pair?.request.label).toBe('POST /payments')
  expect(pair === undefined ? undefined : durationOf(pair)).toBe(34)
})

test('a call says how far it got', () => {
  const request = rowOfPhoneCall(call, 'a', addresses)
  expect(request.travel).toBe('waiting')
  expect(accessibleName({ ...request, travel: 'unsent' })).toBe(
    'Mini Program to Server, request: POST /orders (never left)',
  )
  const ended = { ...call, phase: 'answer', failed: true } as const
  expect(rowOfPhoneCall({ ...ended, lost: 'answer' }, 'a', addresses).travel).toBe('lost')
  // Its request was lost: there was no answer to lose.
  expect(rowOfPhoneCall({ ...ended, lost: 'request' }, 'a', addresses).travel).toBe('unsent')
  expect(rowOf({ ...answer, label: 'no answer (lost on the way)' }).travel).toBe('unsent')
  expect(rowOf({ ...answer, label: 'no answer (connection cut)' }).travel).toBe('lost')
})

test('a request is copied as a command for a shell, without its credentials', () => {
  expect(curlOf(rowOfPhoneCall(call, 'a', addresses)).split(' \\\n  ')).toEqual([
    "curl -X POST 'http://127.0.0.1:8600/orders'",
    "-H 'content-type: application/json'",
    '-H "authorization: Bearer $AUTHORIZATION"',
    `-d '{"note":"it'\\''s"}'`,
  ])
  expect(curlOf(rowOf({ ...entry, headers: { 'x-api-key': '***' } }))).toContain('"x-api-key: $X_API_KEY"')
  const query = rowOf({ ...entry, to: 'wechat', label: 'GET /sns/jscode2session', body: { js_code: 'a b' } })
  expect(addressOf(query)).toBe('http://127.0.0.1:8800/sns/jscode2session?js_code=a+b')
  expect(addressOf(rowOf({ ...entry, from: 'adyen', to: 'server' }))).toBe(
    'http://127.0.0.1:8600/webhooks/adyen',
  )
})

test('the calls are exported as an HTTP Archive, and a call without an answer has status 0', () => {
  const rows = [rowOf(entry), rowOf({ ...answer, status: 200, body: { resultCode: 'Authorised' } })]
  const login = rowOfPhoneCall({ ...call, api: 'login', label: 'wx.login' }, 'a', addresses)
  expect(harOf([login, ...rows, rowOfPhoneCall(call, 'a', addresses)])).toMatchObject({
    log: {
      version: '1.2',
      entries: [
        {
          startedDateTime: entry.at,
          time: 34,
          request: { method: 'POST', url: 'http://127.0.0.1:8800/v72/payments' },
          response: { status: 200, content: { text: '{"resultCode":"Authorised"}' } },
        },
        { request: { url: 'http://127.0.0.1:8600/orders' }, response: { status: 0 } },
      ],
    },
  })
})

test('every call has a sentence, and what others document a link', () => {
  const rows = [
    rowOf(entry),
    rowOf({ ...entry, label: 'POST /payments/details' }),
    rowOf({ ...entry, label: 'POST /payments/PSP1/refunds' }),
    rowOf({ ...entry, from: 'adyen', to: 'server', label: 'webhook AUTHORISATION success=true' }),
    rowOf({ ...entry, to: 'wechat', label: 'GET /sns/jscode2session' }),
    ...[
      'POST /login',
      'GET /products',
      'GET /orders?limit=20',
      'POST /orders/ord_1/cancel',
      'GET /payments/pay_1',
    ].map((label) => rowOfPhoneCall({ ...call, label }, 'a', addresses)),
    rowOfPhoneCall({ ...call, api: 'login', label: 'wx.login' }, 'a', addresses),
  ]
  for (const row of rows) {
    expect({ label: row.label, ...explain(row) }).toMatchObject({
      sentence: expect.stringMatching(/^[A-Z].*\.$/),
      link: {
        href: expect.stringMatching(
          /^(https:\/\/(docs\.adyen\.com|developers\.weixin\.qq\.com)|api\/openapi)/,
        ),
      },
    })
  }
  // What Adyen and WeChat exchange behind the API has a sentence and no address.
  const prepay = rowOf({ ...entry, from: 'adyen', to: 'wechat', label: 'prepay order' })
  expect(explain(prepay)?.sentence).toContain('registers the payment')
  expect(harOf([prepay])).toMatchObject({ log: { entries: [] } })
  const reply = rowOf({ ...answer, status: 200 })
  expect(explain(reply, rowOf(entry))?.sentence).not.toBe(explain(rowOf(entry))?.sentence)
})

test('a link opens the page alike', () => {
  const opened = readPageLink('?scenario=refused&theme=dark&network=Offline&size=320x568&text=1.5', 'zh-TW')
  expect(opened).toEqual({
    scenario: 'refused',
    language: 'zh_CN',
    theme: 'dark',
    network: 'Offline',
    size: { width: 320, height: 568 },
    textScale: 1.5,
  })
  expect(readPageLink(writePageLink(opened), 'en')).toEqual(opened)
  expect(readPageLink('', 'de')).toEqual({
    language: 'en',
    theme: 'light',
    size: { width: 390, height: 844 },
    textScale: 1,
  })
})
