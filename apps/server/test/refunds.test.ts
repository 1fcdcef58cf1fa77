import { operatorRoutes, shopperRoutes } from '@tael/contracts'
import { expect, vi } from 'vitest'
import { test } from './fixtures.ts'
import {
  command,
  idle,
  logIn,
  newKey,
  openShop,
  operatorKey,
  order,
  paid,
  passTime,
  refund,
  refusal,
  row,
  simulate,
  simulatedCalls,
  withFault,
  yuan,
} from './shop.ts'

test('an operator gives a payment back in parts, up to what was paid, and the shopper follows it', async ({
  shop,
  key,
  token,
  lookAtOrder,
}) => {
  const { payment } = await paid(shop, token, 9000)
  const first = await refund(shop, key, payment.id, yuan(2500))
  expect(first).toMatchObject({
    status: 'requested',
    reason: 'merchant',
    amount: yuan(2500),
    pspReference: null,
  })
  await refund(shop, key, payment.id, yuan(2500))
  // 4000 are left, the two under way counted.
  expect(await refusal(refund(shop, key, payment.id, yuan(4001)))).toMatchObject({
    code: 'refund_exceeds_payment',
    amount: yuan(4000),
  })
  await refund(shop, key, payment.id, yuan(4000))
  expect(await refusal(refund(shop, key, payment.id, yuan(1)))).toMatchObject({
    code: 'refund_exceeds_payment',
    amount: yuan(0),
  })
  const done = async (): Promise<boolean> => {
    await idle(shop)
    return (await lookAtOrder(payment.orderId)).refunds.every(({ status }) => status === 'refunded')
  }
  await vi.waitUntil(done, { timeout: 20_000, interval: 50 })
  expect(await lookAtOrder(payment.orderId)).toMatchObject({
    status: 'paid',
    refunds: [{ amount: yuan(2500) }, { amount: yuan(2500) }, { amount: yuan(4000) }],
  })

  const record = await shop.call(
    operatorRoutes.getPaymentRecord,
    { params: { paymentId: payment.id } },
    { token: key },
  )
  expect(record).toMatchObject({ status: 'authorised', paysOrder: true, refundable: yuan(0) })
  expect(
    record.events.filter(({ type }) => type === 'refund_updated').map(({ detail }) => detail['status']),
  ).toEqual(expect.arrayContaining(['requested', 'received', 'refunded']))
  expect(JSON.stringify(record)).not.toMatch(/paymentData|prepay_id|openid/)
})

test('the same key is the same refund, however often; another body under it is refused', async ({
  shop,
  key,
  token,
}) => {
  const { payment } = await paid(shop, token, 7000)
  const idempotencyKey = newKey()
  const all = await Promise.all(
    Array.from({ length: 20 }, () => refund(shop, key, payment.id, yuan(3000), idempotencyKey)),
  )
  expect(new Set(all.map(({ id }) => id)).size).toBe(1)
  expect(await refusal(refund(shop, key, payment.id, yuan(3001), idempotencyKey))).toMatchObject({
    code: 'idempotency_key_reused',
  })
  const received = async (): Promise<boolean> => (await simulatedCalls(shop, '/refunds')).length > 0
  await vi.waitUntil(received, { timeout: 10_000, interval: 50 })
  await idle(shop)
  const { sum } = await row(shop, 'select sum(value)::int as sum from refunds where payment_id = $1', [
    payment.id,
  ])
  expect(sum).toBe(3000)
})

test('refunds asked for at the same moment never exceed what was paid', async ({ shop, key, token }) => {
  const { payment } = await paid(shop, token, 10_000)
  const asked = await Promise.allSettled(
    Array.from({ length: 20 }, () => refund(shop, key, payment.id, yuan(900))),
  )
  expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(11)
})

