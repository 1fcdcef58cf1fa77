import { createHash } from 'node:crypto'
import { type NotificationItem, sign } from '@tael/adyen'
import { type Order, shopperRoutes, type StartedPayment } from '@tael/contracts'
import { credentials } from '@tael/stack'
import { Client } from 'pg'
import { expect, vi } from 'vitest'
import { test as base } from './fixtures.ts'
import { idle, logged, order, pay, row, simulate } from './shop.ts'

const OLD_KEY: string = credentials.ADYEN_HMAC_KEYS
const NEW_KEY = 'DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00'

type Item = NotificationItem & { [key: string]: unknown }

/** An AUTHORISATION of this payment, unless told otherwise. */
function itemOf({ payment }: StartedPayment, changes: Partial<Item> = {}): Item {
  return {
    pspReference: 'QFQTPCQ8HXSKGK82',
    merchantAccountCode: credentials.ADYEN_MERCHANT_ACCOUNT,
    merchantReference: payment.id,
    amount: { ...payment.amount },
    eventCode: 'AUTHORISATION',
    eventDate: '2026-11-23T12:00:00+01:00',
    success: 'true',
    reason: '',
    ...changes,
  }
}

const signed = (item: Item, key = OLD_KEY): Item => ({
  ...item,
  additionalData: { hmacSignature: sign(item, key) },
})
const basic = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
const ours = basic(credentials.ADYEN_WEBHOOK_USERNAME, credentials.ADYEN_WEBHOOK_PASSWORD)

const accepted = { status: 202, text: '[accepted]' }
const storedItems = `select count(*)::int as items, coalesce(sum(deliveries), 0)::int as deliveries,
  max(state) as state from webhook_items where merchant_reference = $1`

const test = base
  .extend('settings', { scope: 'file' }, { ADYEN_HMAC_KEYS: `${OLD_KEY},${NEW_KEY}` })
  .extend(
    'deliver',
    ({ shop }) =>
      async (items: object[], { live = 'false', authorization = ours, write = JSON.stringify } = {}) => {
        const answer = await fetch(`${shop.server.url}/webhooks/adyen`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization },
          body: write({
            live,
            notificationItems: items.map((item) => ({ NotificationRequestItem: item })),
          }),
        })
        return { status: answer.status, text: await answer.text() }
      },
  )
  .extend(
    'open',
    ({ shop, token }) =>
      async (value = 4000): Promise<StartedPayment> =>
        pay(shop, token, await order(shop, token, value)),
  )
  .extend(
    'statusOf',
    ({ shop }) =>
      async ({ payment }: StartedPayment): Promise<unknown> =>
        (await row(shop, 'select status from payments where id = $1', [payment.id]))['status'],
  )
  .extend(
    'stored',
    ({ shop }) =>
      ({ payment }: StartedPayment) =>
        row(shop, storedItems, [payment.id]),
  )
  .extend(
    'stateOf',
    ({ shop }) =>
      (psp: string) =>
        row(shop, 'select state from webhook_items where psp_reference = $1', [psp]),
  )

test('an authentic webhook is answered [accepted] and pays the order', async ({
  shop,
  token,
  open,
  deliver,
  statusOf,
}) => {
  const started = await open()
  expect(await deliver([signed(itemOf(started))])).toEqual(accepted)
  expect(await statusOf(started)).toBe('authorised')
  const paid: Order = await shop.call(
    shopperRoutes.getOrder,
    { params: { orderId: started.payment.orderId } },
    { token },
  )
  expect(paid.status).toBe('paid')
})

test('while a key is rotated both are good', async ({ open, deliver, statusOf }) => {
  const started = await open()
  expect(await deliver([signed(itemOf(started), NEW_KEY)])).toEqual(accepted)
  expect(await statusOf(started)).toBe('authorised')
})

