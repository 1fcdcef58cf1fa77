import type { Order, StartedPayment } from '@tael/contracts'
import { expect } from 'vitest'
import { MINUTE } from './actors/index.ts'
import { test as base } from './fixtures.ts'
import { until } from './until.ts'

const test = base
  .extend('processes', { scope: 'file' }, () => true)
  /** Buys with money that arrives after the order expired and its last piece was ordered again. */
  .extend(
    'payTooLate',
    ({ shop, shopper, adyen, clock }) =>
      async (price: number): Promise<StartedPayment> => {
        const productId = await shop.addProduct(price, 1)
        const order = (): Promise<Order> => shopper.orderProducts([{ productId, quantity: 1 }])
        const attempt = await shopper.startPayment(await order())
        await adyen.withFault({ name: 'lost_request', call: 'technicalCancels' }, async () => {
          await clock.passTime(30 * MINUTE)
          await until(async () => (await shop.database.stockOf(productId)).free === 1)
          await order()
          await shopper.payAtCashier(attempt)
          await adyen.waitForDeliveries()
        })
        return attempt
      },
  )
  /** Waits until every refund of a payment is made, by our record of it. */
  .extend('refunded', ({ operator, adyen }) => async (paymentId: string): Promise<void> => {
    await until(async () => {
      await adyen.waitForDeliveries()
      const { refunds } = await operator.getPaymentRecord(paymentId)
      return refunds.length > 0 && refunds.every(({ status }) => status === 'refunded')
    })
  })

test('surplus money is refunded automatically, all of it and once, and the shopper sees it', async ({
  shopper,
  adyen,
  payTooLate,
  refunded,
}) => {
  const { payment } = await payTooLate(5500)
  await refunded(payment.id)
  expect(await adyen.payment(payment.id)).toMatchObject({ paid: 5500, refunded: 5500 })
  expect(await shopper.getOrder(payment.orderId)).toMatchObject({
    status: 'expired',
    payment: { outcome: { message: 'surplus', nextAction: 'view_order' } },
    refunds: [{ reason: 'surplus', status: 'refunded', amount: { currency: 'CNY', value: 5500 } }],
  })
})

test('a refund whose answer is lost with the server that requested it is retried, and made once', async ({
  shop,
  adyen,
  clock,
  payTooLate,
  refunded,
}) => {
  const { payment } = await adyen.withFault({ name: 'lost_answer', call: 'refunds' }, async () => {
    const attempt = await payTooLate(5600)
    await until(async () => (await adyen.payment(attempt.payment.id))?.refunded === 5600)
    await shop.server.stop('SIGKILL')
    return attempt
  })
  await clock.passTime(30)
  await shop.replaceServer(shop.server)
  await refunded(payment.id)
  expect(await adyen.payment(payment.id)).toMatchObject({ paid: 5600, refunded: 5600 })
})

test('money for an order that its shopper cancelled is refunded', async ({ shopper, adyen, refunded }) => {
  const order = await shopper.order(5700)
  const attempt = await shopper.startPayment(order)
  await adyen.withFault({ name: 'lost_request', call: 'technicalCancels' }, async () => {
    await shopper.cancelOrder(order.id)
    await shopper.payAtCashier(attempt)
    await adyen.waitForDeliveries()
  })
  await refunded(attempt.payment.id)
  expect(await adyen.payment(attempt.payment.id)).toMatchObject({ paid: 5700, refunded: 5700 })
  expect(await shopper.getOrder(order.id)).toMatchObject({
    status: 'cancelled',
    refunds: [{ status: 'refunded' }],
  })
})

test('of two attempts that are paid at the same moment one pays the order, and the other is refunded', async ({
  shopper,
  operator,
  adyen,
  refunded,
}) => {
  const order = await shopper.order(5800)
  const first = await shopper.startPayment(order)
  // Adyen's first word on the first attempt is a failure that turns out to be wrong.
  await adyen.deliver({
    eventCode: 'AUTHORISATION',
    about: first.payment,
    success: 'false',
    pspReference: 'FIRST',
  })
  const second = await shopper.startPayment(order)
  expect(second.payment.id).not.toBe(first.payment.id)

  const attempts = [first, second]
  const errMsgs = await Promise.all(attempts.map((attempt) => shopper.payAtCashier(attempt)))
  await Promise.all(attempts.map((attempt, index) => shopper.submitDetails(attempt, errMsgs[index] ?? '')))
  await adyen.waitForDeliveries()
  const records = await Promise.all(attempts.map(({ payment }) => operator.getPaymentRecord(payment.id)))
  expect(records.map(({ status }) => status)).toEqual(['authorised', 'authorised'])
  expect(records.filter(({ paysOrder }) => paysOrder)).toHaveLength(1)
  const surplus = records.filter((record) => record.surplus)
  expect(surplus).toHaveLength(1)
  expect(surplus[0]?.paysOrder).toBe(false)
  await refunded(surplus[0]?.id ?? '')
  const entries = await Promise.all(records.map(({ id }) => adyen.payment(id)))
  expect(entries.map((entry) => [entry?.paid, entry?.refunded])).toEqual(
    records.map((record) => (record.surplus ? [5800, 5800] : [5800, 0])),
  )
  expect(await shopper.getOrder(order.id)).toMatchObject({ status: 'paid', refunds: [{ reason: 'surplus' }] })
})

test('a surplus refund that fails needs attention', async ({ operator, adyen, payTooLate, refunded }) => {
  const { payment } = await payTooLate(5900)
  await refunded(payment.id)
  const { refunds } = await operator.getPaymentRecord(payment.id)
  const id = refunds[0]?.id ?? ''
  await adyen.deliver({ eventCode: 'REFUND_FAILED', about: { id, amount: payment.amount } })
  expect(await operator.listAttention(id)).toMatchObject([{ kind: 'refund_failed', paymentId: payment.id }])
})