test('what took no money cannot be refunded, nor by whom it is not allowed', async ({ shop, key, token }) => {
  const open = await order(shop, token, 3300)
  const { payment } = await shop.call(
    shopperRoutes.startPayment,
    { idempotencyKey: newKey(), body: { orderId: open.id, amount: open.amount } },
    { token },
  )
  const reader = await operatorKey(shop, 'payments:read')
  const codes = await Promise.all(
    [
      refund(shop, key, payment.id, open.amount),
      refund(shop, key, 'pay_unknown', open.amount),
      refund(shop, reader, payment.id, open.amount),
      refund(shop, token, payment.id, open.amount),
      refund(shop, `tael_${'A'.repeat(43)}`, payment.id, open.amount),
    ].map(async (call) => (await refusal(call)).code),
  )
  expect(codes).toEqual([
    'payment_not_refundable',
    'payment_not_found',
    'scope_missing',
    'operator_unauthenticated',
    'operator_unauthenticated',
  ])
  const { id } = await row(shop, 'select id from operator_keys where key_hash = sha256($1)', [
    Buffer.from(reader),
  ])
  expect(await command(shop, 'revoke-operator-key', String(id))).toMatchObject({ code: 0 })
  expect(await refusal(refund(shop, reader, payment.id, open.amount))).toMatchObject({
    code: 'operator_unauthenticated',
  })
})

test('who gave money back is written down with the refund', async ({ shop, key, token }) => {
  const { payment } = await paid(shop, token, 6100)
  const made = await refund(shop, key, payment.id, yuan(100))
  expect(
    await row(
      shop,
      `select name, action, subject, detail ->> 'refundId' as refund, request_id is not null as named
       from operator_actions join operator_keys on operator_keys.id = actor where subject = $1`,
      [payment.id],
    ),
  ).toEqual({ name: 'Olga', action: 'refund.create', subject: payment.id, refund: made.id, named: true })
})

const says = (eventCode: string, success: 'true' | 'false', minute: number) => ({
  eventCode,
  success,
  minute,
})

test('the last word on a refund is the latest one, in whatever order it comes', async ({
  shop,
  key,
  token,
}) => {
  const stories = [
    { words: [says('REFUND', 'false', 1), says('REFUND', 'true', 2)], end: 'refunded' },
    { words: [says('REFUND', 'true', 1), says('REFUND', 'false', 2)], end: 'failed' },
    { words: [says('REFUND', 'true', 2), says('REFUND_FAILED', 'true', 1)], end: 'failed' },
    { words: [says('REFUND', 'true', 1), says('REFUNDED_REVERSED', 'true', 3)], end: 'failed' },
  ]
  for (const { words, end } of stories) {
    for (const order of [words, words.toReversed()]) {
      const { payment } = await paid(shop, token, 8000)
      const { id } = await refund(shop, key, payment.id, yuan(8000))
      for (const { minute, ...word } of order) {
        const eventDate = `2030-01-01T00:0${minute}:00+00:00`
        await simulate(shop, 'POST', '/webhooks', {
          ...word,
          eventDate,
          merchantReference: id,
          amount: yuan(8000),
        })
      }
      await idle(shop)
      expect(await row(shop, 'select status from refunds where id = $1', [id])).toEqual({ status: end })
    }
  }
})

test('a shopper asks for the money back: it shows to operators until one gives it', async ({
  shop,
  key,
  token,
}) => {
  const { payment } = await paid(shop, token, 4900)
  const ask = () =>
    shop.call(shopperRoutes.requestRefund, { params: { orderId: payment.orderId } }, { token })
  const asked = await ask()
  expect(asked.refundRequestedAt).not.toBeNull()
  expect((await ask()).refundRequestedAt).toBe(asked.refundRequestedAt)
  const mine = async () => {
    const { items } = await shop.call(operatorRoutes.listAttention, {}, { token: key })
    return items.filter(({ paymentId }) => paymentId === payment.id)
  }
  expect(await mine()).toMatchObject([{ kind: 'refund_requested', subject: payment.orderId }])
  await refund(shop, key, payment.id, yuan(4900))
  expect(await mine()).toEqual([])

  const unpaid = await order(shop, token, 4900)
  expect(
    await refusal(shop.call(shopperRoutes.requestRefund, { params: { orderId: unpaid.id } }, { token })),
  ).toMatchObject({ code: 'order_not_refundable' })
})

