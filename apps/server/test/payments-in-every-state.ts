import type { StartedPayment } from '@tael/contracts'
import { expect, vi } from 'vitest'
import { atCashier, idle, order, passTime, pay, row, type Shop, simulate, submit } from './shop.ts'
import type { Subject } from './webhook-items.ts'

const ORDER_LIFETIME_SECONDS = 1_800

/**
 * Payments in every state that lasts, several of each: waiting for their shopper, processing, authorised, cancelled,
 * refused, failed, closed by Adyen, of an order that expired, and a second attempt beside a cancelled one. A surplus is
 * among them, and refunded. Nothing is under way when this returns.
 */
export async function paymentsInEveryState(shop: Shop, token: string, ofEach: number): Promise<Subject[]> {
  const start = async (value: number): Promise<StartedPayment> =>
    pay(shop, token, await order(shop, token, value))
  const end = async (started: StartedPayment, tap: 'pay' | 'cancel'): Promise<StartedPayment> => {
    await submit(shop, token, started.payment.id, await atCashier(shop, started, tap))
    return started
  }
  const again = ({ payment: { orderId, amount } }: StartedPayment) =>
    pay(shop, token, { id: orderId, amount })

  await Promise.all(Array.from({ length: ofEach }, () => start(4000)))
  await passTime(shop, ORDER_LIFETIME_SECONDS)
  await comeToRest(shop)

  const makeEach = async (): Promise<void> => {
    for (let waiting = 0; waiting < 3; waiting += 1) await start(4000)
    await submit(shop, token, (await start(4000)).payment.id, 'requestPayment:ok')
    await end(await start(4000), 'pay')
    await end(await start(4000), 'cancel')
    await start(4007)
    await start(4009)
    await closeOffer(shop, await start(4000))
    await again(await end(await start(4000), 'cancel'))
  }
  await Promise.all(Array.from({ length: ofEach }, makeEach))
  const late = await start(4000)
  await closeOffer(shop, late)
  await end(await again(late), 'pay')
  await atCashier(shop, late, 'pay')
  await comeToRest(shop)
  return subjectsOf(shop)
}

async function closeOffer(shop: Shop, { payment }: StartedPayment): Promise<void> {
  const { id: merchantReference, amount } = payment
  const item = { merchantReference, amount, eventCode: 'OFFER_CLOSED', success: 'true' }
  await simulate(shop, 'POST', '/webhooks', item)
  await idle(shop)
}

/** Waits until orders whose time is over are expired, and every call to Adyen and every refund has its outcome. */
async function comeToRest(shop: Shop): Promise<void> {
  const restless = `select
    (select count(*)::int from orders where status = 'open' and expires_at < now()) as orders,
    (select count(*)::int from adyen_calls where answered_at is null) as calls,
    (select count(*)::int from refunds where status <> 'refunded') as refunds`
  const atRest = async (): Promise<void> => {
    await idle(shop)
    expect(await row(shop, restless)).toEqual({ orders: 0, calls: 0, refunds: 0 })
  }
  await vi.waitFor(atRest, { timeout: 30_000, interval: 50 })
}

async function subjectsOf(shop: Shop): Promise<Subject[]> {
  const { rows } = await shop.db.query<Omit<Subject, 'amount'> & { value: number }>(
    `select payments.id as "paymentId", payments.psp_reference as "pspReference", payments.value::int as value,
       refunds.id as "refundId", refunds.psp_reference as "refundPspReference"
     from payments left join refunds on refunds.payment_id = payments.id order by payments.id`,
  )
  return rows.map(({ value, ...references }) => ({ ...references, amount: { currency: 'CNY', value } }))
}
