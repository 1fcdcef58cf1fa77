import { type Order, routes, type StartedPayment } from '@tael/contracts'
import { expect, vi } from 'vitest'
import {
  addProduct,
  atCashier,
  callTo,
  idle,
  logIn,
  newKey,
  order,
  pay,
  row,
  type Shop,
  simulate,
  submit,
} from './shop.ts'
import type { Subject } from './webhook-items.ts'

/**
 * Payments in every state that can last, several of each: waiting for their shopper, processing, authorised, cancelled,
 * refused, failed, closed by Adyen, of an order that expired, and two attempts at one order, the second one paid or
 * open. A surplus is among them, and refunded. Nothing is under way when this returns.
 */
export async function paymentsInEveryState(shop: Shop, ofEach: number): Promise<Subject[]> {
  const token = await logIn(shop)
  const start = async (value: number): Promise<StartedPayment> =>
    pay(shop, token, await order(shop, token, value))
  const end = async (started: StartedPayment, tap: 'pay' | 'cancel'): Promise<StartedPayment> => {
    await submit(shop, token, started.payment.id, await atCashier(shop, started, tap))
    return started
  }
  const again = ({ payment: { orderId, amount } }: StartedPayment) =>
    pay(shop, token, { id: orderId, amount })

  const makeEach = async (): Promise<void> => {
    for (let waiting = 0; waiting < 3; waiting += 1) await start(4000)
    await submit(shop, token, (await start(4000)).payment.id, 'requestPayment:ok')
    await end(await start(4000), 'pay')
    await end(await start(4000), 'cancel')
    await start(4007)
    await start(4009)
    await webhook(shop, await start(4000), 'OFFER_CLOSED')
    await again(await end(await start(4000), 'cancel'))
  }
  await Promise.all(Array.from({ length: ofEach }, makeEach))
  const late = await start(4000)
  await webhook(shop, late, 'OFFER_CLOSED')
  await end(await again(late), 'pay')
  await atCashier(shop, late, 'pay')
  await comeToRest(shop, token, ofEach)
  return subjectsOf(shop)
}

async function webhook(shop: Shop, { payment }: StartedPayment, eventCode: string): Promise<void> {
  const { id: merchantReference, amount } = payment
  await simulate(shop, 'POST', '/webhooks', { merchantReference, amount, eventCode, success: 'true' })
  await idle(shop)
}

/** A second server, where orders expire at once, makes expired ones; it sends the refund too, as every start does. */
async function comeToRest(shop: Shop, token: string, ofEach: number): Promise<void> {
  const server = await shop.anotherServer({ ORDER_LIFETIME_SECONDS: '2' })
  const makeExpired = async (): Promise<void> => {
    const body = { lines: [{ productId: await addProduct(shop, 4000), quantity: 1 }] }
    const placed: Order = await callTo(server.url)(
      routes.createOrder,
      { idempotencyKey: newKey(), body },
      { token },
    )
    await pay(shop, token, placed)
  }
  await Promise.all(Array.from({ length: ofEach }, makeExpired))
  const restless = `select
    (select count(*)::int from orders where status = 'open' and expires_at < now() + interval '1 minute') as orders,
    (select count(*)::int from refunds where status <> 'refunded') as refunds,
    (select count(*)::int from adyen_calls where answered_at is null) as calls`
  const atRest = { orders: 0, refunds: 0, calls: 0 }
  await vi.waitFor(async () => expect(await row(shop, restless)).toEqual(atRest), {
    timeout: 30_000,
    interval: 50,
  })
  await server.stop()
  await idle(shop)
}

async function subjectsOf(shop: Shop): Promise<Subject[]> {
  const { rows } = await shop.db.query<{
    payment_id: string
    psp_reference: string | null
    value: number
    refund_id: string | null
    refund_psp_reference: string | null
  }>(
    `select payments.id as payment_id, payments.psp_reference, payments.value::int as value,
            refunds.id as refund_id, refunds.psp_reference as refund_psp_reference
     from payments left join refunds on refunds.payment_id = payments.id order by payments.id`,
  )
  return rows.map(({ payment_id, psp_reference, value, refund_id, refund_psp_reference }) => ({
    paymentId: payment_id,
    pspReference: psp_reference,
    amount: { currency: 'CNY', value },
    refundId: refund_id,
    refundPspReference: refund_psp_reference,
  }))
}