test('whatever is not authentic is refused, and nothing of it is kept', async ({
  open,
  deliver,
  statusOf,
  stored,
}) => {
  const [started, innocent] = [await open(), await open()]
  const item = itemOf(started)
  const forged = signed(item)
  const signature = sign(item, OLD_KEY)
  const tries = await Promise.all([
    deliver([forged], { authorization: '' }),
    deliver([forged], { authorization: basic(credentials.ADYEN_WEBHOOK_USERNAME, 'another-password') }),
    deliver([item]),
    deliver([signed(item, '0'.repeat(64))]),
    deliver([{ ...forged, additionalData: { hmacSignature: 'A'.repeat(44) } }]),
    deliver([{ ...forged, additionalData: { hmacSignature: 7 } }]),
    deliver([{ ...forged, amount: { ...item.amount, value: item.amount.value + 1 } }]),
    deliver([{ ...forged, success: 'false' }]),
    deliver([{ ...forged, merchantReference: `${item.merchantReference}0` }]),
    deliver([signed(itemOf(innocent)), { ...item, additionalData: { hmacSignature: `${signature}A` } }]),
  ])
  for (const { status, text } of tries) {
    expect([status, JSON.parse(text)]).toMatchObject([401, { code: 'webhook_unauthenticated' }])
  }
  expect([await statusOf(started), await statusOf(innocent)]).toEqual([
    'awaiting_shopper',
    'awaiting_shopper',
  ])
  expect([await stored(started), await stored(innocent)]).toMatchObject([{ items: 0 }, { items: 0 }])
})

test('a live webhook at a test server is refused', async ({ open, deliver, stored }) => {
  const started = await open()
  const { status, text } = await deliver([signed(itemOf(started))], { live: 'true' })
  expect([status, JSON.parse(text)]).toMatchObject([403, { code: 'webhook_environment_mismatch' }])
  expect(await stored(started)).toMatchObject({ items: 0 })
})

test('the same delivery any number of times, and at once, is one item applied once', async ({
  shop,
  open,
  deliver,
  stored,
}) => {
  const started = await open()
  const item = signed(itemOf(started))
  const answers = await Promise.all(Array.from({ length: 8 }, () => deliver([item])))
  expect(answers).toEqual(Array.from({ length: 8 }, () => accepted))
  expect(await stored(started)).toEqual({ items: 1, deliveries: 8, state: 'applied' })
  const { events } = await row(
    shop,
    `select count(*)::int as events from payment_events where payment_id = $1 and source = 'webhook'`,
    [started.payment.id],
  )
  expect(events).toBe(1)
})

test('a success that was followed by an older failure stays a success', async ({
  open,
  deliver,
  statusOf,
}) => {
  const started = await open()
  await deliver([signed(itemOf(started))])
  await deliver([signed(itemOf(started, { success: 'false', eventDate: '2026-11-23T11:00:00+01:00' }))])
  expect(await statusOf(started)).toBe('authorised')
})

test('an array of items is applied item by item', async ({ open, deliver, statusOf }) => {
  const [one, two] = [await open(), await open()]
  expect(
    await deliver([signed(itemOf(one)), signed(itemOf(two, { success: 'false', pspReference: 'OTHER' }))]),
  ).toEqual(accepted)
  expect([await statusOf(one), await statusOf(two)]).toEqual(['authorised', 'refused'])
})

test('OFFER_CLOSED ends an attempt that was never paid, and never one that was', async ({
  open,
  deliver,
  statusOf,
}) => {
  const [abandoned, paid] = [await open(), await open()]
  await deliver([signed(itemOf(paid))])
  await deliver([signed(itemOf(abandoned, { eventCode: 'OFFER_CLOSED' }))])
  await deliver([signed(itemOf(paid, { eventCode: 'OFFER_CLOSED' }))])
  expect([await statusOf(abandoned), await statusOf(paid)]).toEqual(['expired', 'authorised'])
})

test('an offer of another payment under our reference does not end this attempt', async ({
  shop,
  open,
  deliver,
  statusOf,
  stored,
}) => {
  const started = await open()
  await shop.db.query(`update payments set psp_reference = 'MINE' where id = $1`, [started.payment.id])
  expect(
    await deliver([signed(itemOf(started, { eventCode: 'OFFER_CLOSED', pspReference: 'THEIRS' }))]),
  ).toEqual(accepted)
  expect(await statusOf(started)).toBe('awaiting_shopper')
  expect(await stored(started)).toMatchObject({ state: 'attention' })
})

