import { expect } from 'vitest'
import { refusalOf } from './actors/index.ts'
import { test as base } from './fixtures.ts'
import { until } from './until.ts'

const test = base
  /** What Adyen was told that the cashier returned, for one attempt after another. */
  .extend('statusesSent', ({ shop, adyen }) => async (paymentId: string): Promise<readonly unknown[]> => {
    const { payment_data: paymentData } = await shop.database.row(
      'select payment_data from payments where id = $1',
      [paymentId],
    )
    const calls = await adyen.calls('details')
    return calls.filter((call) => call.paymentData === paymentData).map(({ paymentStatus }) => paymentStatus)
  })
  .extend('eventTypes', ({ operator }) => async (paymentId: string): Promise<readonly string[]> => {
    const { events } = await operator.getPaymentRecord(paymentId)
    return events.map(({ type }) => type)
  })

test('an order of two products costs the sum of its lines, which is what is paid', async ({
  shop,
  shopper,
  adyen,
}) => {
  const [tea, cup] = [await shop.addProduct(1250, 10), await shop.addProduct(375, 10)]
  const order = await shopper.orderProducts([
    { productId: tea, quantity: 3 },
    { productId: cup, quantity: 2 },
  ])
  expect(order).toMatchObject({
    amount: { currency: 'CNY', value: 4500 },
    lines: [{ amount: { value: 3750 } }, { amount: { value: 750 } }],
  })
  const payment = await shopper.pay(await shopper.startPayment(order))
  expect(payment).toMatchObject({ status: 'authorised', amount: { value: 4500 } })
  expect(await adyen.payment(payment.id)).toMatchObject({ paid: 4500 })
  expect(await shop.database.stockOf(tea)).toEqual({ free: 7, reserved: 0, sold: 3 })
  expect(await shop.database.stockOf(cup)).toEqual({ free: 8, reserved: 0, sold: 2 })
})

test('an order whose answer was lost is the same order when it is sent again, as it is by then', async ({
  shop,
  shopper,
}) => {
  const productId = await shop.addProduct(4500, 10)
  const key = crypto.randomUUID()
  const send = () => shopper.orderProducts([{ productId, quantity: 2 }], key)
  const order = await send()
  expect(await send()).toEqual({ ...order, leftMs: expect.any(Number) })
  await shopper.pay(await shopper.startPayment(order))
  expect(await send()).toMatchObject({ id: order.id, status: 'paid', payment: { status: 'authorised' } })
  expect(await shop.database.stockOf(productId)).toEqual({ free: 8, reserved: 0, sold: 2 })
})

