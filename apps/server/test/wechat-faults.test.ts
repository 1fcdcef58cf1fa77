import { expect } from 'vitest'
import type { WeChatCall } from './actors/index.ts'
import { test as base } from './fixtures.ts'

const TEMPLATE = 'tmpl-payment-result'

/**
 * How WeChat's answer looks under each of its faults, and whether WeChat did what it was asked
 * anyway. Either way the call is retried once: where WeChat had done it, the retry sends no second
 * message (43101: accepted once, sent once) and adds no second shipment (10060023: the same
 * content).
 */
const matrix = {
  wechat_busy: { answer: 'errcode -1', done: false },
  wechat_rate_limited: { answer: 'errcode 45011', done: false },
  wechat_token_refused: { answer: 'errcode 40001', done: false },
  wechat_lost_request: { answer: 'no answer (connection cut)', done: false },
  wechat_timeout_before: { answer: 'no answer (the caller waits)', done: false },
  wechat_http_429: { answer: '429 empty object', done: false },
  wechat_http_500: { answer: '500 empty object', done: false },
  wechat_http_503: { answer: '503 empty object', done: false },
  wechat_lost_answer: { answer: 'no answer (connection cut)', done: true },
  wechat_timeout_after: { answer: 'no answer (the caller waits)', done: true },
  wechat_truncated_json: { answer: '200 truncated JSON', done: true },
  wechat_html_page: { answer: '502 HTML page', done: true },
  wechat_wrong_schema: { answer: 'ok', done: true },
} as const

const rows = Object.entries(matrix).map(([fault, row]) => ({ fault, ...row }))
/** Each fault strikes a shopper of its own, so that all of them can be watched at the same time. */
const shopperOf = (fault: string): string => `shopper-${fault}`

interface FaultedPayment {
  readonly fault: string
  readonly id: string
  readonly orderId: string
}

const test = base
  .extend(
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
  .extend('arm', ({ weChat }) => (call: 'token' | 'message' | 'shipping'): Promise<void> => {
    const faults = rows
      .filter(({ fault }) => call !== 'token' || fault !== 'wechat_token_refused')
      .map(({ fault }) => ({
        name: fault,
        times: 1,
        call,
        ...(call === 'token' ? {} : { shopper: shopperOf(fault) }),
      }))
    return weChat.setFaults(...faults)
  })
  /** Buys as the shopper of each fault, who accepts a message. */
  .extend('buyAll', ({ shop }) => (): Promise<readonly FaultedPayment[]> => {
    const payments = rows.map(async ({ fault }) => {
      const shopper = await shop.shopper(shopperOf(fault))
      await shopper.acceptMessage(TEMPLATE)
      const { id, orderId } = await shopper.buy(4600)
      return { fault, id, orderId }
    })
    return Promise.all(payments)
  })
  /** Waits until nothing more waits to be sent to WeChat. */
  .extend('allSent', ({ queue }) => async (): Promise<void> => {
    await queue.waitUntilEmpty('send-paid-message', {}, 60_000)
    await queue.waitUntilEmpty('upload-shipping', {}, 60_000)
  })

const answersIn = (calls: readonly WeChatCall[]): string[] => calls.map(({ answer }) => answer)

test('a message reaches its shopper once under each fault', async ({ weChat, arm, buyAll, allSent }) => {
  await arm('message')
  const payments = await buyAll()
  await allSent()
  const seen = await Promise.all(
    payments.map(async ({ fault, orderId }) => [fault, answersIn(await weChat.calls('message', orderId))]),
  )
  expect(Object.fromEntries(seen)).toEqual(
    Object.fromEntries(
      rows.map(({ fault, answer, done }) => [fault, [answer, done ? 'errcode 43101' : 'ok']]),
    ),
  )
})

test('a shipment is uploaded under each fault, and is one shipment', async ({
  shop,
  operator,
  adyen,
  weChat,
  arm,
  buyAll,
  allSent,
}) => {
  const payments = await buyAll()
  await adyen.waitForDeliveries()
  await arm('shipping')
  for (const { orderId } of payments) {
    await operator.ship(orderId, { logisticsType: 'virtual', items: 'a voucher' })
  }
  await allSent()
  const seen = await Promise.all(
    payments.map(async ({ fault, id, orderId }) => {
      const { pspReference } = await operator.getPaymentRecord(id)
      const answers = answersIn(await weChat.calls('shipment', pspReference ?? 'none'))
      return [fault, [await shop.database.uploadOf(orderId), ...answers]]
    }),
  )
  expect(Object.fromEntries(seen)).toEqual(
    Object.fromEntries(
      rows.map(({ fault, answer, done }) => [fault, ['uploaded', answer, done ? 'errcode 10060023' : 'ok']]),
    ),
  )
  expect(await operator.listAttention()).toEqual([])
})

test('an access token is requested again after each fault, and every message is sent', async ({
  shop,
  weChat,
  arm,
  buyAll,
  allSent,
}) => {
  const before = (await weChat.calls('accessToken')).length
  await shop.database.rows('delete from wechat_tokens')
  await arm('token')
  const payments = await buyAll()
  await allSent()
  const answers = answersIn(await weChat.calls('accessToken')).slice(before)
  const faults = rows.filter(({ fault }) => fault !== 'wechat_token_refused').map(({ answer }) => answer)
  // The one of the wrong schema is labelled as the token that it holds.
  expect(
    answers
      .slice(0, faults.length)
      .map((answer) => (answer === 'access_token' ? 'ok' : answer))
      .toSorted(),
  ).toEqual(faults.toSorted())
  expect(new Set(answers.slice(faults.length))).toEqual(new Set(['access_token']))
  for (const { orderId } of payments) {
    expect(answersIn(await weChat.calls('message', orderId))).toEqual(['ok'])
  }
})

test('every fault that a call to WeChat can meet has its row', async ({ weChat }) => {
  expect(new Set(await weChat.faultNames('call'))).toEqual(new Set(Object.keys(matrix)))
})
