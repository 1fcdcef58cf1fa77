import { expect } from 'vitest'
import { DAY, fen, refusalOf } from './actors/index.ts'
import { test } from './fixtures.ts'

test('an operator refunds a payment in parts, up to what was paid, and the shopper follows it', async ({
  shopper,
  operator,
  adyen,
}) => {
  const payment = await shopper.buy(9000)
  expect(await operator.refund(payment, 2500)).toMatchObject({
    status: 'requested',
    reason: 'goodwill',
    note: null,
    requestedBy: { name: 'Olga' },
    amount: fen(2500),
    pspReference: null,
  })
  await operator.refund(payment, 2500)
  // 4000 are left: refunds that are not decided yet count.
  expect(await refusalOf(operator.refund(payment, 4001))).toMatchObject({
    code: 'refund_exceeds_payment',
    amount: fen(4000),
  })
  await operator.refund(payment, 4000)
  expect(await refusalOf(operator.refund(payment, 1))).toMatchObject({
    code: 'refund_exceeds_payment',
    amount: fen(0),
  })
  const order = async () => {
    await adyen.waitForDeliveries()
    return shopper.getOrder(payment.orderId)
  }
  await expect.poll(order).toMatchObject({
    status: 'paid',
    refunds: [2500, 2500, 4000].map((value) => ({ amount: fen(value), status: 'refunded' })),
  })
  expect(await adyen.payment(payment.id)).toMatchObject({ paid: 9000, refunded: 9000 })

  const record = await operator.getPaymentRecord(payment.id)
  expect(record).toMatchObject({ status: 'authorised', paysOrder: true, refundable: fen(0) })
  expect(
    record.events.filter(({ type }) => type === 'refund_updated').map(({ detail }) => detail['status']),
  ).toEqual(expect.arrayContaining(['requested', 'received', 'refunded']))
  expect(JSON.stringify(record)).not.toMatch(/paymentData|prepay_id|openid/)
})

test('the same key is the same refund, however often; another body under it is refused', async ({
  shopper,
  operator,
  adyen,
}) => {
  const payment = await shopper.buy(7000)
  const key = crypto.randomUUID()
  const refunds = await Promise.all(Array.from({ length: 20 }, () => operator.refund(payment, 3000, key)))
  const [refund] = refunds
  expect(new Set(refunds.map(({ id }) => id)).size).toBe(1)
  expect(await refusalOf(operator.refund(payment, 3001, key))).toMatchObject({
    code: 'idempotency_key_reused',
  })
  const refunded = async () => {
    await adyen.waitForDeliveries()
    return adyen.payment(payment.id)
  }
  await expect.poll(refunded).toMatchObject({ refunded: 3000 })
  expect(await operator.getPaymentRecord(payment.id)).toMatchObject({
    refunds: [{ id: refund?.id, amount: fen(3000) }],
    refundable: fen(4000),
  })
})

test('refunds requested at the same moment never exceed what was paid', async ({ shopper, operator }) => {
  const payment = await shopper.buy(10_000)
  const refunds = await Promise.allSettled(Array.from({ length: 20 }, () => operator.refund(payment, 900)))
  expect(refunds.filter(({ status }) => status === 'fulfilled')).toHaveLength(11)
})

const codeOf = async (call: Promise<unknown>): Promise<string> => (await refusalOf(call)).code

test('what took no money cannot be refunded, nor by whom it is not allowed', async ({
  shop,
  shopper,
  operator,
}) => {
  const { payment } = await shopper.startBuying(3300)
  const reader = shop.operator('payments:read')
  expect(await codeOf(operator.refund(payment))).toBe('payment_not_refundable')
  expect(await codeOf(operator.refund({ ...payment, id: 'pay_unknown' }))).toBe('payment_not_found')
  expect(await codeOf(reader.refund(payment))).toBe('scope_missing')
  for (const key of [shopper.token, `tael_${'A'.repeat(43)}`]) {
    expect(await codeOf(operator.withKey(key).refund(payment))).toBe('operator_unauthenticated')
  }

  const { id } = await shop.database.row('select id from operator_keys where key_hash = sha256($1)', [
    Buffer.from(await reader.key()),
  ])
  expect(await operator.run('revoke-operator-key', String(id))).toMatchObject({ code: 0 })
  expect(await codeOf(reader.refund(payment))).toBe('operator_unauthenticated')
})

test('who refunded is recorded with the refund', async ({ shop, shopper, operator }) => {
  const payment = await shopper.buy(6100)
  const refund = await operator.refund(payment, 100)
  expect(await shop.database.operatorActions(payment.id)).toEqual([
    {
      operator: 'Olga',
      action: 'refund.create',
      detail: expect.objectContaining({ refundId: refund.id }),
      requestId: expect.any(String),
    },
  ])
})

test('the database refuses a refund row that exceeds its payment', async ({ shop, shopper }) => {
  const payment = await shopper.buy(5000)
  const insert = (value: number) =>
    shop.database.rows(
      `insert into refunds (id, payment_id, currency, value, reason, status)
       values ('rf_' || gen_random_uuid(), $1, 'CNY', $2, 'operator', 'received')`,
      [payment.id, value],
    )
  await insert(3000)
  await expect(insert(2001)).rejects.toThrow(/would exceed the payment/)
  await insert(2000)
})

test("after a month a shopper's idempotency key is deleted, and an operator's is not", async ({
  shop,
  shopper,
  operator,
  clock,
  queue,
}) => {
  await operator.refund(await shopper.buy(5750), 1)
  const callers = async () => {
    const rows = await shop.database.rows(
      'select distinct left(caller_id, 3) as caller from idempotency_keys order by 1',
    )
    return rows.map(({ caller }) => caller)
  }
  expect(await callers()).toEqual(['opk', 'sh_'])
  await clock.passTime(31 * DAY)
  await queue.enqueue('delete-expired', {})
  await expect.poll(callers).toEqual(['opk'])
})
