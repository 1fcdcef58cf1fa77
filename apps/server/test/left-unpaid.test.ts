import type { Payment, StartedPayment } from '@tael/contracts'
import { afterAll, expect } from 'vitest'
import { AdyenRelay, type Answering } from './adyen-relay.ts'
import type { Shopper } from './actors/index.ts'
import { test as base } from './fixtures.ts'

/*
 * A shopper who leaves the cashier without paying. Adyen documents no answer to that, so each
 * possible one is played: what matters is that the order can be paid immediately, and only once.
 */

const relay = new AdyenRelay()
afterAll(() => relay.close())

const test = base
  .extend('settings', { scope: 'file' }, async () => ({
    ADYEN_CHECKOUT_URL: `${await relay.listen()}/v72`,
  }))
  .extend('shopper', { scope: 'file' }, ({ shop }) => {
    relay.adyenUrl = shop.simulator.url
    return shop.shopper('alice')
  })
  /** The events of a payment by their types. */
  .extend('eventsOf', ({ operator }) => async ({ id }: Payment): Promise<string[]> => {
    const { events } = await operator.getPaymentRecord(id)
    return events.map(({ type }) => type)
  })
  /** What was reported to Adyen of a payment, once for each key. */
  .extend('reported', ({ shop, adyen }) => async ({ id }: Payment): Promise<string[]> => {
    const { payment_data } = await shop.database.row('select payment_data from payments where id = $1', [id])
    const calls = (await adyen.calls('details')).filter(({ paymentData }) => paymentData === payment_data)
    const byKey = new Map(calls.map(({ idempotencyKey, paymentStatus }) => [idempotencyKey, paymentStatus]))
    return [...byKey.values()].map(String)
  })

const CANCEL = 'requestPayment:fail cancel'

/** Adyen's answer with another resultCode. */
const resulting =
  (resultCode: string): Answering =>
  async (ask) => {
    const { status, body } = await ask()
    return { status, body: { ...body, resultCode } }
  }

/** Leaves the cashier: by closing it, or because its first payment fails. */
const leave = async (shopper: Shopper, attempt: StartedPayment, by: 'cancel' | 'fail'): Promise<Payment> => {
  const errMsg = await (by === 'cancel' ? shopper.cancelAtCashier(attempt) : shopper.payAtCashier(attempt))
  expect(errMsg).toMatch(by === 'cancel' ? /^requestPayment:fail cancel$/ : /^requestPayment:fail (?!cancel)/)
  return shopper.submitDetails(attempt, errMsg)
}

test.for([
  { by: 'cancel', answer: 'Pending', price: 7026 },
  { by: 'cancel', answer: 'Received', price: 7027 },
  { by: 'cancel', answer: 'nothing', price: 7029 },
  { by: 'fail', answer: 'Pending', price: 7032 },
  { by: 'fail', answer: 'Received', price: 7033 },
  { by: 'fail', answer: 'nothing', price: 7036 },
] as const)(
  'after a $by that Adyen answers with $answer the same parameters pay the order, once',
  async ({ by, price }, { shopper, adyen, operator }) => {
    const order = await shopper.order(price)
    const first = await shopper.startPayment(order)
    const left = await leave(shopper, first, by)
    expect(left).toMatchObject({
      status: 'awaiting_shopper',
      outcome: { message: 'awaiting_shopper', nextAction: 'open_cashier', final: false },
    })
    const again = await shopper.startPayment(order)
    expect(again.payment.id).toBe(first.payment.id)
    expect(again.requestPayment).toEqual(first.requestPayment)

    expect(await shopper.pay(again)).toMatchObject({ status: 'authorised', outcome: { message: 'paid' } })
    expect(await shopper.getOrder(order.id)).toMatchObject({ status: 'paid' })
    expect(await adyen.calls('payments', first.payment.id)).toHaveLength(1)
    expect(await adyen.payment(first.payment.id)).toMatchObject({ paid: price })
    expect(await operator.reconcile()).toMatchObject({ code: 0 })
  },
)

test.for([
  { by: 'cancel', answer: 'Cancelled', price: 7000, status: 'cancelled' },
  { by: 'cancel', answer: 'Refused', price: 7028, status: 'refused' },
  { by: 'fail', answer: 'Cancelled', price: 7031, status: 'cancelled' },
  { by: 'fail', answer: 'Refused', price: 7034, status: 'refused' },
] as const)(
  'after a $by that Adyen answers with $answer the order is paid with a new attempt',
  async ({ by, price, status }, { shopper }) => {
    const order = await shopper.order(price)
    const first = await shopper.startPayment(order)
    expect(await leave(shopper, first, by)).toMatchObject({ status, outcome: { nextAction: 'pay_again' } })
    const second = await shopper.startPayment(order)
    expect(second.payment.id).not.toBe(first.payment.id)
    expect(second.requestPayment?.package).not.toBe(first.requestPayment?.package)
  },
)

test('after an ok the shopper waits, whatever the cashier reported before', async ({ shopper }) => {
  const order = await shopper.order(7026)
  const attempt = await shopper.startPayment(order)
  await leave(shopper, attempt, 'cancel')
  const again = await shopper.startPayment(order)
  expect(await shopper.submitDetails(again, 'requestPayment:ok')).toMatchObject({
    status: 'processing',
    outcome: { nextAction: 'wait' },
  })
  expect(await shopper.startPayment(order)).toMatchObject({
    requestPayment: null,
    payment: { id: attempt.payment.id, status: 'processing' },
  })
  expect(await shopper.submitDetails(attempt, CANCEL)).toMatchObject({ status: 'processing' })
})

