import { operatorRoutes } from '@tael/contracts'
import { expect, vi } from 'vitest'
import { test as base } from './fixtures.ts'
import { idle, logIn, newKey, paid, row, type Shop, simulate, type WeChatCall, weChatCalls } from './shop.ts'

const TEMPLATE = 'tmpl-payment-result'
const SEND = '/cgi-bin/message/subscribe/send'
const UPLOAD = '/wxa/sec/order/upload_shipping_info'
const TOKEN = '/cgi-bin/stable_token'

/**
 * What each fault of WeChat's looks like, and whether WeChat did what it was told all the same. Either way the call is
 * made once more: one that WeChat had done is no second message (43101: asked for once, sent once) and no second shipment
 * (10060023: the same words).
 */
const matrix = {
  wechat_busy: { sees: 'errcode -1', done: false },
  wechat_rate_limited: { sees: 'errcode 45011', done: false },
  wechat_token_refused: { sees: 'errcode 40001', done: false },
  wechat_lost_request: { sees: 'no answer (connection cut)', done: false },
  wechat_timeout_before: { sees: 'no answer (the caller waits)', done: false },
  wechat_http_429: { sees: '429 empty object', done: false },
  wechat_http_500: { sees: '500 empty object', done: false },
  wechat_http_503: { sees: '503 empty object', done: false },
  wechat_lost_answer: { sees: 'no answer (connection cut)', done: true },
  wechat_timeout_after: { sees: 'no answer (the caller waits)', done: true },
  wechat_truncated_json: { sees: '200 truncated JSON', done: true },
  wechat_html_page: { sees: '502 HTML page', done: true },
  wechat_wrong_schema: { sees: 'ok', done: true },
} as const

const rows = Object.entries(matrix).map(([fault, { sees, done }]) => ({ fault, sees, done }))
/** Each fault strikes a shopper of its own, so that all of them can be watched at once. */
const shopperOf = (fault: string): string => `shopper-${fault}`

const test = base.extend(
  'settings',
  { scope: 'file' },
  {
    PAID_MESSAGE_TEMPLATE_ID: TEMPLATE,
    PAID_MESSAGE_FIELDS: 'amount1=amount,phrase2=text:支付成功',
    SHIPPING_UPLOAD: 'psp_reference',
    WECHAT_MERCHANT_ID: '1900000109',
  },
)

/** Switches every fault of the matrix on for one strike at this call. */
async function arm(shop: Shop, call: 'token' | 'message' | 'shipping'): Promise<void> {
  const faults = rows
    .filter(({ fault }) => call !== 'token' || fault !== 'wechat_token_refused')
    .map(({ fault }) => ({
      name: fault,
      probability: 1,
      times: 1,
      call,
      ...(call === 'token' ? {} : { shopper: shopperOf(fault) }),
    }))
  await simulate(shop, 'PUT', '/scenario', { faults })
}

/** A payment by the shopper of each fault, and what names it in the calls to WeChat. */
function payAll(shop: Shop): Promise<{ fault: string; orderId: string; id: string }[]> {
  return Promise.all(
    rows.map(async ({ fault }) => {
      await simulate(shop, 'POST', '/wechat/subscriptions', {
        shopper: shopperOf(fault),
        templateId: TEMPLATE,
      })
      const { payment } = await paid(shop, await logIn(shop, shopperOf(fault)), 4600)
      return { fault, orderId: payment.orderId, id: payment.id }
    }),
  )
}

const answersIn = (calls: readonly WeChatCall[]): string[] => calls.map(({ answer }) => answer)

/** Waits until no job waits for WeChat. */
async function settled(shop: Shop): Promise<void> {
  const isSettled = async (): Promise<boolean> => {
    const { left } = await row(
      shop,
      `select count(*)::int as left from pgboss.job
       where name in ('send-paid-message', 'upload-shipping') and state in ('created', 'retry', 'active')`,
    )
    return left === 0
  }
  await vi.waitUntil(isSettled, { timeout: 60_000, interval: 100 })
}

test('a message that any of these faults befalls reaches its shopper once', async ({ shop }) => {
  await arm(shop, 'message')
  const payments = await payAll(shop)
  await settled(shop)
  const seen = await Promise.all(
    payments.map(async ({ fault, orderId }) => [fault, answersIn(await weChatCalls(shop, SEND, orderId))]),
  )
  expect(Object.fromEntries(seen)).toEqual(
    Object.fromEntries(rows.map(({ fault, sees, done }) => [fault, [sees, done ? 'errcode 43101' : 'ok']])),
  )
})

test('a shipment that any of these faults befalls is told, and is one shipment', async ({ shop, key }) => {
  const payments = await payAll(shop)
  await idle(shop)
  await arm(shop, 'shipping')
  for (const { orderId } of payments) {
    const body = { logisticsType: 'virtual', items: 'a voucher' } as const
    const input = { params: { orderId }, body, idempotencyKey: newKey() }
    await shop.call(operatorRoutes.createShipment, input, { token: key })
  }
  await settled(shop)
  const seen = await Promise.all(
    payments.map(async ({ fault, id, orderId }) => {
      const { reference } = await row(shop, 'select psp_reference as reference from payments where id = $1', [
        id,
      ])
      const { upload } = await row(shop, 'select upload from shipments where order_id = $1', [orderId])
      return [fault, [upload, ...answersIn(await weChatCalls(shop, UPLOAD, String(reference)))]]
    }),
  )
  expect(Object.fromEntries(seen)).toEqual(
    Object.fromEntries(
      rows.map(({ fault, sees, done }) => [fault, ['uploaded', sees, done ? 'errcode 10060023' : 'ok']]),
    ),
  )
  expect((await shop.call(operatorRoutes.listAttention, {}, { token: key })).items).toEqual([])
})

test('an access token that any of these faults keeps back is asked for again, and every message is sent', async ({
  shop,
}) => {
  const before = (await weChatCalls(shop, TOKEN)).length
  await shop.db.query('delete from wechat_tokens')
  await arm(shop, 'token')
  const payments = await payAll(shop)
  await settled(shop)
  const asked = answersIn(await weChatCalls(shop, TOKEN)).slice(before)
  const faults = rows.filter(({ fault }) => fault !== 'wechat_token_refused').map(({ sees }) => sees)
  // The one of the wrong schema is labelled as the token that it holds.
  expect(
    asked
      .slice(0, faults.length)
      .map((answer) => (answer === 'access_token' ? 'ok' : answer))
      .toSorted(),
  ).toEqual(faults.toSorted())
  expect(new Set(asked.slice(faults.length))).toEqual(new Set(['access_token']))
  for (const { orderId } of payments) {
    expect(answersIn(await weChatCalls(shop, SEND, orderId))).toEqual(['ok'])
  }
})

test('every fault that a call to WeChat can meet has its row', async ({ shop }) => {
  const described = JSON.stringify(await simulate(shop, 'GET', '/scenarios'))
  const known = [...described.matchAll(/"name":"(\w+)","description":"A call to WeChat:/g)].map(
    ([, name]) => name,
  )
  expect(new Set(known)).toEqual(new Set(Object.keys(matrix)))
})
