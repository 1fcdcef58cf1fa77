import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, expect } from 'vitest'
import { waitForLog } from './actors/index.ts'
import { AdyenRelay, type Answering, membersOf } from './adyen-relay.ts'
import { test as base } from './fixtures.ts'

const adyenRelay = new AdyenRelay()

/** Between the server and WeChat: answers uploads of shipments itself, when there is an answer. */
let weChatUrl = ''
let uploadAnswer: object | undefined
const weChatRelay = createServer((request, response) => {
  forward(request, response).catch(() => request.socket.destroy())
})
async function forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { url = '', method = 'GET' } = request
  const body = await text(request)
  const json = { 'content-type': 'application/json' }
  if (uploadAnswer !== undefined && url.startsWith('/wxa/sec/order/upload_shipping_info')) {
    response.writeHead(200, json).end(JSON.stringify(uploadAnswer))
    return
  }
  const answer = await fetch(weChatUrl + url, body === '' ? { method } : { method, headers: json, body })
  response.writeHead(answer.status, json).end(await answer.text())
}

afterAll(() => {
  adyenRelay.close()
  weChatRelay.closeAllConnections()
  weChatRelay.close()
})

const test = base
  .extend('simulatorSettings', { scope: 'file' }, { SIMULATOR_SPEED: '0.001' })
  .extend('settings', { scope: 'file' }, async () => {
    weChatRelay.listen(0, '127.0.0.1')
    await once(weChatRelay, 'listening')
    const address = weChatRelay.address()
    if (address === null || typeof address === 'string') throw new Error('The relay has no port.')
    return {
      ADYEN_CHECKOUT_URL: `${await adyenRelay.listen()}/v72`,
      WECHAT_API_URL: `http://127.0.0.1:${address.port}`,
      SHIPPING_UPLOAD: 'psp_reference',
      WECHAT_MERCHANT_ID: '1900000109',
    }
  })
  .extend('shopper', { scope: 'file' }, ({ shop }) => {
    adyenRelay.adyenUrl = shop.simulator.url
    weChatUrl = shop.simulator.url
    return shop.shopper('alice')
  })
  /** Everything that is recorded of a payment, and the whole log. */
  .extend('seenOf', ({ shop, operator }) => async ({ id }: { readonly id: string }) => {
    const record = JSON.stringify(await operator.getPaymentRecord(id))
    return [record, ...shop.server.lines]
  })

const openids = new Set<string>()
/** Remembers the openid that a start sends. */
const remembering: Answering = async (ask, sent) => {
  openids.add(String(membersOf(sent['paymentMethod'])['openid']))
  return ask()
}

/** What no record may keep as it is: far too long, with NUL, half a character and an openid. */
const indiscreet = (): string => `${[...openids].join(' ')} \u0000\ud800${'长'.repeat(80_000)}`

/** Adyen refuses the call, and repeats what it was sent in every text. */
const refusing: Answering = async () => ({
  status: 422,
  body: { status: 422, errorCode: indiscreet(), errorType: indiscreet(), message: indiscreet() },
})

/** Adyen's result repeats what it was sent. */
const resulting: Answering = async (ask) => {
  const { status, body } = await ask()
  return { status, body: { ...body, resultCode: 'Refused', refusalReason: indiscreet() } }
}

function expectNothingOf(seen: readonly string[]): void {
  for (const line of seen) {
    expect(line.length).toBeLessThan(20_000)
    expect([...openids].filter((openid) => line.includes(openid))).toEqual([])
    expect(line).not.toMatch(/\\u0000|\\ud800/)
  }
}

test("of Adyen's refusals, of whatever call, only a bounded text without openid is kept", async ({
  shop,
  shopper,
  operator,
  seenOf,
}) => {
  const attempt = await adyenRelay.answering('/payments', remembering, () => shopper.startBuying(6100))
  expect([...openids]).toEqual([expect.stringMatching(/^o.{27}$/)])
  await adyenRelay.answering('/payments/details', refusing, () => shopper.pay(attempt))
  const unstarted = await adyenRelay.answering('/payments', refusing, () => shopper.startBuying(6100))
  const unpaid = await shopper.startBuying(6100)
  await adyenRelay.answering('/cancels', refusing, async () => {
    await shopper.cancelOrder(unpaid.payment.orderId)
    await waitForLog(shop.server, { msg: 'Adyen refused the call', operation: 'cancels' })
  })
  const paid = await shopper.buy(6100)
  await adyenRelay.answering('/refunds', refusing, async () => {
    await operator.refund(paid)
    await waitForLog(shop.server, { msg: 'Adyen refused a refund: return the money by hand' })
  })
  for (const { id } of [attempt.payment, unstarted.payment, unpaid.payment, paid])
    expectNothingOf(await seenOf({ id }))
})

test('so it is with what Adyen answers of a result', async ({ shopper, seenOf }) => {
  const attempt = await adyenRelay.answering('/payments', remembering, () => shopper.startBuying(6200))
  const payment = await adyenRelay.answering('/payments/details', resulting, () => shopper.pay(attempt))
  expect(payment).toMatchObject({ status: 'refused' })
  const seen = await seenOf(payment)
  expect(seen[0]).toContain('长')
  expectNothingOf(seen)
})

test("so it is with WeChat's errmsg", async ({ shop, shopper, operator, seenOf }) => {
  const attempt = await adyenRelay.answering('/payments', remembering, () => shopper.startBuying(6300))
  const { id, orderId } = await shopper.pay(attempt)
  const [openid = ''] = openids
  uploadAnswer = { errcode: 10_060_004, errmsg: `payer ${openid} \u0000\ud800${'长'.repeat(20_000)}` }
  await operator.ship(orderId, { logisticsType: 'virtual', items: 'a voucher' })
  const line = await waitForLog(shop.server, { msg: 'WeChat refused the shipping information' })
  uploadAnswer = undefined
  expect(line.reason).toMatch(/^errcode 10060004 payer \[openid\] 长+…$/)
  const shipment = await shop.database.row('select upload_reason from shipments where order_id = $1', [
    orderId,
  ])
  expectNothingOf([...(await seenOf({ id })), JSON.stringify(shipment)])
})

test.for([{ nothing: null }, { nothing: '' }])(
  'what an answer leaves as null or empty is absent: $nothing, the cashier opens, and money is paid',
  async (nothing, { shopper, operator }) => {
    const unset = {
      redirect: nothing,
      paymentData: nothing,
      refusalReason: nothing,
      refusalReasonCode: nothing,
      additionalData: nothing,
      merchantReference: nothing,
      pspReference: nothing,
    }
    const without: Answering = async (ask) => {
      const { status, body } = await ask()
      const { action, ...rest } = body
      const amount = { currency: nothing, value: null }
      const type = { type: nothing, data: nothing, url: nothing }
      return {
        status,
        body: {
          ...rest,
          ...unset,
          ...(action === undefined ? {} : { amount, action: { ...membersOf(action), ...type } }),
        },
      }
    }
    const attempt = await adyenRelay.answering('/payments', without, () => shopper.startBuying(6400))
    expect(attempt.requestPayment).not.toBeNull()
    const payment = await adyenRelay.answering('/payments/details', without, () => shopper.pay(attempt))
    expect(payment).toMatchObject({ status: 'authorised' })
    expect(await operator.getPaymentRecord(payment.id)).toMatchObject({ pspReference: null })
  },
)
