import type { StartedPayment } from '@tael/contracts'
import { expect } from 'vitest'
import { HOUR, MINUTE, refusalOf } from './actors/index.ts'
import { test as base } from './fixtures.ts'
import { until } from './until.ts'

const ORDER_LIFETIME = 30 * MINUTE

const test = base
  /** Waits until Adyen has been asked to close an attempt. */
  .extend('closeRequested', ({ adyen }) => async ({ payment }: StartedPayment): Promise<void> => {
    await until(async () => (await adyen.calls('technicalCancels', payment.id)).length > 0)
  })
  /**
   * Waits until an order has this status, letting a minute pass between looks: a job looks once a
   * minute.
   */
  .extend('orderBecomes', ({ shopper, clock }) => async (orderId: string, status: string): Promise<void> => {
    await until(async () => {
      if ((await shopper.getOrder(orderId)).status === status) return true
      await clock.passTime(MINUTE)
      return false
    })
  })

test('an attempt that nobody paid is closed at Adyen when its order expires', async ({
  shopper,
  adyen,
  clock,
  closeRequested,
}) => {
  const attempt = await shopper.startBuying(6100)
  const { id, orderId } = attempt.payment
  await clock.passTime(ORDER_LIFETIME)
  await expect.poll(() => shopper.getOrder(orderId)).toMatchObject({ status: 'expired' })
  await closeRequested(attempt)
  await adyen.waitForDeliveries()
  expect(await shopper.getPayment(id)).toMatchObject({ status: 'expired' })
  await expect(shopper.payAtCashier(attempt)).rejects.toThrow('该订单已关闭')
})

test('a shopper cancels an order: its stock is free, its attempt closed, and it cannot be paid', async ({
  shop,
  shopper,
  adyen,
  closeRequested,
}) => {
  const order = await shopper.order(6200)
  const attempt = await shopper.startPayment(order)
  expect(await shopper.cancelOrder(order.id)).toMatchObject({ status: 'cancelled' })
  expect(await shopper.cancelOrder(order.id)).toMatchObject({ status: 'cancelled' })
  await closeRequested(attempt)
  await adyen.waitForDeliveries()
  expect(await shopper.getOrder(order.id)).toMatchObject({
    status: 'cancelled',
    payment: { status: 'expired', outcome: { message: 'order_cancelled', nextAction: 'view_order' } },
  })
  expect(await refusalOf(shopper.startPayment(order))).toMatchObject({ code: 'order_not_payable' })
  expect(await shop.database.stockOf(order.lines[0]?.productId ?? '')).toMatchObject({ free: 1000 })
})

test('an order is not cancelled while its payment is undecided, nor when it is paid, nor by a stranger', async ({
  shop,
  shopper,
  adyen,
}) => {
  const undecided = await shopper.startBuying(6303)
  await adyen.withFault({ name: 'lost_request' }, () => shopper.submitDetails(undecided, 'requestPayment:ok'))
  expect(await refusalOf(shopper.cancelOrder(undecided.payment.orderId))).toMatchObject({
    code: 'order_not_cancellable',
  })
  const { orderId } = await shopper.buy(6400)
  expect(await refusalOf(shopper.cancelOrder(orderId))).toMatchObject({ code: 'order_not_cancellable' })
  const stranger = await shop.shopper('mallory')
  expect(await refusalOf(stranger.cancelOrder(orderId))).toMatchObject({ code: 'order_not_found' })
})

test('a start that Adyen never answered is closed when the order expires, and never sent again', async ({
  shopper,
  adyen,
  clock,
  queue,
  closeRequested,
  orderBecomes,
}) => {
  const { payment } = await adyen.withFault({ name: 'lost_request', call: 'payments' }, async () => {
    const attempt = await shopper.startBuying(6500)
    await clock.passTime(ORDER_LIFETIME)
    await closeRequested(attempt)
    // A try that had begun before may go on; after it the call must not be retried.
    await queue.waitUntilEmpty('make-call', { paymentId: attempt.payment.id, operation: 'payments' })
    return attempt
  })
  expect(payment.status).toBe('starting')
  const sent = await adyen.calls('payments', payment.id)
  expect(sent.length).toBeGreaterThan(0)

  // Adyen knows of no such payment: its TECHNICAL_CANCEL fails, and the attempt ends by its time.
  await adyen.waitForDeliveries()
  await clock.passTime(10 * MINUTE)
  await expect.poll(() => shopper.getPayment(payment.id)).toMatchObject({ status: 'expired' })
  await clock.passTime(HOUR)
  await queue.enqueue('retry-abandoned-calls', {})
  await orderBecomes(payment.orderId, 'expired')
  await queue.waitUntilEmpty('make-call', { paymentId: payment.id })
  expect(await adyen.calls('payments', payment.id)).toEqual(sent)
  expect(await adyen.payment(payment.id)).toBeUndefined()
})

