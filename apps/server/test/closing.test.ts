import { operatorRoutes, shopperRoutes } from '@tael/contracts'
import { expect, vi } from 'vitest'
import { test } from './fixtures.ts'
import {
  atCashier,
  idle,
  loginCode,
  order,
  paid,
  passTime,
  pay,
  refusal,
  row,
  type Shop,
  simulate,
  simulatedCalls,
  submit,
  withFault,
} from './shop.ts'

const MINUTE = 60
const HOUR = 60 * MINUTE

const until = (condition: () => Promise<boolean>) =>
  vi.waitUntil(condition, { timeout: 20_000, interval: 50 })

const statusOf = async (shop: Shop, table: 'orders' | 'payments', id: string): Promise<unknown> =>
  (await row(shop, `select status from ${table} where id = $1`, [id]))['status']

const cancelsOf = async (shop: Shop, paymentId: string): Promise<string[]> =>
  (await simulatedCalls(shop, '/cancels')).filter((call) => call.includes(paymentId))

/** How the payment stands at Adyen. */
async function ledgerStatusOf(shop: Shop, paymentId: string): Promise<string | undefined> {
  const ledger = JSON.stringify(await simulate(shop, 'GET', '/ledger'))
  return new RegExp(`"merchantReference":"${paymentId}"[^]*?"result":"(\\w+)"`).exec(ledger)?.[1]
}

test('an attempt that nobody paid is closed at Adyen when its order expires', async ({ shop, token }) => {
  const started = await pay(shop, token, await order(shop, token, 6100))
  const { id, orderId } = started.payment
  await passTime(shop, 30 * MINUTE)
  await until(async () => (await statusOf(shop, 'orders', orderId)) === 'expired')
  await until(async () => (await cancelsOf(shop, id)).length > 0)
  await idle(shop)
  expect(await statusOf(shop, 'payments', id)).toBe('expired')
  await expect(atCashier(shop, started, 'pay')).rejects.toThrow('该订单已关闭')
})

test('a shopper cancels an order: its stock is free, its attempt closed, and it cannot be paid', async ({
  shop,
  token,
  lookAtOrder,
}) => {
  const made = await order(shop, token, 6200)
  const started = await pay(shop, token, made)
  const cancel = () => shop.call(shopperRoutes.cancelOrder, { params: { orderId: made.id } }, { token })
  expect(await cancel()).toMatchObject({ status: 'cancelled' })
  expect(await cancel()).toMatchObject({ status: 'cancelled' })
  await until(async () => (await cancelsOf(shop, started.payment.id)).length > 0)
  await idle(shop)
  expect(await lookAtOrder(made.id)).toMatchObject({
    status: 'cancelled',
    payment: { status: 'expired', outcome: { message: 'order_cancelled', nextAction: 'view_order' } },
  })
  expect(await refusal(pay(shop, token, made))).toMatchObject({ code: 'order_not_payable' })
  const { free } = await row(shop, 'select stock_free as free from products where id = $1', [
    made.lines[0]?.productId,
  ])
  expect(free).toBe(1000)
})

test('an order is not cancelled while nobody knows, nor when it is paid, nor by somebody else', async ({
  shop,
  token,
}) => {
  const cancel = (orderId: string, as = token) =>
    shop.call(shopperRoutes.cancelOrder, { params: { orderId } }, { token: as })
  const { payment: undecided } = await pay(shop, token, await order(shop, token, 6303))
  await withFault(shop, 'lost_request', () => submit(shop, token, undecided.id, 'requestPayment:ok'))
  expect(await refusal(cancel(undecided.orderId))).toMatchObject({ code: 'order_not_cancellable' })
  const { payment } = await paid(shop, token, 6400)
  expect(await refusal(cancel(payment.orderId))).toMatchObject({ code: 'order_not_cancellable' })
  const { call } = shop
  const stranger = await call(shopperRoutes.login, { body: { code: await loginCode(shop, 'mallory') } })
  expect(await refusal(cancel(payment.orderId, stranger.token))).toMatchObject({ code: 'order_not_found' })
})

test('a start that Adyen never answered is closed when the order expires, and never sent again', async ({
  shop,
  token,
}) => {
  const made = await order(shop, token, 6500)
  const { payment } = await withFault(shop, 'lost_request', () => pay(shop, token, made))
  expect(payment.status).toBe('starting')
  await withFault(
    shop,
    'lost_request',
    async () => {
      await passTime(shop, 30 * MINUTE)
      await until(async () => (await cancelsOf(shop, payment.id)).length > 0)
    },
    'payments',
  )
  // Adyen knows of no such payment: its TECHNICAL_CANCEL fails, and time decides.
  await idle(shop)
  await passTime(shop, 10 * MINUTE)
  await until(async () => (await statusOf(shop, 'payments', payment.id)) === 'expired')
  await passTime(shop, HOUR)
  await until(async () => (await statusOf(shop, 'orders', made.id)) === 'expired')
  // One that was under way when it was called off comes to its end; nothing waits to send another.
  const waiting = `select count(*)::int as waiting from pgboss.job where name = 'make-call'
    and data ->> 'paymentId' = $1 and data ->> 'operation' = 'payments' and state in ('created', 'retry', 'active')`
  await until(async () => (await row(shop, waiting, [payment.id]))['waiting'] === 0)
  expect(
    await row(
      shop,
      `select answered_at is not null as over from adyen_calls where payment_id = $1 and operation = 'payments'`,
      [payment.id],
    ),
  ).toEqual({ over: true })
})

