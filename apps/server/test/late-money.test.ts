import { expect } from 'vitest'
import { refusalOf } from './actors/index.ts'
import { test } from './fixtures.ts'

test('money that arrives after a cancel pays the order while it is open', async ({ shopper, adyen }) => {
  const order = await shopper.order(1008)
  const cancelled = await shopper.cancelPayment(await shopper.startPayment(order))
  expect(cancelled.status).toBe('cancelled')
  await adyen.waitForDeliveries()
  expect(await shopper.getOrder(order.id)).toMatchObject({
    status: 'paid',
    payment: { status: 'authorised' },
  })
})

test('money for an order that another attempt paid is surplus, and the shopper sees that', async ({
  shopper,
  adyen,
}) => {
  const order = await shopper.order(5500)
  const first = await shopper.cancelPayment(await shopper.startPayment(order))
  const second = await shopper.pay(await shopper.startPayment(order))
  await adyen.deliver({ eventCode: 'AUTHORISATION', about: first })
  expect(await shopper.getPayment(first.id)).toMatchObject({
    status: 'authorised',
    outcome: { message: 'surplus' },
  })
  expect(await shopper.getOrder(order.id)).toMatchObject({ status: 'paid', payment: { id: second.id } })
})

test('an order that a late attempt paid offers no cashier for the attempt still open, which is closed', async ({
  shopper,
  adyen,
}) => {
  const order = await shopper.order(5500)
  const first = await shopper.cancelPayment(await shopper.startPayment(order))
  const second = await shopper.startPayment(order)
  expect(second.requestPayment).not.toBeNull()
  await adyen.deliver({ eventCode: 'AUTHORISATION', about: first })
  expect(await shopper.getOrder(order.id)).toMatchObject({ status: 'paid', payment: { id: first.id } })
  expect(await shopper.getPayment(second.payment.id)).toMatchObject({
    outcome: { message: 'paid', nextAction: 'view_order' },
  })
  expect(await refusalOf(shopper.startPayment(order))).toMatchObject({ code: 'order_not_payable' })
  const closed = async () => {
    await adyen.waitForDeliveries()
    return shopper.getPayment(second.payment.id)
  }
  await expect.poll(closed).toMatchObject({ status: 'expired' })
  await expect(shopper.payAtCashier(second)).rejects.toThrow('该订单已关闭')
})

test('the same key opens no cashier once another attempt has paid the order', async ({ shopper, adyen }) => {
  const order = await shopper.order(5500)
  const first = await shopper.cancelPayment(await shopper.startPayment(order))
  const key = crypto.randomUUID()
  const second = await shopper.startPayment(order, key)
  await adyen.deliver({ eventCode: 'AUTHORISATION', about: first })
  expect(await shopper.startPayment(order, key)).toMatchObject({
    payment: { id: second.payment.id, outcome: { nextAction: 'view_order' } },
    requestPayment: null,
  })
})

test('a late failure leaves a paid order paid', async ({ shopper, adyen }) => {
  const payment = await shopper.buy(5500)
  await adyen.deliver({ eventCode: 'AUTHORISATION', about: payment, success: 'false' })
  expect(await shopper.getPayment(payment.id)).toMatchObject({
    status: 'authorised',
    resultCode: 'Authorised',
  })
  expect(await shopper.getOrder(payment.orderId)).toMatchObject({ status: 'paid' })
})