test('the same request is the same, in whatever order its members are written', async ({ shop, shopper }) => {
  const productId = await shop.addProduct(4500, 10)
  const key = crypto.randomUUID()
  const send = async (body: string): Promise<unknown> => {
    const answer = await fetch(`${shop.server.url}/orders`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${shopper.token}`,
        'idempotency-key': key,
      },
      body,
    })
    return answer.json()
  }
  const order = await send(`{"lines":[{"productId":"${productId}","quantity":1}]}`)
  expect(order).toMatchObject({ status: 'open', leftMs: expect.any(Number) })
  expect(await send(`{"lines":[{"quantity":1,"productId":"${productId}"}]}`)).toEqual({
    ...Object(order),
    leftMs: expect.any(Number),
  })
  expect(await send(`{"lines":[{"quantity":2,"productId":"${productId}"}]}`)).toMatchObject({
    code: 'idempotency_key_reused',
  })
})

test('a tap that joined an open attempt leads to it when it is sent again', async ({ shopper }) => {
  const order = await shopper.order(4550)
  const first = await shopper.startPayment(order)
  const key = crypto.randomUUID()
  expect(await shopper.startPayment(order, key)).toEqual(first)
  await shopper.cancelPayment(first)
  expect((await shopper.startPayment(order, key)).payment).toMatchObject({
    id: first.payment.id,
    status: 'cancelled',
  })
  const second = await shopper.startPayment(order)
  expect((await shopper.getOrder(order.id)).payment?.id).toBe(second.payment.id)
})

test('an order is paid, and a payment refunded, in its own currency alone', async ({ shopper, operator }) => {
  const order = await shopper.order(4560)
  const inDollars = { ...order, amount: { currency: 'USD', value: 4560 } } as const
  expect(await refusalOf(shopper.startPayment(inDollars))).toMatchObject({
    code: 'amount_changed',
    amount: order.amount,
  })
  const payment = await shopper.pay(await shopper.startPayment(order))
  for (const amount of [inDollars.amount, { currency: 'CNY', value: 0 } as const]) {
    expect(await refusalOf(operator.refund({ ...payment, amount }))).toMatchObject({
      code: 'refund_exceeds_payment',
      amount: order.amount,
    })
  }
  expect((await operator.getPaymentRecord(payment.id)).refunds).toEqual([])
})

test('a payment takes fifty refunds, as WeChat does, and no more', async ({ shop, shopper, operator }) => {
  const payment = await shopper.buy(4570)
  await shop.database.rows(
    `insert into refunds (id, payment_id, currency, value, reason, status)
     select 'rf_' || number, $1, 'CNY', 1, 'operator', 'refunded' from generate_series(1, 49) as number`,
    [payment.id],
  )
  expect(await operator.refund(payment, 1)).toMatchObject({ status: 'requested' })
  expect(await refusalOf(operator.refund(payment, 1))).toMatchObject({ code: 'payment_not_refundable' })
})

test('a page of orders is twenty where nobody asks for fewer, and none is skipped', async ({ shop }) => {
  const collector = await shop.shopper('collector')
  const productId = await shop.addProduct(1000)
  for (let made = 0; made < 21; made += 1) await collector.orderProducts([{ productId, quantity: 1 }])
  const { orders, next } = await collector.listOrders()
  expect([orders.length, next]).toEqual([20, orders.at(-1)?.id])
  expect((await collector.listOrders({ before: next ?? '' })).orders).toHaveLength(1)
})

test('a key of one shopper is not the key of another', async ({ shop, shopper }) => {
  const productId = await shop.addProduct(4500, 10)
  const lines = [{ productId, quantity: 1 }]
  const other = await shop.shopper('bob')
  const key = crypto.randomUUID()
  const [one, two] = [await shopper.orderProducts(lines, key), await other.orderProducts(lines, key)]
  expect(two.id).not.toBe(one.id)
  expect(await shopper.orderProducts(lines, key)).toMatchObject({ id: one.id })
  expect(await other.orderProducts(lines, key)).toMatchObject({ id: two.id })

  const payKey = crypto.randomUUID()
  const attempt = await shopper.startPayment(one, payKey)
  // This one joins an attempt that is open, so that its key leads there from now on.
  const joined = await other.startPayment(two)
  expect(await other.startPayment(two, payKey)).toEqual(joined)
  expect(await shopper.startPayment(one, payKey)).toEqual(attempt)
})

test('keys that lead to an open attempt are not kept for ever', async ({ shop, shopper }) => {
  const order = await shopper.order(4550)
  const first = crypto.randomUUID()
  const attempt = await shopper.startPayment(order, first)
  const keys = Array.from({ length: 30 }, () => crypto.randomUUID())
  for (const key of keys) expect(await shopper.startPayment(order, key)).toEqual(attempt)
  const stored = await shop.database.count('idempotency_keys', 'resource_id = $1', [attempt.payment.id])
  expect(stored).toBeLessThan(10)
  // The first and the last ones still lead there.
  await shopper.pay(attempt)
  for (const key of [first, keys.at(-1)])
    expect(await shopper.startPayment(order, key)).toMatchObject({ payment: { id: attempt.payment.id } })
})

test('what a cashier is said to have returned before one could open changes nothing', async ({
  shopper,
  adyen,
  eventTypes,
}) => {
  const lost = { name: 'lost_request', call: 'payments' }
  await adyen.withFault(lost, async () => {
    const attempt = await shopper.startBuying(4600)
    const { id, version } = attempt.payment
    const before = await adyen.calls('details')
    for (const errMsg of ['requestPayment:ok', 'requestPayment:fail cancel', 'requestPayment:fail']) {
      const payment = await shopper.submitDetails(attempt, errMsg)
      expect(payment).toMatchObject({ id, status: 'starting', outcome: { nextAction: 'wait' } })
    }
    expect(await eventTypes(id)).not.toContain('shopper_returned')
    expect(await eventTypes(id)).not.toContain('returned_unpaid')
    expect(await adyen.calls('details')).toEqual(before)
    expect((await shopper.getPayment(id)).version).toBeGreaterThanOrEqual(version)
  })
})

test('Adyen is asked once for each of ok, cancel and fail, in whatever order they come', async ({
  shopper,
  statusesSent,
  eventTypes,
}) => {
  const attempt = await shopper.startBuying(4700)
  const { id } = attempt.payment
  const sent = [
    'requestPayment:fail no permission',
    'requestPayment:ok',
    'requestPayment:cancel',
    'requestPayment:fail cancel',
    'requestPayment:fail:cancel',
    'requestPayment:fail another',
    'requestPayment:ok',
    'requestPayment:okay',
  ]
  for (const errMsg of sent) await shopper.submitDetails(attempt, errMsg)
  expect(await statusesSent(id)).toEqual([sent[0], sent[1], sent[2]])
  const returns = (await eventTypes(id)).filter((type) => /returned/.test(type))
  expect(returns).toEqual(['returned_unpaid', 'shopper_returned', 'returned_unpaid'])
})

test.for<{ errMsg: string; kind: 'cancel' | 'fail' }>([
  { errMsg: 'requestPayment:cancel', kind: 'cancel' },
  { errMsg: 'requestPayment: cancel', kind: 'cancel' },
  { errMsg: 'requestPayment:fail cancel', kind: 'cancel' },
  { errMsg: 'requestPayment:fail  cancel', kind: 'cancel' },
  { errMsg: 'requestPayment:fail:cancel', kind: 'cancel' },
  { errMsg: 'requestPayment:failcancel', kind: 'cancel' },
  { errMsg: 'requestPayment:Fail Cancelled', kind: 'cancel' },
  { errMsg: 'requestPayment:fail no requestPayment:cancel', kind: 'fail' },
  { errMsg: 'requestPayment:fail not cancelled', kind: 'fail' },
  { errMsg: 'requestPayment:fail-cancel', kind: 'fail' },
  { errMsg: 'requestPayment:uncancelled', kind: 'fail' },
])('the cashier returned a $kind: $errMsg', async ({ errMsg, kind }, { shopper, statusesSent }) => {
  const attempt = await shopper.startBuying(4703)
  const returned = { cancel: 'requestPayment:cancel', fail: 'requestPayment:fail' }
  // Adyen is asked again for another kind only.
  await shopper.submitDetails(attempt, returned[kind])
  await shopper.submitDetails(attempt, errMsg)
  expect(await statusesSent(attempt.payment.id)).toEqual([returned[kind]])
  await shopper.submitDetails(attempt, returned[kind === 'cancel' ? 'fail' : 'cancel'])
  expect(await statusesSent(attempt.payment.id)).toHaveLength(2)
})

test('after a fail an ok asks Adyen again, whose answer decides', async ({ shopper, statusesSent }) => {
  const attempt = await shopper.startBuying(4703)
  const failed = await shopper.submitDetails(attempt, 'requestPayment:fail')
  expect(failed).toMatchObject({ status: 'awaiting_shopper', outcome: { nextAction: 'open_cashier' } })
  const asked = await shopper.submitDetails(attempt, 'requestPayment:ok')
  expect(asked).toMatchObject({ status: 'processing', outcome: { nextAction: 'wait' } })
  expect(await statusesSent(attempt.payment.id)).toEqual(['requestPayment:fail', 'requestPayment:ok'])
  expect(asked.version).toBeGreaterThan(failed.version)
})

test('a payment that is paid asks Adyen nothing more', async ({ shopper, statusesSent }) => {
  const attempt = await shopper.startBuying(4800)
  await shopper.pay(attempt)
  const sent = await statusesSent(attempt.payment.id)
  expect(await shopper.submitDetails(attempt, 'requestPayment:fail')).toMatchObject({ status: 'authorised' })
  expect(await statusesSent(attempt.payment.id)).toEqual(sent)
})

test('whoever is a version behind does not wait, and whoever knows the latest does', async ({ shopper }) => {
  const { payment } = await shopper.startBuying(4900)
  const behind = { ...payment, version: payment.version - 1 }
  // Far less than the wait: only an answer without it can be as fast.
  expect(await shopper.waitForChange(behind, { timeoutMs: 20_000 })).toEqual(payment)
  const waiting = shopper.waitForChange(payment, { timeoutMs: 20_000 })
  await shopper.cancelOrder(payment.orderId)
  expect((await waiting).version).toBeGreaterThan(payment.version)
})

test('a change while a payment is being read is not missed by whoever then waits', async ({
  shop: { database },
  shopper,
}) => {
  const { payment } = await shopper.startBuying(4900)
  const holder = await database.pool.connect()
  try {
    // Reading an order waits in the middle of its statement, which sees the payment as it was
    // before.
    await database.rows(`
      create function wait_in_read() returns boolean language plpgsql volatile as
        $$ begin perform pg_advisory_xact_lock_shared(1); return true; end $$;
      alter table orders rename to orders_kept;
      create view orders as select * from orders_kept where wait_in_read()`)
    await holder.query('select pg_advisory_lock(1)')
    const waiting = shopper.waitForChange(payment, { timeoutMs: 20_000 })
    await until(async () => (await database.count('pg_locks', `locktype = 'advisory' and not granted`)) > 0)
    await database.rows('update payments set version = version + 1 where id = $1', [payment.id])
    await holder.query('select pg_advisory_unlock(1)')
    expect(await waiting).toMatchObject({ id: payment.id, version: payment.version + 1 })
  } finally {
    await holder.query('select pg_advisory_unlock_all()')
    await database.rows('drop view if exists orders; alter table if exists orders_kept rename to orders')
    holder.release()
  }
})

test('a stranger changes nothing of an order: not by a refund request, and not by a cancel', async ({
  shop,
  shopper,
  operator,
}) => {
  const paid = await shopper.buy(5000)
  const open = await shopper.order(5000)
  const ids = [paid.orderId, open.id]
  const rows = () => shop.database.rows('select * from orders where id = any($1) order by id', [ids])
  const before = await rows()
  const stranger = await shop.shopper('mallory')
  for (const id of [...ids, 'ord_unknown']) {
    expect(await refusalOf(stranger.requestRefund(id))).toMatchObject({ code: 'order_not_found' })
    expect(await refusalOf(stranger.cancelOrder(id))).toMatchObject({ code: 'order_not_found' })
    expect(await refusalOf(stranger.getOrder(id))).toMatchObject({ code: 'order_not_found' })
  }
  expect(await rows()).toEqual(before)
  expect(await operator.listAttention(paid.orderId)).toEqual([])
})

test('while a payment is undecided nothing that its shopper is told claims how it ends', async ({
  shopper,
}) => {
  const attempt = await shopper.startBuying(5103)
  const { orderId } = attempt.payment
  const undecided = await shopper.submitDetails(attempt, 'requestPayment:ok')
  expect(undecided.outcome).toEqual({ message: 'processing', nextAction: 'wait', final: false })
  const problem = await refusalOf(shopper.cancelOrder(orderId))
  expect(problem).toMatchObject({ code: 'order_not_cancellable', detail: expect.stringMatching(/wait/i) })
  expect(`${problem.title} ${problem.detail}`).not.toMatch(/\bpaid|fail|refus|expired|succe|no money/i)
})
