import type { ResultCode } from '@tael/contracts'
import { expect } from 'vitest'
import { refusalOf } from './actors/index.ts'
import { test } from './fixtures.ts'

test('a payment goes from the tap to paid, and only the five parameters reach the phone', async ({
  shopper,
  adyen,
}) => {
  const order = await shopper.order(12800)
  const attempt = await shopper.startPayment(order)
  expect(attempt.payment).toMatchObject({
    status: 'awaiting_shopper',
    outcome: { nextAction: 'open_cashier' },
  })
  expect(Object.keys(attempt.requestPayment ?? {}).toSorted()).toEqual([
    'nonceStr',
    'package',
    'paySign',
    'signType',
    'timeStamp',
  ])
  const errMsg = await shopper.payAtCashier(attempt)
  expect(errMsg).toBe('requestPayment:ok')
  expect(await shopper.submitDetails(attempt, errMsg)).toMatchObject({
    status: 'authorised',
    resultCode: 'Authorised',
    outcome: { message: 'paid', nextAction: 'view_order', final: true },
  })
  const paid = { status: 'paid', payment: { id: attempt.payment.id, status: 'authorised' } }
  expect(await shopper.getOrder(order.id)).toMatchObject(paid)
  await adyen.waitForDeliveries()
  expect(await shopper.getOrder(order.id)).toMatchObject(paid)
})

test('the webhook alone pays the order where the app was killed after paying', async ({
  shopper,
  operator,
  adyen,
}) => {
  const attempt = await shopper.startBuying(4500)
  const { id, orderId } = attempt.payment
  await shopper.payAtCashier(attempt)
  await adyen.waitForDeliveries()
  expect(await shopper.getOrder(orderId)).toMatchObject({ status: 'paid' })
  const { events } = await operator.getPaymentRecord(id)
  expect(events.map(({ source, type }) => `${source}: ${type}`)).toEqual([
    'shopper: started',
    'adyen: cashier_ready',
    'webhook: authorisation',
  ])
  // Coming back late changes nothing.
  expect(await shopper.submitDetails(attempt, 'requestPayment:ok')).toMatchObject({ status: 'authorised' })
})

test('what the phone reports makes nothing paid', async ({ shopper }) => {
  const attempt = await shopper.startBuying(4500)
  expect(await shopper.submitDetails(attempt, 'requestPayment:ok')).toMatchObject({ status: 'processing' })
  expect(await shopper.getOrder(attempt.payment.orderId)).toMatchObject({ status: 'open' })
})

test('after a cancel the same order is paid with a new attempt', async ({ shopper }) => {
  const order = await shopper.order(8600)
  const first = await shopper.startPayment(order)
  const errMsg = await shopper.cancelAtCashier(first)
  expect(errMsg).toBe('requestPayment:fail cancel')
  expect(await shopper.submitDetails(first, errMsg)).toMatchObject({
    status: 'cancelled',
    outcome: { message: 'cancelled', nextAction: 'pay_again' },
  })

  const second = await shopper.startPayment(order)
  expect(second.payment.id).not.toBe(first.payment.id)
  await shopper.pay(second)
  expect(await shopper.getOrder(order.id)).toMatchObject({
    status: 'paid',
    payment: { id: second.payment.id },
  })
})

test.for<{ digits: number; name: string; resultCode: ResultCode; status: string; later: string }>([
  { digits: 1, name: 'refused', resultCode: 'Refused', status: 'refused', later: 'refused' },
  { digits: 2, name: 'error', resultCode: 'Error', status: 'error', later: 'error' },
  { digits: 3, name: 'pending', resultCode: 'Pending', status: 'processing', later: 'authorised' },
  { digits: 4, name: 'received', resultCode: 'Received', status: 'processing', later: 'authorised' },
  { digits: 6, name: 'pending, then refused', resultCode: 'Pending', status: 'processing', later: 'refused' },
])(
  '$name: Adyen answers $resultCode, and the webhook leads to $later',
  async ({ digits, resultCode, status, later }, { shopper, adyen }) => {
    const payment = await shopper.buy(1000 + digits)
    expect(payment).toMatchObject({ resultCode, status })
    await adyen.waitForDeliveries()
    expect(await shopper.getPayment(payment.id)).toMatchObject({ status: later, outcome: { final: true } })
  },
)

