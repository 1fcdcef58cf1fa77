import { createCall, shopperRoutes } from '@tael/contracts'
import { expect } from 'vitest'
import { ADYEN_DEADLINE_MS, ADYEN_TRY_MS, LEASE_MS } from '../src/ledger/calls.ts'
import { HOUR, MINUTE, refusalOf, waitForLog } from './actors/index.ts'
import { test as base } from './fixtures.ts'
import { until } from './until.ts'

const ORDER_LIFETIME = 30 * MINUTE
const DAY = 24 * HOUR

const test = base
  /** Starts to pay an order, of which Adyen never hears. */
  .extend('loseStart', ({ shopper, adyen }) => async (price: number) => {
    const order = await shopper.order(price)
    const fault = { name: 'lost_request', call: 'payments' }
    const { payment } = await adyen.withFault(fault, () => shopper.startPayment(order))
    return { order, id: payment.id }
  })
  /** How often Adyen received the call that starts a payment. */
  .extend('startsOf', ({ adyen }) => async (paymentId: string): Promise<number> => {
    return (await adyen.calls('payments', paymentId)).length
  })
  /** The calls of a payment, but not its order, become this much older. */
  .extend('ageCalls', ({ shop }) => async (paymentId: string, seconds: number): Promise<void> => {
    await shop.database.rows(
      `update adyen_calls
       set leased_until = now(), retry_at = now(), started_at = started_at - make_interval(secs => $1)
       where payment_id = $2`,
      [seconds, paymentId],
    )
  })

test('a try ends before its call, a call before its lease, and all of it before the phone gives up', async () => {
  let phoneMs = 0
  const call = createCall(async ({ timeoutMs }) => {
    phoneMs = timeoutMs
    return { status: 200, body: {} }
  })
  const body = { orderId: 'ord_1', amount: { currency: 'CNY', value: 1 } } as const
  await expect(call(shopperRoutes.startPayment, { idempotencyKey: 'k', body })).rejects.toThrow('contract')
  expect(ADYEN_TRY_MS).toBeLessThan(ADYEN_DEADLINE_MS)
  // The server needs a second for itself: to store the intent, and then the answer.
  expect(ADYEN_DEADLINE_MS + 1_000).toBeLessThan(Math.min(LEASE_MS, phoneMs))
})

test('an open order cannot be paid once its time is over, although no job has expired it yet', async ({
  shop,
  shopper,
}) => {
  const order = await shopper.order(6100)
  const expiresIn = (seconds: number) =>
    shop.database.rows('update orders set expires_at = now() + make_interval(secs => $1) where id = $2', [
      seconds,
      order.id,
    ])
  await expiresIn(0)
  expect(await refusalOf(shopper.startPayment(order))).toMatchObject({ code: 'order_not_payable' })
  expect(await shopper.getOrder(order.id)).toMatchObject({ status: 'open', payment: null })
  await expiresIn(MINUTE)
  expect(await shopper.startPayment(order)).toMatchObject({ payment: { status: 'awaiting_shopper' } })
})

test('a job that comes early expires nothing, and the order still expires at its time', async ({
  shopper,
  clock,
  queue,
}) => {
  const { id } = await shopper.order(6150)
  await queue.startEarly('expire-order', { orderId: id })
  await queue.waitUntilCompleted('expire-order', { orderId: id })
  expect(await shopper.getOrder(id)).toMatchObject({ status: 'open' })
  expect(await queue.waiting('expire-order', { orderId: id })).toBe(1)
  await clock.passTime(ORDER_LIFETIME + MINUTE)
  await expect.poll(() => shopper.getOrder(id)).toMatchObject({ status: 'expired', cancelledAt: null })
  expect(await refusalOf(shopper.cancelOrder(id))).toMatchObject({
    code: 'order_not_cancellable',
    detail: expect.stringContaining('this order has expired'),
  })
})

test('an answered call is not made again, also when its lease is over', async ({
  shopper,
  adyen,
  clock,
  queue,
}) => {
  const attempt = await shopper.startBuying(6160)
  const { id } = attempt.payment
  await shopper.submitDetails(attempt, 'requestPayment:ok')
  const before = [await adyen.calls('payments', id), await adyen.calls('details')]
  await clock.passTime(MINUTE)
  expect(await shopper.submitDetails(attempt, 'requestPayment:ok')).toMatchObject({ status: 'processing' })
  for (const call of [
    { paymentId: id, operation: 'payments', variant: '' },
    { paymentId: id, operation: 'payments/details', variant: 'ok' },
  ] as const) {
    await queue.enqueue('make-call', call)
    await queue.waitUntilCompleted('make-call', call)
  }
  expect([await adyen.calls('payments', id), await adyen.calls('details')]).toEqual(before)
})

