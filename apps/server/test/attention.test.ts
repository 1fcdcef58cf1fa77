import { expect } from 'vitest'
import { refusalOf } from './actors/index.ts'
import { test } from './fixtures.ts'

test("a shopper's refund request needs attention until an operator refunds the payment", async ({
  shopper,
  operator,
}) => {
  const payment = await shopper.buy(4900)
  const { refundRequestedAt } = await shopper.requestRefund(payment.orderId)
  expect(refundRequestedAt).not.toBeNull()
  expect(await shopper.requestRefund(payment.orderId)).toMatchObject({ refundRequestedAt })
  const items = async () =>
    (await operator.listAttention()).filter(({ paymentId }) => paymentId === payment.id)
  expect(await items()).toMatchObject([{ kind: 'refund_requested', subject: payment.orderId }])
  await operator.refund(payment)
  expect(await items()).toEqual([])

  const unpaid = await shopper.order(4900)
  expect(await refusalOf(shopper.requestRefund(unpaid.id))).toMatchObject({ code: 'order_not_refundable' })
})

test('what Adyen takes back of a paid payment does not change it, and needs attention', async ({
  shopper,
  operator,
  adyen,
}) => {
  const payment = await shopper.buy(5100)
  await adyen.waitForDeliveries()
  const eventCodes = ['CHARGEBACK', 'CAPTURE_FAILED', 'CANCELLATION', 'CHARGEBACK']
  await adyen.deliver(...eventCodes.map((eventCode) => ({ eventCode, about: payment })))
  expect(await shopper.getOrder(payment.orderId)).toMatchObject({
    status: 'paid',
    payment: { status: 'authorised' },
  })
  const { reversals } = await operator.getPaymentRecord(payment.id)
  expect(reversals).toEqual(['CANCELLATION', 'CAPTURE_FAILED', 'CHARGEBACK'])
  expect(await operator.listAttention(payment.id)).toMatchObject([{ kind: 'payment_reversed' }])
})

test('what an operator has handled is not shown again, until something happens to it', async ({
  shop,
  shopper,
  operator,
  adyen,
}) => {
  const payment = await shopper.buy(5150)
  const note = 'Adyen was asked; the money is here.'
  const unseen = {
    kind: 'payment_reversed',
    subject: payment.id,
    since: '2026-11-24T08:00:00.000Z',
  } as const
  expect(await refusalOf(operator.handleAttention(unseen, note))).toMatchObject({
    code: 'attention_not_found',
  })
  await adyen.deliver({ eventCode: 'CAPTURE_FAILED', about: payment })
  const [first = unseen] = await operator.listAttention(payment.id)
  expect(first).not.toBe(unseen)
  await adyen.deliver({ eventCode: 'NOTIFICATION_OF_CHARGEBACK', about: payment })
  expect(await refusalOf(operator.handleAttention(first, note))).toMatchObject({ code: 'attention_changed' })
  const [second = unseen] = await operator.listAttention(payment.id)
  await operator.handleAttention(second, note)
  expect(await operator.listAttention(payment.id)).toEqual([])
  await adyen.deliver({ eventCode: 'CHARGEBACK', about: payment })
  expect(await operator.listAttention(payment.id)).toHaveLength(1)
  expect(await shop.database.operatorActions(payment.id)).toMatchObject([
    { action: 'attention.handle', detail: { note } },
  ])
})