test('an answer to a cancel that could mean money is not taken for "not paid"', async ({ shopper }) => {
  const attempt = await shopper.startBuying(7026)
  const payment = await relay.answering('/payments/details', resulting('PartiallyAuthorised'), () =>
    leave(shopper, attempt, 'cancel'),
  )
  expect(payment).toMatchObject({ status: 'processing', outcome: { nextAction: 'wait' } })
})

test('a late Cancelled about the first cashier does not end an attempt whose shopper is in the second', async ({
  shopper,
  adyen,
  eventsOf,
}) => {
  const order = await shopper.order(7000)
  const first = await shopper.startPayment(order)
  const inSecond = Promise.withResolvers<StartedPayment>()
  const late: Answering = async (ask) => {
    const { status, body } = await ask()
    inSecond.resolve(await shopper.startPayment(order))
    return { status, body: { ...body, resultCode: 'Cancelled' } }
  }
  const left = await relay.answering('/payments/details', late, () => shopper.submitDetails(first, CANCEL))
  const second = await inSecond.promise
  expect(second.requestPayment).toEqual(first.requestPayment)
  expect(left).toMatchObject({ status: 'awaiting_shopper', outcome: { nextAction: 'open_cashier' } })
  expect(await eventsOf(left)).toEqual([
    'started',
    'cashier_ready',
    'returned_unpaid',
    'continued',
    'answer_inconclusive',
  ])
  expect(await shopper.pay(second)).toMatchObject({ status: 'authorised' })
  expect(await adyen.payment(first.payment.id)).toMatchObject({ paid: 7000 })
})

test('each time the cashier closes Adyen is asked anew, so that an offer it closed is noticed', async ({
  shopper,
  reported,
}) => {
  const order = await shopper.order(7026)
  const attempt = await shopper.startPayment(order)
  await leave(shopper, attempt, 'cancel')
  // The same return, sent again.
  await shopper.submitDetails(attempt, CANCEL)
  expect(await reported(attempt.payment)).toEqual([CANCEL])

  await leave(shopper, await shopper.startPayment(order), 'cancel')
  expect(await reported(attempt.payment)).toEqual([CANCEL, CANCEL])
  await shopper.startPayment(order)
  const ended = await relay.answering('/payments/details', resulting('Refused'), () =>
    shopper.submitDetails(attempt, CANCEL),
  )
  expect(ended).toMatchObject({ status: 'refused', outcome: { nextAction: 'pay_again' } })
})

test('a phone that continues for ever does not make Adyen be asked for ever', async ({
  shopper,
  reported,
}) => {
  const order = await shopper.order(7026)
  const attempt = await shopper.startPayment(order)
  for (let tap = 0; tap < 25; tap += 1) {
    await shopper.submitDetails(attempt, CANCEL)
    expect(await shopper.startPayment(order)).toMatchObject({ requestPayment: attempt.requestPayment })
  }
  expect(await reported(attempt.payment)).toHaveLength(20)
})

test('a shopper who left the cashier can cancel the order', async ({ shopper }) => {
  const attempt = await shopper.startBuying(7026)
  await leave(shopper, attempt, 'cancel')
  expect(await shopper.cancelOrder(attempt.payment.orderId)).toMatchObject({ status: 'cancelled' })
})

test('an offer that Adyen closes after a cancel ends the attempt, and the order is paid with another', async ({
  shopper,
  adyen,
}) => {
  const order = await shopper.order(7026)
  const attempt = await shopper.startPayment(order)
  await leave(shopper, attempt, 'cancel')
  const { pspReference = '' } = (await adyen.payment(attempt.payment.id)) ?? {}
  await adyen.deliver({ eventCode: 'OFFER_CLOSED', about: attempt.payment, pspReference })
  expect(await shopper.getPayment(attempt.payment.id)).toMatchObject({
    status: 'expired',
    outcome: { nextAction: 'pay_again' },
  })
  const second = await shopper.startPayment(order)
  expect(second.payment.id).not.toBe(attempt.payment.id)
  expect(await shopper.pay(second)).toMatchObject({ status: 'authorised' })
})

test.for([
  { name: 'without signType', price: 7037, names: ['nonceStr', 'package', 'paySign', 'timeStamp'] },
  {
    name: 'with other spellings',
    price: 7038,
    names: ['nonceStr', 'package', 'paySign', 'signType', 'timeStamp'],
  },
])(
  'cashier parameters $name reach the phone as WeChat signed them, and pay',
  async ({ price, names }, { shop, shopper }) => {
    const attempt = await shopper.startBuying(price)
    expect(Object.keys(attempt.requestPayment ?? {}).toSorted()).toEqual(names)
    const { wx_parameters: stored } = await shop.database.row(
      'select wx_parameters from payments where id = $1',
      [attempt.payment.id],
    )
    expect(stored).toEqual(attempt.requestPayment)
    expect(await shopper.pay(attempt)).toMatchObject({ status: 'authorised' })
  },
)