test('a call whose answer could not be recorded is retried when its lease ends', async ({
  shop,
  shopper,
  clock,
  queue,
  loseStart,
}) => {
  // The answer of the retry cannot be written; its job fails, and then meets the lease.
  await shop.database.rows(`
    create function refuse_answer() returns trigger language plpgsql as
      $$ begin raise exception 'this answer cannot be written'; end $$;
    create trigger refuse_answer before insert on payment_events for each row
      when (new.type = 'cashier_ready') execute function refuse_answer()`)
  const { id } = await loseStart(6165)
  await queue.startEarly('make-call', { paymentId: id })
  await waitForLog(shop.server, { msg: 'job failed and will be retried', data: { paymentId: id } })
  await queue.waitUntilCompleted('make-call', { paymentId: id })
  await shop.database.rows('drop trigger refuse_answer on payment_events')
  expect(await shopper.getPayment(id)).toMatchObject({ status: 'starting' })
  await clock.passTime(MINUTE)
  await expect.poll(() => shopper.getPayment(id)).toMatchObject({ status: 'awaiting_shopper' })
})

test('a call whose retry was lost is enqueued again, once, as soon as it is due', async ({
  shop: { database },
  shopper,
  adyen,
  queue,
}) => {
  const order = await shopper.order(6170)
  const fault = { name: 'lost_request', call: 'payments' }
  await adyen.withFault(fault, async () => {
    const { id } = (await shopper.startPayment(order)).payment
    // Leased to somebody else, so that its jobs only wait.
    const dueIn = (seconds: number) =>
      database.rows(
        `update adyen_calls set leased_until = now() + interval '1 hour', retry_at = now() + make_interval(secs => $1)
         where payment_id = $2`,
        [seconds, id],
      )
    const waiting = () => queue.waiting('make-call', { paymentId: id })
    await until(async () => {
      await queue.lose('make-call', { paymentId: id })
      await dueIn(HOUR)
      return (await waiting()) === 0
    })
    const findAbandoned = async (): Promise<void> => {
      await queue.enqueue('retry-abandoned-calls', {})
      await queue.waitUntilEmpty('retry-abandoned-calls')
    }
    await findAbandoned()
    expect(await waiting()).toBe(0)
    await dueIn(-1)
    await findAbandoned()
    await findAbandoned()
    await expect.poll(waiting).toBe(1)
    await database.rows('update adyen_calls set leased_until = now() where payment_id = $1', [id])
    await queue.startEarly('make-call', { paymentId: id })
  })
  await expect
    .poll(async () => (await shopper.getOrder(order.id)).payment)
    .toMatchObject({ status: 'awaiting_shopper' })
})

test('a call whose key guards nothing any more is not repeated', async ({
  shopper,
  queue,
  loseStart,
  startsOf,
  ageCalls,
}) => {
  const { order, id } = await loseStart(6200)
  await ageCalls(id, 6 * DAY)
  const before = await startsOf(id)
  // Neither by the next tap, nor by the job that waits, nor by the one that looks for abandoned
  // calls.
  expect(await shopper.startPayment(order)).toMatchObject({ payment: { id, status: 'starting' } })
  await queue.startEarly('make-call', { paymentId: id })
  await queue.waitUntilEmpty('make-call', { paymentId: id })
  await queue.enqueue('retry-abandoned-calls', {})
  await queue.waitUntilEmpty('retry-abandoned-calls')
  expect(await queue.waiting('make-call', { paymentId: id })).toBe(0)
  expect(await startsOf(id)).toBe(before)
})

test('a call is repeated as long as its key guards it', async ({ shopper, loseStart, ageCalls }) => {
  const { order, id } = await loseStart(6200)
  await ageCalls(id, 6 * DAY - 10 * MINUTE)
  expect(await shopper.startPayment(order)).toMatchObject({ payment: { id, status: 'awaiting_shopper' } })
})

test('while Adyen does not answer the request to close an attempt, the attempt is given an hour', async ({
  shopper,
  operator,
  adyen,
  clock,
  queue,
}) => {
  const { payment } = await shopper.startBuying(6300)
  const abandoned = async () => {
    const { events } = await operator.getPaymentRecord(payment.id)
    return events.some(({ type }) => type === 'abandoned')
  }
  const checked = (times: number) =>
    queue.waitUntilCompleted('abandon-payment', { paymentId: payment.id }, times)
  await adyen.withFault({ name: 'lost_request', call: 'technicalCancels' }, async () => {
    await clock.passTime(ORDER_LIFETIME)
    await until(async () => (await adyen.calls('technicalCancels', payment.id)).length > 0)
    await clock.passTime(11 * MINUTE)
    await checked(1)
    expect(await abandoned()).toBe(false)
    expect(await shopper.getPayment(payment.id)).toMatchObject({ status: 'awaiting_shopper' })
    expect(await queue.waiting('abandon-payment', { paymentId: payment.id })).toBe(1)
    await clock.passTime(48 * MINUTE)
    await checked(2)
    expect(await abandoned()).toBe(false)
    await clock.passTime(2 * MINUTE)
    await checked(3)
    expect(await abandoned()).toBe(true)
  })
  expect(await shopper.getPayment(payment.id)).toMatchObject({ status: 'expired' })
})
