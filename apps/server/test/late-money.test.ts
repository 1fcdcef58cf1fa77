import { type Amount, shopperRoutes } from '@tael/contracts'
import { expect, vi } from 'vitest'
import { test } from './fixtures.ts'
import { atCashier, idle, newKey, order, pay, refusal, type Shop, simulate, submit } from './shop.ts'

test('money that comes after a cancel is honoured while the order waits', async ({
  shop,
  token,
  lookAtOrder,
}) => {
  const placed = await order(shop, token, 1008)
  const started = await pay(shop, token, placed)
  const cancelled = await submit(shop, token, started.payment.id, await atCashier(shop, started, 'cancel'))
  expect(cancelled.status).toBe('cancelled')
  await idle(shop)
  expect(await lookAtOrder(placed.id)).toMatchObject({ status: 'paid', payment: { status: 'authorised' } })
})

test('money for an order that another attempt paid is surplus, and said to be so', async ({
  shop,
  token,
  look,
  lookAtOrder,
}) => {
  const placed = await order(shop, token, 5500)
  const first = await pay(shop, token, placed)
  await submit(shop, token, first.payment.id, await atCashier(shop, first, 'cancel'))
  const second = await pay(shop, token, placed)
  await submit(shop, token, second.payment.id, await atCashier(shop, second, 'pay'))
  await authorise(shop, first.payment.id, placed.amount, 'true')
  expect(await look(first.payment.id)).toMatchObject({
    status: 'authorised',
    outcome: { message: 'surplus' },
  })
  expect(await lookAtOrder(placed.id)).toMatchObject({ status: 'paid', payment: { id: second.payment.id } })
})

test('an order paid by a late attempt offers no cashier for the one that is open, which is closed', async ({
  shop,
  token,
  look,
  lookAtOrder,
}) => {
  const placed = await order(shop, token, 5500)
  const first = await pay(shop, token, placed)
  await submit(shop, token, first.payment.id, await atCashier(shop, first, 'cancel'))
  const second = await pay(shop, token, placed)
  expect(second.requestPayment).not.toBeNull()
  await authorise(shop, first.payment.id, placed.amount, 'true')
  expect(await lookAtOrder(placed.id)).toMatchObject({ status: 'paid', payment: { id: first.payment.id } })
  expect(await look(second.payment.id)).toMatchObject({
    outcome: { message: 'paid', nextAction: 'view_order' },
  })
  expect(await refusal(pay(shop, token, placed))).toMatchObject({ code: 'order_not_payable' })
  const isClosed = async (): Promise<boolean> => {
    await idle(shop)
    return (await look(second.payment.id)).status === 'expired'
  }
  await vi.waitUntil(isClosed, { timeout: 20_000, interval: 100 })
  await expect(atCashier(shop, second, 'pay')).rejects.toThrow('该订单已关闭')
})

test('the same key after the order was paid otherwise opens no cashier', async ({ shop, token }) => {
  const placed = await order(shop, token, 5500)
  const first = await pay(shop, token, placed)
  await submit(shop, token, first.payment.id, await atCashier(shop, first, 'cancel'))
  const request = { idempotencyKey: newKey(), body: { orderId: placed.id, amount: placed.amount } }
  const second = await shop.call(shopperRoutes.startPayment, request, { token })
  await authorise(shop, first.payment.id, placed.amount, 'true')
  const again = await shop.call(shopperRoutes.startPayment, request, { token })
  expect(again).toMatchObject({
    payment: { id: second.payment.id, outcome: { nextAction: 'view_order' } },
    requestPayment: null,
  })
})

test('a late failure un-pays nothing', async ({ shop, token, look, lookAtOrder }) => {
  const placed = await order(shop, token, 5500)
  const started = await pay(shop, token, placed)
  await submit(shop, token, started.payment.id, await atCashier(shop, started, 'pay'))
  await authorise(shop, started.payment.id, placed.amount, 'false')
  expect(await look(started.payment.id)).toMatchObject({ status: 'authorised', resultCode: 'Authorised' })
  expect(await lookAtOrder(placed.id)).toMatchObject({ status: 'paid' })
})

async function authorise(
  shop: Shop,
  merchantReference: string,
  amount: Amount,
  success: 'true' | 'false',
): Promise<void> {
  await simulate(shop, 'POST', '/webhooks', {
    merchantReference,
    amount,
    eventCode: 'AUTHORISATION',
    success,
  })
  await idle(shop)
}