test('what Adyen takes back of a paid payment changes nothing of it, and shows to operators', async ({
  shop,
  key,
  token,
  lookAtOrder,
}) => {
  const { payment } = await paid(shop, token, 5100)
  await idle(shop)
  for (const eventCode of ['CHARGEBACK', 'CAPTURE_FAILED', 'CANCELLATION', 'CHARGEBACK']) {
    const news = { eventCode, merchantReference: payment.id, amount: payment.amount, success: 'true' }
    await simulate(shop, 'POST', '/webhooks', news)
  }
  await idle(shop)
  expect(await lookAtOrder(payment.orderId)).toMatchObject({
    status: 'paid',
    payment: { status: 'authorised' },
  })
  const record = await shop.call(
    operatorRoutes.getPaymentRecord,
    { params: { paymentId: payment.id } },
    { token: key },
  )
  expect(record.reversals).toEqual(['CANCELLATION', 'CAPTURE_FAILED', 'CHARGEBACK'])
  const { items } = await shop.call(operatorRoutes.listAttention, {}, { token: key })
  expect(items).toContainEqual(expect.objectContaining({ kind: 'payment_reversed', subject: payment.id }))
})

test('what an operator has dealt with shows no more, until something happens to it again', async ({
  shop,
  key,
  token,
}) => {
  const { payment } = await paid(shop, token, 5150)
  const says = async (eventCode: string): Promise<void> => {
    const news = { eventCode, merchantReference: payment.id, amount: payment.amount, success: 'true' }
    await simulate(shop, 'POST', '/webhooks', news)
    await idle(shop)
  }
  const shown = async (): Promise<string | undefined> => {
    const { items } = await shop.call(operatorRoutes.listAttention, {}, { token: key })
    return items.find(({ subject }) => subject === payment.id)?.since
  }
  const handle = (since = '2026-11-24T08:00:00.000Z') => {
    const body = {
      kind: 'payment_reversed',
      subject: payment.id,
      since,
      note: 'Adyen was asked; the money is here.',
    } as const
    return shop.call(operatorRoutes.handleAttention, { body }, { token: key })
  }
  expect(await refusal(handle())).toMatchObject({ code: 'attention_not_found' })
  await says('CAPTURE_FAILED')
  const first = await shown()
  expect(first).toBeDefined()
  await says('NOTIFICATION_OF_CHARGEBACK')
  expect(await refusal(handle(first))).toMatchObject({ code: 'attention_changed' })
  await handle(await shown())
  expect(await shown()).toBeUndefined()
  await says('CHARGEBACK')
  expect(await shown()).toBeDefined()
  expect(
    await row(shop, `select action, detail ->> 'note' as note from operator_actions where subject = $1`, [
      payment.id,
    ]),
  ).toEqual({ action: 'attention.handle', note: 'Adyen was asked; the money is here.' })
})

test('nothing but a refund row within the payment fits into the database', async ({ shop, token }) => {
  const { payment } = await paid(shop, token, 5000)
  const insert = (value: number) =>
    shop.db.query(
      `insert into refunds (id, payment_id, currency, value, reason, status)
       values ('rf_' || gen_random_uuid(), $1, 'CNY', $2, 'operator', 'received')`,
      [payment.id, value],
    )
  await insert(3000)
  await expect(insert(2001)).rejects.toThrow(/would exceed the payment/)
  await insert(2000)
})

