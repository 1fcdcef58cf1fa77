import { expect } from 'vitest'
import { fen, refusalOf } from './actors/index.ts'
import { test } from './fixtures.ts'

test('a failed AUTHORISATION after a cancel leaves the resultCode and the pspReference', async ({
  shopper,
  operator,
  adyen,
}) => {
  const attempt = await shopper.startBuying(6600)
  const { id } = await shopper.cancelPayment(attempt)
  const { pspReference } = await operator.getPaymentRecord(id)
  const failed = { eventCode: 'AUTHORISATION', success: 'false', pspReference: 'ANOTHERPSP000001' } as const
  await adyen.deliver({ ...failed, about: attempt.payment })
  expect(await operator.getPaymentRecord(id)).toMatchObject({
    status: 'cancelled',
    resultCode: 'Cancelled',
    pspReference,
  })
})

test('the pspReference becomes that of the payment which took the money', async ({
  shopper,
  operator,
  adyen,
}) => {
  const attempt = await shopper.startBuying(6600)
  const { id } = await shopper.cancelPayment(attempt)
  const taken = { eventCode: 'AUTHORISATION', pspReference: 'ANOTHERPSP000002' } as const
  await adyen.deliver({ ...taken, about: attempt.payment })
  expect(await operator.getPaymentRecord(id)).toMatchObject({
    status: 'authorised',
    resultCode: 'Authorised',
    pspReference: 'ANOTHERPSP000002',
    paysOrder: true,
  })
})

test('money that is reported before Adyen answers the start stays reported', async ({
  shop,
  shopper,
  operator,
  adyen,
}) => {
  const order = await shopper.order(6600)
  const started = await adyen.withFault({ name: 'lost_answer', call: 'payments' }, async () => {
    const answer = shopper.startPayment(order)
    const findId = async () => {
      const rows = await shop.database.rows('select id from payments where order_id = $1', [order.id])
      return String(rows[0]?.['id'])
    }
    await expect.poll(async () => adyen.calls('payments', await findId())).not.toEqual([])
    const id = await findId()
    await adyen.deliver({ eventCode: 'AUTHORISATION', about: { id, amount: order.amount } })
    return { answer }
  })
  const { payment, requestPayment } = await started.answer
  expect({ payment, requestPayment }).toMatchObject({
    payment: { status: 'authorised', version: 3 },
    requestPayment: null,
  })
  const { events } = await operator.getPaymentRecord(payment.id)
  expect(events.map(({ type, fromStatus, toStatus }) => [type, fromStatus, toStatus])).toEqual([
    ['started', null, 'starting'],
    ['authorisation', 'starting', 'authorised'],
    ['cashier_ready', 'authorised', 'authorised'],
  ])
})

test('an order shows the attempt that paid it, and before that the newest', async ({ shopper, adyen }) => {
  const first = await shopper.startBuying(6600)
  const { orderId } = first.payment
  await shopper.cancelPayment(first)
  const order = await shopper.getOrder(orderId)
  const second = await shopper.startPayment(order)
  await shopper.cancelPayment(second)
  expect(await shopper.getOrder(orderId)).toMatchObject({ payment: { id: second.payment.id } })
  await adyen.deliver({ eventCode: 'AUTHORISATION', about: first.payment })
  const paid = { status: 'paid', payment: { id: first.payment.id, status: 'authorised' } }
  expect(await shopper.getOrder(orderId)).toMatchObject(paid)
  expect((await shopper.listOrders()).orders.find(({ id }) => id === orderId)).toMatchObject(paid)
})

test('a refund in another currency is refused', async ({ shopper, operator }) => {
  const { id } = await shopper.buy(6600)
  const refund = operator.refund({ id, amount: { currency: 'USD', value: 100 } })
  expect(await refusalOf(refund)).toMatchObject({ code: 'refund_exceeds_payment', amount: fen(6600) })
  expect(await operator.getPaymentRecord(id)).toMatchObject({ refunds: [] })
})
