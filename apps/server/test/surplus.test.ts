import { type Order, operatorRoutes, shopperRoutes, type StartedPayment } from '@tael/contracts'
import { expect, vi } from 'vitest'
import { test } from './fixtures.ts'
import {
  addProduct,
  atCashier,
  callTo,
  idle,
  newKey,
  pay,
  passTime,
  row,
  type Shop,
  simulate,
  simulatedCalls,
  submit,
  withFault,
} from './shop.ts'

/** Money for an order that expired and whose last piece somebody else took, before Adyen heard that it is over. */
async function surplus(shop: Shop, token: string, value: number): Promise<StartedPayment> {
  const productId = await addProduct(shop, value, 1)
  const place = (url: string): Promise<Order> =>
    callTo(url)(
      shopperRoutes.createOrder,
      { idempotencyKey: newKey(), body: { lines: [{ productId, quantity: 1 }] } },
      { token },
    )
  const started = await pay(shop, token, await place(shop.server.url))
  await withFault(
    shop,
    'lost_request',
    async () => {
      await passTime(shop, 1800)
      const free = async (): Promise<unknown> =>
        (await row(shop, 'select stock_free as free from products where id = $1', [productId]))['free']
      await vi.waitUntil(async () => (await free()) === 1, { timeout: 20_000, interval: 50 })
      await place(shop.server.url)
      await atCashier(shop, started, 'pay')
      await idle(shop)
    },
    'technicalCancels',
  )
  return started
}

const refundOf = (shop: Shop, paymentId: string) =>
  row(
    shop,
    'select id, status, value::int as value, psp_reference is not null as asked from refunds where payment_id = $1',
    [paymentId],
  )

const refunded = (shop: Shop, paymentId: string) =>
  vi.waitUntil(
    async () => {
      await idle(shop)
      return (await refundOf(shop, paymentId))['status'] === 'refunded'
    },
    { timeout: 30_000, interval: 50 },
  )

async function ledgerOf(shop: Shop, paymentId: string): Promise<string[]> {
  const ledger = JSON.stringify(await simulate(shop, 'GET', '/ledger'))
  const entry = new RegExp(`"merchantReference":"${paymentId}"[^]*?"paid":(\\d+),"refunded":(\\d+)`)
  return entry.exec(ledger)?.slice(1) ?? []
}

test('surplus money goes back by itself, all of it and once, and the shopper sees it', async ({
  shop,
  token,
  lookAtOrder,
}) => {
  const { payment } = await surplus(shop, token, 5500)
  await refunded(shop, payment.id)
  expect(await ledgerOf(shop, payment.id)).toEqual(['5500', '5500'])
  expect(await lookAtOrder(payment.orderId)).toMatchObject({
    status: 'expired',
    payment: { outcome: { message: 'surplus', nextAction: 'view_order' } },
    refunds: [{ reason: 'surplus', status: 'refunded', amount: { currency: 'CNY', value: 5500 } }],
  })
})

test('a refund whose answer is lost with the server that asked for it is asked for again, and made once', async ({
  shop,
  token,
}) => {
  const { payment } = await withFault(
    shop,
    'lost_answer',
    async () => {
      const started = await surplus(shop, token, 5600)
      await vi.waitUntil(async () => (await simulatedCalls(shop, '/refunds')).length > 0, {
        timeout: 20_000,
        interval: 50,
      })
      await shop.server.stop('SIGKILL')
      return started
    },
    'refunds',
  )
  await passTime(shop, 30)
  await shop.anotherServer({ PORT: new URL(shop.server.url).port })
  await refunded(shop, payment.id)
  expect(await ledgerOf(shop, payment.id)).toEqual(['5600', '5600'])
})

test('money for an order that its shopper cancelled goes back', async ({ shop, token, lookAtOrder }) => {
  const productId = await addProduct(shop, 5700)
  const body = { lines: [{ productId, quantity: 1 }] }
  const order = await shop.call(shopperRoutes.createOrder, { idempotencyKey: newKey(), body }, { token })
  const started = await pay(shop, token, order)
  await withFault(
    shop,
    'lost_request',
    async () => {
      await shop.call(shopperRoutes.cancelOrder, { params: { orderId: order.id } }, { token })
      await atCashier(shop, started, 'pay')
      await idle(shop)
    },
    'technicalCancels',
  )
  await refunded(shop, started.payment.id)
  expect(await ledgerOf(shop, started.payment.id)).toEqual(['5700', '5700'])
  expect(await lookAtOrder(order.id)).toMatchObject({
    status: 'cancelled',
    refunds: [{ status: 'refunded' }],
  })
})

test('two attempts of one order that are paid at once: one pays it, the other goes back', async ({
  shop,
  token,
  lookAtOrder,
}) => {
  const productId = await addProduct(shop, 5800)
  const body = { lines: [{ productId, quantity: 1 }] }
  const order = await shop.call(shopperRoutes.createOrder, { idempotencyKey: newKey(), body }, { token })
  const first = await pay(shop, token, order)
  // Adyen's word on the first attempt is a refusal that turns out to be wrong.
  const item = { pspReference: 'FIRST', merchantReference: first.payment.id, amount: order.amount }
  await simulate(shop, 'POST', '/webhooks', { ...item, eventCode: 'AUTHORISATION', success: 'false' })
  await idle(shop)
  const second = await pay(shop, token, order)
  expect(second.payment.id).not.toBe(first.payment.id)

  const [one, two] = await Promise.all([atCashier(shop, first, 'pay'), atCashier(shop, second, 'pay')])
  await Promise.all([submit(shop, token, first.payment.id, one), submit(shop, token, second.payment.id, two)])
  await idle(shop)
  const { rows } = await shop.db.query<{ id: string; pays_order: boolean; surplus: boolean }>(
    `select id, pays_order, surplus from payments where order_id = $1 and status = 'authorised'`,
    [order.id],
  )
  expect(rows.filter(({ pays_order }) => pays_order)).toHaveLength(1)
  const back = rows.filter(({ surplus: isSurplus }) => isSurplus)
  expect(back).toHaveLength(1)
  await refunded(shop, back[0]?.id ?? '')
  expect(
    [...(await ledgerOf(shop, first.payment.id)), ...(await ledgerOf(shop, second.payment.id))].toSorted(),
  ).toEqual(['0', '5800', '5800', '5800'])
  expect(await lookAtOrder(order.id)).toMatchObject({ status: 'paid', refunds: [{ reason: 'surplus' }] })
})

test('a surplus refund that fails is told to operators', async ({ shop, key, token }) => {
  const { payment } = await surplus(shop, token, 5900)
  const { id } = await refundOf(shop, payment.id)
  await refunded(shop, payment.id)
  const news = { merchantReference: id, amount: payment.amount, success: 'true' }
  await simulate(shop, 'POST', '/webhooks', { ...news, eventCode: 'REFUND_FAILED' })
  await idle(shop)
  const { items } = await shop.call(operatorRoutes.listAttention, {}, { token: key })
  expect(items).toContainEqual(
    expect.objectContaining({ kind: 'refund_failed', subject: id, paymentId: payment.id }),
  )
})