test('a refund that Adyen never takes up fails when its key guards it no longer, and can be given anew', async ({
  shop,
  key,
  token,
}) => {
  const { payment } = await paid(shop, token, 5400)
  const statusOf = async (id: string): Promise<unknown> =>
    (await row(shop, 'select status from refunds where id = $1', [id]))['status']
  const { id } = await withFault(
    shop,
    'permanent_500',
    async () => {
      const asked = await refund(shop, key, payment.id, yuan(5400))
      const heard = async (): Promise<boolean> =>
        (await simulatedCalls(shop, '/refunds')).some((call) => call.includes(asked.id))
      await vi.waitUntil(heard, { timeout: 20_000, interval: 50 })
      return asked
    },
    'refunds',
  )
  expect(await refusal(refund(shop, key, payment.id, yuan(1)))).toMatchObject({
    code: 'refund_exceeds_payment',
  })
  await passTime(shop, 7 * 24 * 3600)
  await shop.anotherServer()
  await vi.waitUntil(async () => (await statusOf(id)) === 'failed', { timeout: 20_000, interval: 50 })
  const { items } = await shop.call(operatorRoutes.listAttention, {}, { token: key })
  expect(items).toContainEqual(expect.objectContaining({ kind: 'refund_failed', subject: id }))
  const second = await refund(shop, key, payment.id, yuan(5400))
  await vi.waitUntil(
    async () => {
      await idle(shop)
      return (await statusOf(second.id)) === 'refunded'
    },
    { timeout: 20_000, interval: 50 },
  )
})

test('a REFUND of another amount than ours changes nothing and needs attention', async ({
  shop,
  key,
  token,
}) => {
  const { payment } = await paid(shop, token, 5450)
  const { id } = await withFault(
    shop,
    'lost_request',
    () => refund(shop, key, payment.id, yuan(5450)),
    'refunds',
  )
  const news = { eventCode: 'REFUND', merchantReference: id, amount: yuan(5449), success: 'true' }
  await simulate(shop, 'POST', '/webhooks', news)
  await idle(shop)
  const { items } = await shop.call(operatorRoutes.listAttention, {}, { token: key })
  expect(items).toContainEqual(
    expect.objectContaining({
      kind: 'webhook',
      reason: "REFUND: the amount is ¥54.49, the refund's is ¥54.50",
    }),
  )
})

test('after a month a key of a shopper is forgotten, and one of an operator is not', async ({
  shop,
  token,
  key,
}) => {
  const { payment } = await paid(shop, token, 5750)
  await refund(shop, key, payment.id, yuan(1))
  const keys = async (): Promise<unknown[]> => {
    const sql = 'select distinct left(caller_id, 3) as caller from idempotency_keys order by 1'
    return (await shop.db.query<{ caller: string }>(sql)).rows.map(({ caller }) => caller)
  }
  expect(await keys()).toEqual(['opk', 'sh_'])
  await shop.db.query(`update idempotency_keys set created_at = created_at - interval '31 days'`)
  await shop.db.query(`insert into pgboss.job (name, data) values ('delete-expired', '{}')`)
  await vi.waitUntil(async () => (await keys()).length === 1, { timeout: 20_000, interval: 50 })
  expect(await keys()).toEqual(['opk'])
})

test('a refund waits while Adyen does not let our key in, and is made once it does', async () => {
  // No other server, whose key is let in, may make it.
  const shop = await openShop()
  const token = await logIn(shop)
  const key = await operatorKey(shop, 'refunds:write')
  const { payment } = await paid(shop, token, 5650)
  const PORT = new URL(shop.server.url).port
  await shop.server.stop()
  const lockedOut = await shop.anotherServer({ PORT, ADYEN_API_KEY: 'AQE-a-key-that-opens-nothing' })
  const { id } = await refund(shop, key, payment.id, yuan(5650))
  const unanswered = async (): Promise<boolean> =>
    (await row(shop, 'select unanswered > 0 as so from adyen_calls where variant = $1', [id]))['so'] === true
  await vi.waitUntil(unanswered, { timeout: 20_000, interval: 50 })
  const refunds = async () =>
    (await shop.call(shopperRoutes.getOrder, { params: { orderId: payment.orderId } }, { token })).refunds
  expect(await refunds()).toMatchObject([{ status: 'requested' }])
  await lockedOut.stop()
  await shop.anotherServer({ PORT })
  const made = async (): Promise<boolean> => {
    await idle(shop)
    return (await refunds())[0]?.status === 'refunded'
  }
  await vi.waitUntil(made, { timeout: 30_000, interval: 100 })
  await shop.close()
})