test.for([
  { digits: 7, name: 'a start that Adyen refuses', status: 'refused' },
  { digits: 9, name: 'unusable parameters', status: 'error' },
])('$name: no cashier opens, and the order can be paid again', async ({ digits, status }, { shopper }) => {
  expect(await shopper.startBuying(2000 + digits)).toMatchObject({
    requestPayment: null,
    payment: { status, outcome: { nextAction: 'pay_again' } },
  })
})

test('parameters in a redirect action open the cashier like any other', async ({ shopper, adyen }) => {
  const attempt = await shopper.startBuying(3021)
  expect(attempt.payment.status).toBe('awaiting_shopper')
  await shopper.pay(attempt)
  await adyen.waitForDeliveries()
  expect(await shopper.getOrder(attempt.payment.orderId)).toMatchObject({ status: 'paid' })
})

test('the amount the shopper saw must be the amount of the order', async ({ shopper }) => {
  const { id } = await shopper.order(5000)
  const outdated = { id, amount: { currency: 'CNY', value: 4999 } } as const
  expect(await refusalOf(shopper.startPayment(outdated))).toMatchObject({
    code: 'amount_changed',
    status: 409,
    amount: { currency: 'CNY', value: 5000 },
  })
})

test('fifty identical taps make one attempt and one call to Adyen', async ({ shopper, adyen }) => {
  const order = await shopper.order(6800)
  const key = crypto.randomUUID()
  const taps = await Promise.all(Array.from({ length: 50 }, () => shopper.startPayment(order, key)))
  const [first] = taps
  expect(new Set(taps.map(({ payment }) => payment.id)).size).toBe(1)
  expect(new Set(taps.map(({ requestPayment }) => requestPayment?.package)).size).toBe(1)
  expect(await adyen.calls('payments', first?.payment.id)).toHaveLength(1)
})

test('a tap on another phone joins the open attempt instead of starting a second', async ({ shopper }) => {
  const order = await shopper.order(6800)
  const [one, two] = await Promise.all([shopper.startPayment(order), shopper.startPayment(order)])
  expect(two).toEqual(one)
})

test('a key identifies one request only', async ({ shopper }) => {
  const [first, second] = [await shopper.order(1000), await shopper.order(1000)]
  const key = crypto.randomUUID()
  const attempt = await shopper.startPayment(first, key)
  expect(await shopper.startPayment(first, key)).toEqual(attempt)
  expect(await refusalOf(shopper.startPayment(second, key))).toMatchObject({
    code: 'idempotency_key_reused',
    status: 422,
  })
})

test('a paid order accepts no further attempt', async ({ shopper }) => {
  const order = await shopper.order(3900)
  await shopper.pay(await shopper.startPayment(order))
  expect(await refusalOf(shopper.startPayment(order))).toMatchObject({ code: 'order_not_payable' })
})

test('only its own shopper sees and pays an order', async ({ shop, shopper }) => {
  const order = await shopper.order(3900)
  const attempt = await shopper.startPayment(order)
  const stranger = await shop.shopper('mallory')
  const refusals = await Promise.all(
    [
      stranger.getPayment(attempt.payment.id),
      stranger.getOrder(order.id),
      stranger.startPayment(order),
      stranger.submitDetails(attempt, 'requestPayment:ok'),
    ].map(refusalOf),
  )
  expect(refusals.map(({ code }) => code)).toEqual([
    'payment_not_found',
    'order_not_found',
    'order_not_found',
    'payment_not_found',
  ])
  expect(await shopper.getPayment(attempt.payment.id)).toEqual(attempt.payment)
})

test('whoever waits for a payment is answered when a webhook reaches another server', async ({
  shop,
  shopper,
}) => {
  const other = await shop.startServer()
  const attempt = await shopper.startBuying(3900)
  // The client times out before the long poll ends: only the change can have answered it.
  const change = shopper.at(other).waitForChange(attempt.payment, { timeoutMs: 20_000 })
  await shopper.payAtCashier(attempt)
  expect(await change).toMatchObject({ status: 'authorised' })
})

test('a wait that runs out answers with the payment as it is', async ({ shopper }) => {
  const { payment } = await shopper.startBuying(3900)
  expect(await shopper.waitForChange(payment, { waitMs: 1 })).toEqual(payment)
})
