import { type Amount, type ResultCode, routes } from '@tael/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  atCashier,
  callTo,
  idle,
  logged,
  logIn,
  newKey,
  openShop,
  order,
  pay,
  refusal,
  row,
  type Shop,
  simulate,
  simulatedCalls,
  submit,
  withFault,
} from './shop.ts'

let shop: Shop
let token: string
beforeAll(async () => {
  shop = await openShop()
  token = await logIn(shop)
})
afterAll(() => shop.close())

const look = (paymentId: string) => shop.call(routes.getPayment, { params: { paymentId } }, { token })
const lookAtOrder = (orderId: string) => shop.call(routes.getOrder, { params: { orderId } }, { token })

test('a payment goes from the tap to paid, and only the five parameters reach the phone', async () => {
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

test('the order is paid by the webhook alone where the app was killed after paying', async () => {
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

test('the word of the phone makes nothing paid', async () => {
  const placed = await order(shop, token, 4500)
  const started = await pay(shop, token, placed)
  const claimed = await submit(shop, token, started.payment.id, 'requestPayment:ok')
  expect(claimed.status).toBe('processing')
  expect(await lookAtOrder(placed.id)).toMatchObject({ status: 'open' })
})

test('after a cancel the same order is paid with a new attempt', async () => {
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

test.each<{ digits: number; name: string; resultCode: ResultCode; status: string; later: string }>([
  { digits: 1, name: 'refused', resultCode: 'Refused', status: 'refused', later: 'refused' },
  { digits: 2, name: 'error', resultCode: 'Error', status: 'error', later: 'error' },
  { digits: 3, name: 'pending', resultCode: 'Pending', status: 'processing', later: 'authorised' },
  { digits: 4, name: 'received', resultCode: 'Received', status: 'processing', later: 'authorised' },
  { digits: 6, name: 'pending, then refused', resultCode: 'Pending', status: 'processing', later: 'refused' },
])(
  '$name: Adyen answers $resultCode, and the webhook leads to $later',
  async ({ digits, resultCode, status, later }) => {
    const started = await pay(shop, token, await order(shop, token, 1000 + digits))
    const errMsg = await atCashier(shop, started, 'pay')
    const answered = await submit(shop, token, started.payment.id, errMsg)
    expect(answered).toMatchObject({ resultCode, status })
    await idle(shop)
    expect(await look(started.payment.id)).toMatchObject({ status: later, outcome: { final: true } })
  },
)

test.each([
  { digits: 7, name: 'refused at once', status: 'refused' },
  { digits: 9, name: 'unusable parameters', status: 'error' },
])('$name: no cashier opens, and the order can be paid again', async ({ digits, status }) => {
  const placed = await order(shop, token, 2000 + digits)
  const started = await pay(shop, token, placed)
  expect(started).toMatchObject({
    requestPayment: null,
    payment: { status, outcome: { nextAction: 'pay_again' } },
  })
})

test.each([
  { digits: 11, name: 'a lost answer' },
  { digits: 12, name: 'a transient 500' },
  { digits: 13, name: 'a 503' },
  { digits: 14, name: 'a rate limit' },
  { digits: 16, name: 'a 704' },
  { digits: 21, name: 'an answer as a redirect action' },
])('$name of Adyen is repeated with the same key and the shopper pays as ever', async ({ digits }) => {
  const placed = await order(shop, token, 3000 + digits)
  const started = await pay(shop, token, placed)
  expect(started.payment.status).toBe('awaiting_shopper')
  await submit(shop, token, started.payment.id, await atCashier(shop, started, 'pay'))
  await idle(shop)
  expect(await lookAtOrder(placed.id)).toMatchObject({ status: 'paid' })
  const ledger = await simulate(shop, 'GET', '/ledger')
  const entries = JSON.stringify(ledger).split(`"${started.payment.id}"`).length - 1
  expect(entries).toBe(1)
})

test('the amount the shopper saw must be the amount of the order', async () => {
  const placed = await order(shop, token, 5000)
  const body = { orderId: placed.id, amount: { currency: 'CNY' as const, value: 4999 } }
  const refused = shop.call(routes.startPayment, { idempotencyKey: newKey(), body }, { token })
  const problem = await refusal(refused)
  expect(problem).toMatchObject({
    code: 'amount_changed',
    status: 409,
    amount: { currency: 'CNY', value: 5000 },
  })
})

test('fifty identical taps make one attempt and one call to Adyen', async () => {
  const placed = await order(shop, token, 6800)
  const key = newKey()
  const body = { orderId: placed.id, amount: placed.amount }
  const taps = await Promise.all(
    Array.from({ length: 50 }, () =>
      shop.call(routes.startPayment, { idempotencyKey: key, body }, { token }),
    ),
  )
  expect(new Set(taps.map(({ payment }) => payment.id)).size).toBe(1)
  expect(new Set(taps.map(({ requestPayment }) => requestPayment?.package)).size).toBe(1)
  const calls = await simulatedCalls(shop, 'POST /payments')
  expect(calls.filter((call) => call.includes(`"reference":"${taps[0]?.payment.id}"`))).toHaveLength(1)
})

test('a tap on another phone takes up the open attempt instead of starting a second', async () => {
  const placed = await order(shop, token, 6800)
  const [one, two] = await Promise.all([pay(shop, token, placed), pay(shop, token, placed)])
  expect(two).toEqual(one)
})

test('a key stands for one request only', async () => {
  const [first, second] = [await order(shop, token, 1000), await order(shop, token, 1000)]
  const key = newKey()
  const start = (orderId: string) =>
    shop.call(
      routes.startPayment,
      { idempotencyKey: key, body: { orderId, amount: first.amount } },
      { token },
    )
  const answer = await start(first.id)
  expect(await start(first.id)).toEqual(answer)
  const problem = await refusal(start(second.id))
  expect(problem).toMatchObject({ code: 'idempotency_key_reused', status: 422 })
})

test('while the outcome is unknown no second attempt starts, and nobody is told to pay again', async () => {
  const placed = await order(shop, token, 7000)
  const started = await withFault(shop, 'lost_request', () => pay(shop, token, placed))
  expect(started).toMatchObject({
    requestPayment: null,
    payment: { status: 'starting', outcome: { message: 'confirming', nextAction: 'wait', final: false } },
  })
  // The next tap repeats the lost call with its key.
  const again = await pay(shop, token, placed)
  expect(again.payment).toMatchObject({ id: started.payment.id, status: 'awaiting_shopper' })
  await submit(shop, token, again.payment.id, await atCashier(shop, again, 'pay'))
  expect(await lookAtOrder(placed.id)).toMatchObject({ status: 'paid' })
})

test('an unknown outcome of the details is confirming, a repeat asks again, and the webhook decides', async () => {
  const placed = await order(shop, token, 7000)
  const started = await pay(shop, token, placed)
  const failed = 'requestPayment:fail (detail message)'
  const answered = await withFault(shop, 'lost_request', () =>
    submit(shop, token, started.payment.id, failed),
  )
  expect(answered).toMatchObject({
    status: 'processing',
    outcome: { message: 'processing', nextAction: 'wait' },
  })
  expect((await pay(shop, token, placed)).payment).toMatchObject({
    id: started.payment.id,
    status: 'processing',
  })

  await atCashier(shop, started, 'pay')
  const again = await submit(shop, token, started.payment.id, failed)
  expect(again.status).toBe('authorised')
})

test('a call whose answer was lost is repeated by itself, and whoever waits hears of it', async () => {
  const placed = await order(shop, token, 7000)
  const lost = await withFault(shop, 'lost_request', () => pay(shop, token, placed))
  expect(lost.payment.status).toBe('starting')
  const { id, version } = lost.payment
  const waiting = { params: { paymentId: id }, query: { afterVersion: version, waitMs: 25_000 } }
  expect(await shop.call(routes.getPayment, waiting, { token, timeoutMs: 30_000 })).toMatchObject({
    status: 'awaiting_shopper',
  })

  const started = await pay(shop, token, placed)
  expect(started.payment.id).toBe(id)
  const errMsg = await atCashier(shop, started, 'cancel')
  const asked = await withFault(shop, 'lost_request', () => submit(shop, token, id, errMsg))
  expect(asked.status).toBe('processing')
  const again = { params: { paymentId: id }, query: { afterVersion: asked.version, waitMs: 25_000 } }
  expect(await shop.call(routes.getPayment, again, { token, timeoutMs: 30_000 })).toMatchObject({
    status: 'cancelled',
  })
})

test('details that Adyen refuses leave the payment undecided for the webhook, and are not repeated', async () => {
  // Amounts ending in 21 come without paymentData, and Adyen does not take the details without it.
  const started = await pay(shop, token, await order(shop, token, 3021))
  const asked = await submit(shop, token, started.payment.id, 'requestPayment:ok')
  expect(asked).toMatchObject({ status: 'processing', outcome: { nextAction: 'wait' } })
  const { waiting } = await row(
    shop,
    'select count(*)::int as waiting from adyen_calls where payment_id = $1 and answered_at is null',
    [started.payment.id],
  )
  expect(waiting).toBe(0)
  await logged(shop.server, /Adyen refused the call/)
})

test('money that comes after a cancel is honoured while the order waits', async () => {
  const placed = await order(shop, token, 1008)
  const started = await pay(shop, token, placed)
  const cancelled = await submit(shop, token, started.payment.id, await atCashier(shop, started, 'cancel'))
  expect(cancelled.status).toBe('cancelled')
  await idle(shop)
  expect(await lookAtOrder(placed.id)).toMatchObject({ status: 'paid', payment: { status: 'authorised' } })
})

test('money for an order that another attempt paid is surplus, and said to be so', async () => {
  const placed = await order(shop, token, 5500)
  const first = await pay(shop, token, placed)
  await submit(shop, token, first.payment.id, await atCashier(shop, first, 'cancel'))
  const second = await pay(shop, token, placed)
  await submit(shop, token, second.payment.id, await atCashier(shop, second, 'pay'))
  await authorise(first.payment.id, placed.amount, 'true')
  expect(await look(first.payment.id)).toMatchObject({
    status: 'authorised',
    outcome: { message: 'surplus' },
  })
  expect(await lookAtOrder(placed.id)).toMatchObject({ status: 'paid', payment: { id: second.payment.id } })
})

test('an order paid by a late attempt offers no cashier for the one that is open', async () => {
  const placed = await order(shop, token, 5500)
  const first = await pay(shop, token, placed)
  await submit(shop, token, first.payment.id, await atCashier(shop, first, 'cancel'))
  const second = await pay(shop, token, placed)
  expect(second.requestPayment).not.toBeNull()
  await authorise(first.payment.id, placed.amount, 'true')
  expect(await lookAtOrder(placed.id)).toMatchObject({ status: 'paid', payment: { id: first.payment.id } })
  expect(await look(second.payment.id)).toMatchObject({
    outcome: { message: 'paid', nextAction: 'view_order' },
  })
  expect(await refusal(pay(shop, token, placed))).toMatchObject({ code: 'order_not_payable' })
})

test('the same key after the order was paid otherwise opens no cashier', async () => {
  const placed = await order(shop, token, 5500)
  const first = await pay(shop, token, placed)
  await submit(shop, token, first.payment.id, await atCashier(shop, first, 'cancel'))
  const request = { idempotencyKey: newKey(), body: { orderId: placed.id, amount: placed.amount } }
  const second = await shop.call(routes.startPayment, request, { token })
  await authorise(first.payment.id, placed.amount, 'true')
  const again = await shop.call(routes.startPayment, request, { token })
  expect(again).toMatchObject({
    payment: { id: second.payment.id, outcome: { nextAction: 'view_order' } },
    requestPayment: null,
  })
})

test('one key to Adyen never carries two bodies', async () => {
  const started = await pay(shop, token, await order(shop, token, 5500))
  const said = (words: string) => submit(shop, token, started.payment.id, `requestPayment:fail ${words}`)
  await withFault(shop, 'lost_request', () => said('one'))
  await said('two')
  const calls = await simulatedCalls(shop, 'POST /payments/details')
  const ours = calls.filter((call) => call.includes('requestPayment:fail one'))
  expect(ours.length).toBeGreaterThan(1)
  expect(calls.filter((call) => call.includes('requestPayment:fail two'))).toEqual([])
})

test('a late failure un-pays nothing', async () => {
  const placed = await order(shop, token, 5500)
  const started = await pay(shop, token, placed)
  await submit(shop, token, started.payment.id, await atCashier(shop, started, 'pay'))
  await authorise(started.payment.id, placed.amount, 'false')
  expect(await look(started.payment.id)).toMatchObject({ status: 'authorised', resultCode: 'Authorised' })
  expect(await lookAtOrder(placed.id)).toMatchObject({ status: 'paid' })
})

test('a paid order takes no further attempt', async () => {
  const placed = await order(shop, token, 3900)
  const started = await pay(shop, token, placed)
  await submit(shop, token, started.payment.id, await atCashier(shop, started, 'pay'))
  const problem = await refusal(pay(shop, token, placed))
  expect(problem.code).toBe('order_not_payable')
})

test('a payment and an order are there for their own shopper only', async () => {
  const placed = await order(shop, token, 3900)
  const started = await pay(shop, token, placed)
  const stranger = { token: await logIn(shop, 'mallory') }
  const tries = [
    shop.call(routes.getPayment, { params: { paymentId: started.payment.id } }, stranger),
    shop.call(routes.getOrder, { params: { orderId: placed.id } }, stranger),
    shop.call(
      routes.startPayment,
      { idempotencyKey: newKey(), body: { orderId: placed.id, amount: placed.amount } },
      stranger,
    ),
    shop.call(
      routes.submitPaymentDetails,
      { body: { paymentId: started.payment.id, details: { paymentStatus: 'requestPayment:ok' } } },
      stranger,
    ),
  ]
  const codes = (await Promise.all(tries.map(refusal))).map(({ code }) => code)
  expect(codes).toEqual(['payment_not_found', 'order_not_found', 'order_not_found', 'payment_not_found'])
})

test('whoever waits hears of a webhook, also one that reached another server', async () => {
  const other = await shop.anotherServer()
  const placed = await order(shop, token, 3900)
  const started = await pay(shop, token, placed)
  const waiting = callTo(other.url)(
    routes.getPayment,
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

test('a wait that ran out answers how the payment stands, and it is no failure', async () => {
  const started = await pay(shop, token, await order(shop, token, 3900))
  const { id, version } = started.payment
  const input = { params: { paymentId: id }, query: { afterVersion: version, waitMs: 1 } }
  expect(await shop.call(routes.getPayment, input, { token })).toEqual(started.payment)
})

async function authorise(
  merchantReference: string,
  amount: Amount,
  success: 'true' | 'false',
): Promise<void> {
  await simulate(shop, 'POST', '/webhooks', {
    merchantReference,
    amount,
    eventCode: 'AUTHORISATION',
    success,
  })
  await idle(shop)
}