test.for([
  {
    name: 'of another system on our account',
    changes: { merchantReference: 'shopware-4711' },
    state: 'foreign',
  },
  { name: 'of another merchant account', changes: { merchantAccountCode: 'Somebody' }, state: 'foreign' },
  { name: 'of a kind nobody knows yet', changes: { eventCode: 'MOON_LANDING' }, state: 'stored' },
  { name: 'of a report', changes: { eventCode: 'REPORT_AVAILABLE', merchantReference: '' }, state: 'stored' },
])(
  'an event $name is stored and accepted',
  async ({ name, changes, state }, { shop, open, deliver, statusOf }) => {
    const started = await open()
    const item = signed(itemOf(started, { ...changes, pspReference: name }))
    expect(await deliver([item])).toEqual(accepted)
    expect(await row(shop, 'select state, item from webhook_items where psp_reference = $1', [name])).toEqual(
      {
        state,
        item,
      },
    )
    expect(await statusOf(started)).toBe('awaiting_shopper')
  },
)

test('a refund of another payment is foreign, one made of ours in the Customer Area is written down', async ({
  shop,
  open,
  deliver,
  stateOf,
}) => {
  const started = await open()
  const refund = { eventCode: 'REFUND', merchantReference: 'shopware-1', originalReference: 'THEIR-PAYMENT' }
  await deliver([signed(itemOf(started, { ...refund, pspReference: 'THEIR-REFUND' }))])
  await deliver([signed(itemOf(started, { pspReference: 'OUR-PAYMENT' }))])
  const ours = { ...refund, originalReference: 'OUR-PAYMENT', pspReference: 'OUR-REFUND' }
  await deliver([signed(itemOf(started, ours))])
  expect([await stateOf('THEIR-REFUND'), await stateOf('OUR-REFUND')]).toEqual([
    { state: 'foreign' },
    { state: 'applied' },
  ])
  expect(
    await row(shop, 'select reason, status, psp_reference from refunds where payment_id = $1', [
      started.payment.id,
    ]),
  ).toEqual({ reason: 'external', status: 'refunded', psp_reference: 'OUR-REFUND' })
})

test('the pspReference kept is that of the payment which took the money, whatever came first', async ({
  shop,
  open,
  deliver,
}) => {
  const [one, two] = [await open(), await open()]
  const failed = { success: 'false', pspReference: 'FAILED' } as const
  const paid = { success: 'true', pspReference: 'PAID' } as const
  for (const changes of [failed, paid]) await deliver([signed(itemOf(one, changes))])
  for (const changes of [paid, failed]) await deliver([signed(itemOf(two, changes))])
  for (const { payment } of [one, two]) {
    expect(await row(shop, 'select status, psp_reference from payments where id = $1', [payment.id])).toEqual(
      {
        status: 'authorised',
        psp_reference: 'PAID',
      },
    )
  }
})

test('money that Adyen took twice under one reference calls for a person', async ({
  shop,
  open,
  deliver,
  stateOf,
}) => {
  const started = await open()
  await deliver([signed(itemOf(started, { pspReference: 'FIRST' }))])
  expect(await deliver([signed(itemOf(started, { pspReference: 'SECOND' }))])).toEqual(accepted)
  expect(await stateOf('SECOND')).toEqual({ state: 'attention' })
  expect(await row(shop, 'select psp_reference from payments where id = $1', [started.payment.id])).toEqual({
    psp_reference: 'FIRST',
  })
})

test.for(['\u0000', '\ud800'])(
  'text that no database column takes is kept and accepted: %j',
  async (odd, { shop, open, deliver, statusOf }) => {
    const [started, innocent] = [await open(), await open()]
    const reason = `refused${odd}`
    expect(await deliver([signed(itemOf(started, { reason })), signed(itemOf(innocent))])).toEqual(accepted)
    expect([await statusOf(started), await statusOf(innocent)]).toEqual(['authorised', 'authorised'])
    const kept = await row(
      shop,
      'select item::text as item from webhook_items where merchant_reference = $1',
      [started.payment.id],
    )
    expect(kept['item']).toContain(JSON.stringify(reason))
  },
)

test.for([
  {
    name: 'a date before all calendars',
    changes: { eventDate: '-271821-04-20T00:00:00Z' },
    state: 'applied',
  },
  {
    name: 'a currency with NUL in it',
    changes: { amount: { currency: 'CN\u0000', value: 1 } },
    state: 'attention',
  },
  { name: 'a pspReference with NUL in it', changes: { pspReference: 'PSP\u0000' }, state: 'attention' },
])('an item with $name is kept and accepted', async ({ changes, state }, { open, deliver, stored }) => {
  const started = await open()
  expect(await deliver([signed(itemOf(started, changes))])).toEqual(accepted)
  expect(await stored(started)).toMatchObject({ items: 1, state })
})

