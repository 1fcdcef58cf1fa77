import { expect } from 'vitest'
import { refusalOf } from './actors/index.ts'
import { test } from './fixtures.ts'

const REASON = '茶叶已拆封，无法退款'

test('a refund that the shop does not grant is declined once, and the order shows why', async ({
  shop,
  shopper,
  operator,
}) => {
  const { id, orderId } = await shopper.buy(4910)
  await shopper.requestRefund(orderId)
  expect(await shopper.getOrder(orderId)).toMatchObject({ refundDecline: null })
  const declined = await operator.declineRefund(orderId, REASON)
  expect(declined).toEqual({ at: expect.any(String), reason: REASON })
  expect(await operator.declineRefund(orderId, REASON)).toEqual(declined)
  expect(await shopper.getOrder(orderId)).toMatchObject({ refundDecline: declined })
  const { orders } = await shopper.listOrders({ limit: 1 })
  expect(orders).toMatchObject([{ id: orderId, refundDecline: declined }])
  expect((await operator.listAttention(orderId)).map(({ kind }) => kind)).not.toContain('refund_requested')

  expect(await refusalOf(operator.declineRefund(orderId, 'another reason'))).toMatchObject({
    code: 'refund_not_requested',
    detail: `Decline it once: it was declined with the reason "${REASON}".`,
  })
  // Requesting it again reopens nothing.
  expect(await shopper.requestRefund(orderId)).toMatchObject({ refundDecline: declined })
  const actions = await shop.database.operatorActions(orderId)
  expect(actions).toMatchObject([{ action: 'refund.decline', detail: { reason: REASON } }])
  expect(await operator.getPaymentRecord(id)).toMatchObject({ refunds: [] })
})

test('a declined refund can still be made', async ({ shopper, operator }) => {
  const payment = await shopper.buy(4920)
  await shopper.requestRefund(payment.orderId)
  await operator.declineRefund(payment.orderId, REASON)
  await operator.refund(payment)
  await expect
    .poll(async () => (await shopper.getOrder(payment.orderId)).refunds)
    .toMatchObject([{ status: 'refunded' }])
})

test('there is nothing to decline without a request, after a refund, or of no order', async ({
  shopper,
  operator,
}) => {
  const payment = await shopper.buy(4930)
  const decline = (orderId: string) => refusalOf(operator.declineRefund(orderId, REASON))
  expect(await decline('ord_unknown')).toMatchObject({ code: 'order_not_found' })
  expect(await decline(payment.orderId)).toMatchObject({
    code: 'refund_not_requested',
    detail: 'Decline nothing: the shopper has not requested a refund.',
  })
  await shopper.requestRefund(payment.orderId)
  await operator.refund(payment)
  expect(await decline(payment.orderId)).toMatchObject({
    code: 'refund_not_requested',
    detail: 'Decline nothing: the payment was refunded after the request, or is about to be.',
  })
  expect(await shopper.getOrder(payment.orderId)).toMatchObject({ refundDecline: null })
})
