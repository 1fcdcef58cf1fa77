import { type ResultCode, shopperRoutes } from '@tael/contracts'
import { expect } from 'vitest'
import { test } from './fixtures.ts'
import {
  atCashier,
  callTo,
  idle,
  logIn,
  newKey,
  order,
  pay,
  refusal,
  simulatedCalls,
  submit,
} from './shop.ts'

test('a payment goes from the tap to paid, and only the five parameters reach the phone', async ({
  shop,
  token,
  lookAtOrder,
}) => {
  const placed = await order(shop, token, 12800)
  const started = await pay(shop, token, placed)
  expect(started.payment).toMatchObject({
    status: 'awaiting_shopper',
    outcome: { nextAction: 'open_cashier' },
  })
  expect(Object.keys(started.requestPayment ?? {}).toSorted()).toEqual([
    'nonceStr',
    'package',
    'paySign',
    'signType',
    'timeStamp',
  ])
  const errMsg = await atCashier(shop, started, 'pay')
  expect(errMsg).toBe('requestPayment:ok')
  const paid = await submit(shop, token, started.payment.id, errMsg)
  expect(paid).toMatchObject({
    status: 'authorised',
    resultCode: 'Authorised',
    outcome: { message: 'paid', nextAction: 'view_order', final: true },
  })
  expect(await lookAtOrder(placed.id)).toMatchObject({ status: 'paid', payment: { id: started.payment.id } })
  await idle(shop)
  expect(await lookAtOrder(placed.id)).toMatchObject({ status: 'paid', payment: { status: 'authorised' } })
})

test('the order is paid by the webhook alone where the app was killed after paying', async ({
  shop,
  token,
  lookAtOrder,
}) => {
  const placed = await order(shop, token, 4500)
  const started = await pay(shop, token, placed)
  await atCashier(shop, started, 'pay')
  await idle(shop)
  expect(await lookAtOrder(placed.id)).toMatchObject({ status: 'paid' })
  const events = await shop.db.query(
    'select source, type from payment_events where payment_id = $1 order by id',
    [started.payment.id],
  )
  expect(events.rows).toEqual([
    { source: 'shopper', type: 'started' },
    { source: 'adyen', type: 'cashier_ready' },
    { source: 'webhook', type: 'authorisation' },
  ])
  // Coming back late changes nothing and tells the truth.
  expect(await submit(shop, token, started.payment.id, 'requestPayment:ok')).toMatchObject({
    status: 'authorised',
  })
})

test('the word of the phone makes nothing paid', async ({ shop, token, lookAtOrder }) => {
  const placed = await order(shop, token, 4500)
  const started = await pay(shop, token, placed)
  const claimed = await submit(shop, token, started.payment.id, 'requestPayment:ok')
  expect(claimed.status).toBe('processing')
  expect(await lookAtOrder(placed.id)).toMatchObject({ status: 'open' })
})

test('after a cancel the same order is paid with a new attempt', async ({ shop, token, lookAtOrder }) => {
  const placed = await order(shop, token, 8600)
  const first = await pay(shop, token, placed)
  const errMsg = await atCashier(shop, first, 'cancel')
  expect(errMsg).toBe('requestPayment:fail cancel')
  const cancelled = await submit(shop, token, first.payment.id, errMsg)
  expect(cancelled).toMatchObject({
    status: 'cancelled',
    outcome: { message: 'cancelled', nextAction: 'pay_again' },
  })

  const second = await pay(shop, token, placed)
  expect(second.payment.id).not.toBe(first.payment.id)
  await submit(shop, token, second.payment.id, await atCashier(shop, second, 'pay'))
  expect(await lookAtOrder(placed.id)).toMatchObject({ status: 'paid', payment: { id: second.payment.id } })
})

test.for<{ digits: number; name: string; resultCode: ResultCode; status: string; later: string }>([
  { digits: 1, name: 'refused', resultCode: 'Refused', status: 'refused', later: 'refused' },
  { digits: 2, name: 'error', resultCode: 'Error', status: 'error', later: 'error' },
  { digits: 3, name: 'pending', resultCode: 'Pending', status: 'processing', later: 'authorised' },
  { digits: 4, name: 'received', resultCode: 'Received', status: 'processing', later: 'authorised' },
  { digits: 6, name: 'pending, then refused', resultCode: 'Pending', status: 'processing', later: 'refused' },
])(
  '$name: Adyen answers $resultCode, and the webhook leads to $later',
  async ({ digits, resultCode, status, later }, { shop, token, look }) => {
    const started = await pay(shop, token, await order(shop, token, 1000 + digits))
    const errMsg = await atCashier(shop, started, 'pay')
    const answered = await submit(shop, token, started.payment.id, errMsg)
    expect(answered).toMatchObject({ resultCode, status })
    await idle(shop)
    expect(await look(started.payment.id)).toMatchObject({ status: later, outcome: { final: true } })
  },
)

test.for([
  { digits: 7, name: 'refused at once', status: 'refused' },
  { digits: 9, name: 'unusable parameters', status: 'error' },
])(
  '$name: no cashier opens, and the order can be paid again',
  async ({ digits, status }, { shop, token }) => {
    const placed = await order(shop, token, 2000 + digits)
    const started = await pay(shop, token, placed)
    expect(started).toMatchObject({
      requestPayment: null,
      payment: { status, outcome: { nextAction: 'pay_again' } },
    })
  },
)