test('a start whose answer was lost is found by its reference and closed', async ({
  shopper,
  adyen,
  clock,
  closeRequested,
  orderBecomes,
}) => {
  const { payment } = await adyen.withFault({ name: 'lost_answer', call: 'payments' }, async () => {
    const attempt = await shopper.startBuying(6600)
    await clock.passTime(ORDER_LIFETIME)
    await closeRequested(attempt)
    return attempt
  })
  await until(async () => {
    await adyen.waitForDeliveries()
    return (await shopper.getPayment(payment.id)).status === 'expired'
  })
  await orderBecomes(payment.orderId, 'expired')
  expect(await adyen.payment(payment.id)).toMatchObject({ result: 'cancelled' })
})

test('a payment that Adyen never decides is not closed while its prepay_id lives, nor waited for longer', async ({
  shopper,
  operator,
  adyen,
  clock,
  queue,
  closeRequested,
  orderBecomes,
}) => {
  const attempt = await shopper.startBuying(6703)
  const { id, orderId } = attempt.payment
  await shopper.submitDetails(attempt, 'requestPayment:ok')
  await clock.passTime(HOUR + 50 * MINUTE)
  await queue.waitUntilCompleted('expire-order', { orderId })
  expect(await operator.listAttention(id)).toMatchObject([{ kind: 'payment_unknown' }])
  await orderBecomes(orderId, 'expired')
  expect(await shopper.getOrder(orderId)).toMatchObject({ payment: { status: 'processing' } })
  const { events } = await operator.getPaymentRecord(id)
  expect(events.map(({ type }) => type)).not.toContain('cancel_requested')

  await clock.passTime(10 * MINUTE)
  await closeRequested(attempt)
  await adyen.waitForDeliveries()
  expect(await shopper.getPayment(id)).toMatchObject({ status: 'expired' })
})

test('a shopper who comes back while their attempt is being closed has the time that every payment has', async ({
  shopper,
  operator,
  adyen,
  clock,
  queue,
}) => {
  const attempt = await shopper.startBuying(6903)
  const { id } = attempt.payment
  const requestedIn = async (): Promise<unknown[]> => {
    const { events } = await operator.getPaymentRecord(id)
    return events.filter(({ type }) => type === 'cancel_requested').map(({ fromStatus }) => fromStatus)
  }
  const keys = async (): Promise<ReadonlySet<unknown>> => {
    const calls = await adyen.calls('technicalCancels', id)
    return new Set(calls.map(({ idempotencyKey }) => idempotencyKey))
  }
  await adyen.withFault({ name: 'lost_request', call: 'technicalCancels' }, async () => {
    await clock.passTime(ORDER_LIFETIME)
    await expect.poll(requestedIn).toEqual(['awaiting_shopper'])
    expect(await shopper.submitDetails(attempt, 'requestPayment:ok')).toMatchObject({ status: 'processing' })
    // Long enough for an attempt whose shopper never came back to be abandoned.
    await clock.passTime(HOUR + MINUTE)
    await queue.waitUntilCompleted('abandon-payment', { paymentId: id })
    expect(await shopper.getPayment(id)).toMatchObject({ status: 'processing' })
    await clock.passTime(HOUR)
    await expect.poll(requestedIn).toEqual(['awaiting_shopper', 'processing'])
    await expect.poll(async () => (await keys()).size).toBe(2)
  })
  await until(async () => {
    await adyen.waitForDeliveries()
    return !['processing', 'awaiting_shopper'].includes((await shopper.getPayment(id)).status)
  })
})

test('an order that expires while it is being paid ends paid where the money moved, and expired elsewhere', async ({
  shopper,
  adyen,
  clock,
}) => {
  const attempts = await Promise.all(Array.from({ length: 12 }, () => shopper.startBuying(6800)))
  await clock.passTime(ORDER_LIFETIME)
  await Promise.allSettled(attempts.map((attempt) => shopper.payAtCashier(attempt)))
  const orders = () => Promise.all(attempts.map(({ payment }) => shopper.getOrder(payment.orderId)))
  await until(async () => {
    await adyen.waitForDeliveries()
    return (await orders()).every(
      ({ status, payment }) => status !== 'open' && payment?.status !== 'awaiting_shopper',
    )
  })
  for (const { id, status, payment } of await orders()) {
    const entry = await adyen.payment(payment?.id ?? '')
    const [end, message] = entry?.paid === 6800 ? ['paid', 'paid'] : ['expired', 'expired']
    expect([id, status, payment?.outcome.message]).toEqual([id, end, message])
  }
})