test('a start whose answer was lost is found by its reference and closed', async ({ shop, token }) => {
  const made = await order(shop, token, 6600)
  const { payment } = await withFault(
    shop,
    'lost_answer',
    async () => {
      const started = await pay(shop, token, made)
      await passTime(shop, 30 * MINUTE)
      await until(async () => (await cancelsOf(shop, started.payment.id)).length > 0)
      return started
    },
    'payments',
  )
  await until(async () => {
    await idle(shop)
    return (await statusOf(shop, 'payments', payment.id)) === 'expired'
  })
  await passTime(shop, MINUTE)
  await until(async () => (await statusOf(shop, 'orders', made.id)) === 'expired')
  expect(await ledgerStatusOf(shop, payment.id)).toBe('cancelled')
})

test('a payment that Adyen never decides holds its order until no prepay_id lives, and not longer', async ({
  shop,
  key,
  token,
}) => {
  const { payment } = await pay(shop, token, await order(shop, token, 6703))
  await submit(shop, token, payment.id, 'requestPayment:ok')
  await passTime(shop, HOUR + 10 * MINUTE)
  const { items } = await shop.call(operatorRoutes.listAttention, {}, { token: key })
  expect(items).toContainEqual(expect.objectContaining({ kind: 'payment_unknown', subject: payment.id }))
  expect(await statusOf(shop, 'orders', payment.orderId)).toBe('open')
  expect(await cancelsOf(shop, payment.id)).toEqual([])

  await passTime(shop, HOUR)
  await until(async () => (await cancelsOf(shop, payment.id)).length > 0)
  await idle(shop)
  expect(await statusOf(shop, 'payments', payment.id)).toBe('expired')
  await passTime(shop, MINUTE)
  await until(async () => (await statusOf(shop, 'orders', payment.orderId)) === 'expired')
})

test('a shopper who comes back while their attempt is being closed has the time that every payment has', async ({
  shop,
  token,
}) => {
  const started = await pay(shop, token, await order(shop, token, 6903))
  const { id } = started.payment
  const jobs = `select count(*)::int as done from pgboss.job where name = 'give-up-payment'
    and data ->> 'paymentId' = $1 and state = 'completed'`
  const asked = async (): Promise<string[]> => {
    const of = `select variant from adyen_calls where operation = 'cancels' and payment_id = $1 order by started_at`
    return (await shop.db.query<{ variant: string }>(of, [id])).rows.map(({ variant }) => variant)
  }
  await withFault(
    shop,
    'lost_request',
    async () => {
      await passTime(shop, 30 * MINUTE)
      await until(async () => (await asked()).length === 1)
      const back = await submit(shop, token, id, 'requestPayment:ok')
      expect(back.status).toBe('processing')
      // Long enough for an attempt that nobody came back from to be given up.
      await passTime(shop, HOUR + MINUTE)
      await until(async () => (await row(shop, jobs, [id]))['done'] !== 0)
      expect(await statusOf(shop, 'payments', id)).toBe('processing')
      await passTime(shop, HOUR)
      await until(async () => (await asked()).length === 2)
    },
    'technicalCancels',
  )
  expect(await asked()).toEqual(['awaiting_shopper', 'processing'])
  await until(async () => {
    await idle(shop)
    return !['processing', 'awaiting_shopper'].includes(String(await statusOf(shop, 'payments', id)))
  })
})

test('money that comes while its order expires is honoured or goes back, whoever is first', async ({
  shop,
  token,
}) => {
  const starts = await Promise.all(
    Array.from({ length: 12 }, async () => pay(shop, token, await order(shop, token, 6800))),
  )
  await passTime(shop, 30 * MINUTE)
  await Promise.allSettled(starts.map((started) => atCashier(shop, started, 'pay')))
  const restless = async (): Promise<unknown> =>
    (
      await row(
        shop,
        `select count(*)::int as count from orders join payments on order_id = orders.id where orders.value = 6800
           and (orders.status = 'open' or payments.status in ('starting', 'awaiting_shopper', 'processing'))`,
      )
    )['count']
  await until(async () => {
    await idle(shop)
    return (await restless()) === 0
  })
  const { wrong } = await row(
    shop,
    `select count(*)::int as wrong from orders join payments on order_id = orders.id where orders.value = 6800
       and (orders.status = 'paid') is distinct from (payments.status = 'authorised' and pays_order)`,
  )
  expect(wrong).toBe(0)
})