test('an answer as a redirect action opens the cashier as ever', async ({ shop, token, lookAtOrder }) => {
  const placed = await order(shop, token, 3021)
  const started = await pay(shop, token, placed)
  expect(started.payment.status).toBe('awaiting_shopper')
  await submit(shop, token, started.payment.id, await atCashier(shop, started, 'pay'))
  await idle(shop)
  expect(await lookAtOrder(placed.id)).toMatchObject({ status: 'paid' })
})

test('the amount the shopper saw must be the amount of the order', async ({ shop, token }) => {
  const placed = await order(shop, token, 5000)
  const body = { orderId: placed.id, amount: { currency: 'CNY' as const, value: 4999 } }
  const refused = shop.call(shopperRoutes.startPayment, { idempotencyKey: newKey(), body }, { token })
  const problem = await refusal(refused)
  expect(problem).toMatchObject({
    code: 'amount_changed',
    status: 409,
    amount: { currency: 'CNY', value: 5000 },
  })
})

test('fifty identical taps make one attempt and one call to Adyen', async ({ shop, token }) => {
  const placed = await order(shop, token, 6800)
  const key = newKey()
  const body = { orderId: placed.id, amount: placed.amount }
  const taps = await Promise.all(
    Array.from({ length: 50 }, () =>
      shop.call(shopperRoutes.startPayment, { idempotencyKey: key, body }, { token }),
    ),
  )
  expect(new Set(taps.map(({ payment }) => payment.id)).size).toBe(1)
  expect(new Set(taps.map(({ requestPayment }) => requestPayment?.package)).size).toBe(1)
  const calls = await simulatedCalls(shop, 'POST /payments')
  expect(calls.filter((call) => call.includes(`"reference":"${taps[0]?.payment.id}"`))).toHaveLength(1)
})

test('a tap on another phone takes up the open attempt instead of starting a second', async ({
  shop,
  token,
}) => {
  const placed = await order(shop, token, 6800)
  const [one, two] = await Promise.all([pay(shop, token, placed), pay(shop, token, placed)])
  expect(two).toEqual(one)
})

test('a key stands for one request only', async ({ shop, token }) => {
  const [first, second] = [await order(shop, token, 1000), await order(shop, token, 1000)]
  const key = newKey()
  const start = (orderId: string) =>
    shop.call(
      shopperRoutes.startPayment,
      { idempotencyKey: key, body: { orderId, amount: first.amount } },
      { token },
    )
  const answer = await start(first.id)
  expect(await start(first.id)).toEqual(answer)
  const problem = await refusal(start(second.id))
  expect(problem).toMatchObject({ code: 'idempotency_key_reused', status: 422 })
})

test('a paid order takes no further attempt', async ({ shop, token }) => {
  const placed = await order(shop, token, 3900)
  const started = await pay(shop, token, placed)
  await submit(shop, token, started.payment.id, await atCashier(shop, started, 'pay'))
  const problem = await refusal(pay(shop, token, placed))
  expect(problem.code).toBe('order_not_payable')
})

test('a payment and an order are there for their own shopper only', async ({ shop, token }) => {
  const placed = await order(shop, token, 3900)
  const started = await pay(shop, token, placed)
  const stranger = { token: await logIn(shop, 'mallory') }
  const tries = [
    shop.call(shopperRoutes.getPayment, { params: { paymentId: started.payment.id } }, stranger),
    shop.call(shopperRoutes.getOrder, { params: { orderId: placed.id } }, stranger),
    shop.call(
      shopperRoutes.startPayment,
      { idempotencyKey: newKey(), body: { orderId: placed.id, amount: placed.amount } },
      stranger,
    ),
    shop.call(
      shopperRoutes.submitPaymentDetails,
      { body: { paymentId: started.payment.id, details: { paymentStatus: 'requestPayment:ok' } } },
      stranger,
    ),
  ]
  const codes = (await Promise.all(tries.map(refusal))).map(({ code }) => code)
  expect(codes).toEqual(['payment_not_found', 'order_not_found', 'order_not_found', 'payment_not_found'])
})

test('whoever waits hears of a webhook, also one that reached another server', async ({ shop, token }) => {
  const other = await shop.anotherServer()
  const placed = await order(shop, token, 3900)
  const started = await pay(shop, token, placed)
  const waiting = callTo(other.url)(
    shopperRoutes.getPayment,
    {
      params: { paymentId: started.payment.id },
      query: { afterVersion: started.payment.version, waitMs: 25_000 },
    },
    // Far less than the wait: only being told can be as fast.
    { token, timeoutMs: 8_000 },
  )
  await atCashier(shop, started, 'pay')
  expect(await waiting).toMatchObject({ status: 'authorised' })
})

test('a wait that ran out answers how the payment stands, and it is no failure', async ({ shop, token }) => {
  const started = await pay(shop, token, await order(shop, token, 3900))
  const { id, version } = started.payment
  const input = { params: { paymentId: id }, query: { afterVersion: version, waitMs: 1 } }
  expect(await shop.call(shopperRoutes.getPayment, input, { token })).toEqual(started.payment)
})
