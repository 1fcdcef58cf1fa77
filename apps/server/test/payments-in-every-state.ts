import type { StartedPayment } from '@tael/contracts'
import { MINUTE, type Shop, type Shopper } from './actors/index.ts'
import { until } from './until.ts'
import type { Subject } from './webhook-items.ts'

const ORDER_LIFETIME = 30 * MINUTE

/**
 * Payments in every state that lasts, several of each: waiting for their shopper, processing,
 * authorised, cancelled, refused, failed, closed by Adyen, of an order that expired, and a second
 * attempt beside a cancelled one. A surplus is among them, and refunded. Nothing is in progress
 * when this returns.
 */
export async function paymentsInEveryState(
  shop: Shop,
  shopper: Shopper,
  ofEach: number,
): Promise<readonly Subject[]> {
  const start = (price = 4000): Promise<StartedPayment> => shopper.startBuying(price)
  const startAgain = ({ payment: { orderId, amount } }: StartedPayment) =>
    shopper.startPayment({ id: orderId, amount })
  const closeOffer = ({ payment }: StartedPayment): Promise<void> =>
    shop.adyen.deliver({ eventCode: 'OFFER_CLOSED', about: payment })

  await Promise.all(Array.from({ length: ofEach }, () => start()))
  await shop.clock.passTime(ORDER_LIFETIME)
  await comeToRest(shop)

  const makeEach = async (): Promise<void> => {
    for (let waiting = 0; waiting < 3; waiting += 1) await start()
    await shopper.submitDetails(await start(), 'requestPayment:ok')
    await shopper.pay(await start())
    await shopper.cancelPayment(await start())
    await start(4007)
    await start(4009)
    await closeOffer(await start())
    const cancelled = await start()
    await shopper.cancelPayment(cancelled)
    await startAgain(cancelled)
  }
  await Promise.all(Array.from({ length: ofEach }, makeEach))
  const late = await start()
  await closeOffer(late)
  await shopper.pay(await startAgain(late))
  await shopper.payAtCashier(late)
  await comeToRest(shop)
  return subjectsOf(shop)
}

/**
 * Waits until due orders have expired, and every call to Adyen and every refund has its outcome.
 */
async function comeToRest({ adyen, database }: Shop): Promise<void> {
  await until(async () => {
    await adyen.waitForDeliveries()
    const due = await database.count('orders', `status = 'open' and expires_at < now()`)
    const calls = await database.count('adyen_calls', 'answered_at is null')
    const refunds = await database.count('refunds', `status <> 'refunded'`)
    return due + calls + refunds === 0
  })
}

async function subjectsOf({ database }: Shop): Promise<readonly Subject[]> {
  const { rows } = await database.pool.query<Omit<Subject, 'amount'> & { value: number }>(
    `select payments.id as "paymentId", payments.psp_reference as "pspReference", payments.value::int as value,
       refunds.id as "refundId", refunds.psp_reference as "refundPspReference"
     from payments left join refunds on refunds.payment_id = payments.id order by payments.id`,
  )
  return rows.map(({ value, ...references }) => ({ ...references, amount: { currency: 'CNY', value } }))
}