test('an item nested too deep to be kept is refused', async ({ open, deliver }) => {
  const item = signed(itemOf(await open(), { reason: 'deep' }))
  const nested = '['.repeat(10_000) + ']'.repeat(10_000)
  const write = (body: object): string => JSON.stringify(body).replace('"deep"', nested)
  const { status, text } = await deliver([item], { write })
  expect([status, JSON.parse(text)]).toMatchObject([400, { code: 'validation_failed' }])
})

test('a report may come unsigned; money may not', async ({ open, deliver }) => {
  const started = await open()
  const report = itemOf(started, {
    eventCode: 'REPORT_AVAILABLE',
    merchantReference: '',
    pspReference: 'report.csv',
  })
  expect(await deliver([report])).toEqual(accepted)
  expect((await deliver([itemOf(started, { eventCode: 'REFUND' })])).status).toBe(401)
})

test('an amount that is not ours changes nothing, is kept, and calls for attention', async ({
  shop,
  open,
  deliver,
  statusOf,
  stored,
}) => {
  const started = await open()
  const item = signed(itemOf(started, { amount: { currency: 'CNY', value: 1 } }))
  expect(await deliver([item])).toEqual(accepted)
  expect(await statusOf(started)).toBe('awaiting_shopper')
  expect(await stored(started)).toMatchObject({ state: 'attention' })
  expect(await logged(shop.server, /the amount is ¥0\.01/)).toContain('webhook needs attention')
})

test('a signed item that is no standard webhook is kept and accepted', async ({ shop, open, deliver }) => {
  const odd = signed({
    ...itemOf(await open()),
    success: 'true',
    eventDate: 'yesterday',
    pspReference: 'ODD',
  })
  const odder = signed({
    ...itemOf(await open()),
    pspReference: 'ODDER',
    amount: { currency: 'CNY', value: 1.5 },
  })
  expect(await deliver([odd, odder])).toEqual(accepted)
  const { state } = await row(shop, `select state from webhook_items where item::text like '%"ODDER"%'`)
  expect(state).toBe('attention')
})

test('an item whose payment is locked is accepted at once and applied when the lock is gone', async ({
  shop,
  open,
  deliver,
  statusOf,
  stored,
}) => {
  const started = await open()
  const holder = new Client({ connectionString: shop.databaseUrl })
  await holder.connect()
  await holder.query('begin')
  await holder.query('select * from payments where id = $1 for update', [started.payment.id])
  expect(await deliver([signed(itemOf(started))])).toEqual(accepted)
  expect(await stored(started)).toMatchObject({ items: 1, state: 'attention' })
  await holder.query('commit')
  await holder.end()
  await vi.waitUntil(async () => (await statusOf(started)) === 'authorised', {
    timeout: 30_000,
    interval: 50,
  })
  expect(await stored(started)).toMatchObject({ items: 1, state: 'applied' })
})

test('everything Adyen sent is kept as it was sent', async ({ shop, open, deliver }) => {
  const started = await open()
  const item = signed(itemOf(started, { reason: '余额不足', paymentMethod: 'wechatpayMiniProgram' }))
  await deliver([item])
  const kept = await row(
    shop,
    'select item, encode(content_hash, $2) as hash from webhook_items where merchant_reference = $1',
    [started.payment.id, 'hex'],
  )
  expect(kept['item']).toEqual(item)
  expect(kept['hash']).toBe(createHash('sha256').update(JSON.stringify(item)).digest('hex'))
})

test('webhooks that Adyen has to repeat arrive in the end', async ({ shop, open, statusOf }) => {
  await simulate(shop, 'PUT', '/scenario', { faults: [{ name: 'webhook_lost', probability: 0.6 }] })
  const started = await Promise.all([open(), open(), open()])
  for (const { payment } of started) {
    await simulate(shop, 'POST', '/webhooks', {
      merchantReference: payment.id,
      amount: payment.amount,
      success: 'true',
    })
  }
  await idle(shop)
  await simulate(shop, 'PUT', '/scenario', { faults: [] })
  expect(await Promise.all(started.map(statusOf))).toEqual(['authorised', 'authorised', 'authorised'])
})
