import { type Order, routes, type StartedPayment } from '@tael/contracts'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import {
  addProduct,
  atCashier,
  callTo,
  idle,
  logIn,
  newKey,
  openShop,
  pay,
  row,
  type Shop,
  simulate,
  simulatedCalls,
  withFault,
} from './shop.ts'

let shop: Shop
let token: string
beforeAll(async () => {
  shop = await openShop()
  token = await logIn(shop)
})
afterAll(() => shop.close())

/** Money for an order that expired and whose last piece somebody else took meanwhile. */
async function surplus(value: number): Promise<StartedPayment> {
  const quick = await shop.anotherServer({ ORDER_LIFETIME_SECONDS: '4' })
  const productId = await addProduct(shop, value, 1)
  const place = (url: string): Promise<Order> =>
    callTo(url)(
      routes.createOrder,
      { idempotencyKey: newKey(), body: { lines: [{ productId, quantity: 1 }] } },
      { token },
    )
  const started = await pay(shop, token, await place(quick.url))
  const free = async (): Promise<unknown> =>
    (await row(shop, 'select stock_free as free from products where id = $1', [productId]))['free']
  await vi.waitUntil(async () => (await free()) === 1, { timeout: 20_000, interval: 50 })
  await place(shop.server.url)
  await atCashier(shop, started, 'pay')
  await idle(shop)
  await quick.stop()
  return started
}

const refundOf = (paymentId: string) =>
  row(
    shop,
    'select id, status, value::int as value, psp_reference is not null as asked from refunds where payment_id = $1',
    [paymentId],
  )

test('surplus money goes back by itself, all of it and once, also where the call to Adyen is lost', async () => {
  const { payment } = await surplus(5500)
  expect(await refundOf(payment.id)).toMatchObject({ status: 'requested', value: 5500, asked: false })

  // A server that starts sends what is to be sent; otherwise it is done every minute.
  await withFault(shop, 'lost_request', async () => {
    const first = await shop.anotherServer()
    await vi.waitUntil(async () => (await simulatedCalls(shop, '/refunds')).length > 0, {
      timeout: 20_000,
      interval: 50,
    })
    await first.stop('SIGKILL')
  })
  expect(await refundOf(payment.id)).toMatchObject({ status: 'requested' })
  await shop.anotherServer()
  const refunded = async (): Promise<boolean> => (await refundOf(payment.id))['status'] === 'refunded'
  await vi.waitUntil(refunded, { timeout: 30_000, interval: 50 })

  const ledger = JSON.stringify(await simulate(shop, 'GET', '/ledger'))
  const entry = new RegExp(`"merchantReference":"${payment.id}"[^]*?"paid":(\\d+),"refunded":(\\d+)`).exec(
    ledger,
  )
  expect(entry?.slice(1)).toEqual(['5500', '5500'])
  const { surplus: kept } = await row(shop, 'select surplus from payments where id = $1', [payment.id])
  expect(kept).toBe(true)
})

test('a refund that the scheme rejects after its success is failed, whichever news comes first', async () => {
  for (const order of [
    ['REFUND', 'REFUND_FAILED'],
    ['REFUND_FAILED', 'REFUND'],
  ]) {
    const { payment } = await surplus(4400)
    const { id } = await refundOf(payment.id)
    for (const eventCode of order) {
      const news = { eventCode, merchantReference: id, amount: payment.amount, success: 'true' }
      await simulate(shop, 'POST', '/webhooks', news)
    }
    await idle(shop)
    expect(await refundOf(payment.id)).toMatchObject({ status: 'failed' })
  }
})
