import { expect } from 'vitest'
import { fen, type Operator, refusalOf, waitForLog } from './actors/index.ts'
import { test as base } from './fixtures.ts'
import { until } from './until.ts'

const PICKUP = { logisticsType: 'self_pickup', items: '龙井茶 ×1' } as const

/** Records that the item of a subject was handled. */
async function handle(operator: Operator, subject: string): Promise<void> {
  const [item] = await operator.listAttention(subject)
  if (item === undefined) throw new Error(`${subject} needs no attention.`)
  await operator.handleAttention(item, 'Adyen was asked; the money is here.')
}

const test = base
  /** The refunds of a payment have this status in the end. */
  .extend(
    'refundsBecome',
    ({ operator, adyen }) =>
      async ({ id }: { readonly id: string }, status: string) => {
        await until(async () => {
          await adyen.waitForDeliveries()
          const { refunds } = await operator.getPaymentRecord(id)
          return refunds.every((refund) => refund.status === status)
        })
      },
  )

test.for(['CHARGEBACK', 'CAPTURE_FAILED', 'NOTIFICATION_OF_CHARGEBACK', 'CANCELLATION'])(
  'after %s nothing is refunded until an operator has handled it',
  async (eventCode, { shopper, operator, adyen }) => {
    const payment = await shopper.buy(8000)
    await adyen.waitForDeliveries()
    await adyen.deliver({ eventCode, about: payment })
    for (const value of [8000, 1]) {
      expect(await refusalOf(operator.refund(payment, value))).toMatchObject({
        code: 'payment_not_refundable',
        detail: `Handle the item of GET /ops/attention first: Adyen reported ${eventCode} for the payment.`,
      })
    }
    expect(await operator.getPaymentRecord(payment.id)).toMatchObject({ refunds: [] })
    await handle(operator, payment.id)
    expect(await operator.refund(payment)).toMatchObject({ amount: fen(8000) })
  },
)

test('surplus that Adyen took back before it was reported as paid is not refunded by itself', async ({
  shop,
  shopper,
  operator,
  adyen,
}) => {
  const { payment } = await shopper.startBuying(8000)
  await adyen.withFault({ name: 'lost_request', call: 'technicalCancels' }, async () => {
    await shopper.cancelOrder(payment.orderId)
    await adyen.deliver({ eventCode: 'CHARGEBACK', about: payment })
    await adyen.deliver({ eventCode: 'AUTHORISATION', about: payment })
  })
  const record = await operator.getPaymentRecord(payment.id)
  expect(record).toMatchObject({ status: 'authorised', surplus: true, refunds: [] })
  expect(await operator.listAttention(payment.id)).toMatchObject([{ kind: 'payment_reversed' }])
  await waitForLog(shop.server, { level: 50, paymentId: payment.id, reason: 'AUTHORISATION of ¥80.00: ' })
  const { out } = await operator.reconcile()
  expect(out).not.toContain(payment.id)
})

test('what is refunded whole, or is about to be, is not shipped', async ({
  shopper,
  operator,
  adyen,
  refundsBecome,
}) => {
  const payment = await shopper.buy(8000)
  const refused = async (): Promise<void> => {
    expect(await refusalOf(operator.ship(payment.orderId, PICKUP))).toMatchObject({
      code: 'order_not_shippable',
      detail: 'Ship only what is paid: all of the money is refunded.',
    })
  }
  const { id } = await operator.refund(payment)
  await refused()
  await refundsBecome(payment, 'refunded')
  await refused()
  expect(await shopper.getOrder(payment.orderId)).toMatchObject({ shipment: null })
  // The money came back to us.
  const about = { id, amount: payment.amount }
  await adyen.deliver({ eventCode: 'REFUND_FAILED', about })
  expect(await operator.ship(payment.orderId, PICKUP)).toMatchObject({ orderId: payment.orderId })
})

test('what is refunded in part is shipped, and a shipment can be corrected after all is refunded', async ({
  shopper,
  operator,
}) => {
  const payment = await shopper.buy(8000)
  await operator.refund(payment, 3000)
  await operator.ship(payment.orderId, PICKUP)
  await operator.refund(payment, 5000)
  const corrected = { ...PICKUP, items: '碧螺春 ×1' }
  expect(await operator.ship(payment.orderId, corrected)).toMatchObject({ items: corrected.items })
})

test('a refund request names what went back before it, and there is none after everything did', async ({
  shopper,
  operator,
  adyen,
  refundsBecome,
}) => {
  const payment = await shopper.buy(8000)
  await operator.refund(payment, 3000)
  await shopper.requestRefund(payment.orderId)
  expect(await operator.listAttention(payment.orderId)).toMatchObject([
    {
      kind: 'refund_requested',
      reason: 'the shopper requested a refund; ¥30.00 went back before, or is on its way',
    },
  ])
  await operator.refund(payment, 5000)
  await refundsBecome(payment, 'refunded')
  expect(await operator.listAttention(payment.orderId)).toEqual([])

  const another = await shopper.buy(8000)
  await operator.refund(another)
  const refusal = await refusalOf(shopper.requestRefund(another.orderId))
  expect(refusal).toMatchObject({
    code: 'order_not_refundable',
    detail: 'Wait for the money: all of it is refunded, or on its way back.',
  })
  await refundsBecome(another, 'refunded')
  await adyen.waitForDeliveries()
  expect(await shopper.getOrder(another.orderId)).toMatchObject({ refundRequestedAt: null })
  expect(await operator.listAttention(another.orderId)).toEqual([])
})

test('a refund request of an order that is not paid is answered with what is known of it', async ({
  shopper,
}) => {
  const detailOf = async (orderId: string): Promise<string> => {
    const { code, detail } = await refusalOf(shopper.requestRefund(orderId))
    expect(code).toBe('order_not_refundable')
    return detail
  }
  const attempt = await shopper.startBuying(8003)
  const { orderId } = attempt.payment
  expect(await detailOf(orderId)).toBe('Cancel the order instead: it is not paid.')
  await shopper.submitDetails(attempt, 'requestPayment:ok')
  expect(await detailOf(orderId)).toBe('Wait for the outcome: a payment of the order is being confirmed.')
  const { id } = await shopper.order(8000)
  await shopper.cancelOrder(id)
  expect(await detailOf(id)).toBe(
    'Request nothing: the order was cancelled, and money that still arrives is refunded by itself.',
  )
})

test('an order that costs more than an amount may be is refused when it is made', async ({
  shop,
  shopper,
}) => {
  const dear = await shop.addProduct(50_000_000_000, 10)
  const cheap = await shop.addProduct(1, 10)
  const order = (...lines: readonly (readonly [string, number])[]) =>
    shopper.orderProducts(lines.map(([productId, quantity]) => ({ productId, quantity })))
  expect(await refusalOf(order([dear, 2]))).toMatchObject({
    code: 'validation_failed',
    detail: 'Order fewer: an order costs at most ¥999,999,999.99.',
    errors: [{ path: 'body/lines', message: 'cost ¥1,000,000,000.00, more than ¥999,999,999.99' }],
  })
  expect(await refusalOf(order([dear, 1], [dear, 1]))).toMatchObject({ code: 'validation_failed' })
  expect(await shop.database.stockOf(dear)).toEqual({ free: 10, reserved: 0, sold: 0 })
  const { payment } = await shopper.startPayment(await order([dear, 1], [cheap, 10]))
  expect(payment).toMatchObject({ status: 'awaiting_shopper', amount: fen(50_000_000_010) })
})
