import type { StartedPayment } from '@tael/contracts'
import { credentials } from '@tael/stack'
import { expect } from 'vitest'
import { DAY, HOUR, MINUTE, waitForLog } from './actors/index.ts'
import { test as base } from './fixtures.ts'
import type { Members } from './mutations.ts'
import {
  ANOTHER_KEY,
  authorisationOf,
  basic,
  KEY,
  postWebhook,
  signatureFor,
  signed,
} from './webhook-items.ts'

const NEW_KEY = ANOTHER_KEY
const accepted = { status: 202, body: '[accepted]' }

const test = base
  // The old key and the new one, while Adyen's is being rotated.
  .extend('settings', { scope: 'file' }, { ADYEN_HMAC_KEYS: `${KEY},${NEW_KEY}` })
  /** An attempt that waits for its shopper. */
  .extend(
    'open',
    ({ shopper }) =>
      (): Promise<StartedPayment> =>
        shopper.startBuying(4000),
  )
  .extend(
    'deliver',
    ({ shop }) =>
      (items: readonly Members[], options = {}) =>
        postWebhook(shop.server, items, options),
  )
  /** The statuses of these attempts. */
  .extend('statusesOf', ({ shopper }) => async (...attempts: readonly StartedPayment[]) => {
    const payments = await Promise.all(attempts.map(({ payment }) => shopper.getPayment(payment.id)))
    return payments.map(({ status }) => status)
  })
  /** The stored items about an attempt. */
  .extend(
    'stored',
    ({ shop }) =>
      ({ payment }: StartedPayment) =>
        shop.database.inboxItems({ merchantReference: payment.id }),
  )
  /** A stored REFUND, received so many seconds ago, of a payment that has taken no money: its retry is due. */
  .extend('refundBeforeMoney', ({ shop, queue, open, deliver, stored }) => async (age: number) => {
    const attempt = await open()
    const refund = { eventCode: 'REFUND', pspReference: `REFUND-${attempt.payment.id}` }
    await deliver([signed(authorisationOf(attempt.payment, refund))])
    const [item] = await stored(attempt)
    if (item?.state !== 'attention') throw new Error('The item does not wait.')
    const webhookId = item.id
    await queue.lose('retry-webhook', { webhookId })
    await shop.database.tamper(
      'update webhook_items set received_at = now() - make_interval(secs => $1) where id = $2',
      [age, webhookId],
    )
    await queue.enqueue('retry-webhook', { webhookId })
    return { attempt, webhookId }
  })

test('while a key is rotated both are accepted', async ({ open, deliver, statusesOf }) => {
  for (const key of [KEY, NEW_KEY]) {
    const attempt = await open()
    expect(await deliver([signed(authorisationOf(attempt.payment), key)])).toEqual(accepted)
    expect(await statusesOf(attempt)).toEqual(['authorised'])
  }
})

test('whatever is not authentic is refused, and none of it is stored', async ({
  open,
  deliver,
  statusesOf,
  stored,
}) => {
  const [attempt, innocent] = [await open(), await open()]
  const { payment } = attempt
  const item = authorisationOf(payment)
  const forged = signed(item)
  const answers = await Promise.all([
    deliver([forged], { authorization: '' }),
    deliver([forged], { authorization: basic(credentials.ADYEN_WEBHOOK_USERNAME, 'another-password') }),
    deliver([item]),
    deliver([signed(item, '0'.repeat(64))]),
    deliver([{ ...forged, additionalData: { hmacSignature: 'A'.repeat(44) } }]),
    deliver([{ ...forged, additionalData: { hmacSignature: 7 } }]),
    deliver([{ ...forged, amount: { ...payment.amount, value: payment.amount.value + 1 } }]),
    deliver([{ ...forged, success: 'false' }]),
    deliver([{ ...forged, merchantReference: `${payment.id}0` }]),
    deliver([
      signed(authorisationOf(innocent.payment)),
      { ...item, additionalData: { hmacSignature: `${signatureFor(item)}A` } },
    ]),
  ])
  for (const answer of answers) {
    expect(answer).toMatchObject({ status: 401, body: { code: 'webhook_unauthenticated' } })
  }
  expect(await statusesOf(attempt, innocent)).toEqual(['awaiting_shopper', 'awaiting_shopper'])
  expect([await stored(attempt), await stored(innocent)]).toEqual([[], []])
})

test('a live webhook at a test server is refused', async ({ open, deliver, stored }) => {
  const attempt = await open()
  expect(await deliver([signed(authorisationOf(attempt.payment))], { live: 'true' })).toMatchObject({
    status: 403,
    body: { code: 'webhook_environment_mismatch' },
  })
  expect(await stored(attempt)).toEqual([])
})

test.for([
  {
    name: 'of another system on our account',
    changes: { merchantReference: 'shopware-4711' },
    state: 'foreign',
  },
  { name: 'of another merchant account', changes: { merchantAccountCode: 'Somebody' }, state: 'foreign' },
  { name: 'of an unknown kind', changes: { eventCode: 'MOON_LANDING' }, state: 'stored' },
  { name: 'of a report', changes: { eventCode: 'REPORT_AVAILABLE', merchantReference: '' }, state: 'stored' },
])(
  'an event $name is stored and accepted',
  async ({ name, changes, state }, { shop, open, deliver, statusesOf }) => {
    const attempt = await open()
    const item = signed(authorisationOf(attempt.payment, { ...changes, pspReference: name }))
    expect(await deliver([item])).toEqual(accepted)
    expect(await shop.database.inboxItems({ pspReference: name })).toMatchObject([{ state, item }])
    expect(await statusesOf(attempt)).toEqual(['awaiting_shopper'])
  },
)

test.for(['\u0000', '\ud800'])(
  'text that no text column holds is stored and accepted: %j',
  async (odd, { open, deliver, statusesOf, stored }) => {
    const [attempt, innocent] = [await open(), await open()]
    const item = signed(authorisationOf(attempt.payment, { reason: `refused${odd}` }))
    expect(await deliver([item, signed(authorisationOf(innocent.payment))])).toEqual(accepted)
    expect(await statusesOf(attempt, innocent)).toEqual(['authorised', 'authorised'])
    expect(await stored(attempt)).toMatchObject([{ item }])
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
])('an item with $name is stored and accepted', async ({ changes, state }, { open, deliver, stored }) => {
  const attempt = await open()
  expect(await deliver([signed(authorisationOf(attempt.payment, changes))])).toEqual(accepted)
  expect(await stored(attempt)).toMatchObject([{ state }])
})

test('an item nested too deep to be stored is refused', async ({ open, deliver }) => {
  const { payment } = await open()
  const nested = '['.repeat(10_000) + ']'.repeat(10_000)
  const stringify = (body: object): string => JSON.stringify(body).replace('"deep"', nested)
  const item = signed(authorisationOf(payment, { reason: 'deep' }))
  expect(await deliver([item], { stringify })).toMatchObject({
    status: 400,
    body: { code: 'validation_failed' },
  })
})

test('an item nested exactly as deep as allowed is stored', async ({ open, deliver, stored }) => {
  const attempt = await open()
  const nested = (levels: number) =>
    deliver([signed(authorisationOf(attempt.payment, { reason: 'deep' }))], {
      stringify: (body: object) =>
        JSON.stringify(body).replace('"deep"', '['.repeat(levels) + ']'.repeat(levels)),
    })
  // The item itself is a level.
  expect(await nested(100)).toMatchObject({ status: 400 })
  expect(await stored(attempt)).toEqual([])
  expect(await nested(99)).toEqual(accepted)
  expect(await stored(attempt)).toHaveLength(1)
})

test('a report may come unsigned; money may not', async ({ open, deliver }) => {
  const { payment } = await open()
  const reason = 'https://ca-test.adyen.com/reports/download/MerchantAccount/Tael/report.csv'
  const report = { eventCode: 'REPORT_AVAILABLE', merchantReference: '', pspReference: 'report.csv', reason }
  expect(await deliver([authorisationOf(payment, report)])).toEqual(accepted)
  expect((await deliver([authorisationOf(payment, { eventCode: 'REFUND' })])).status).toBe(401)
})

test('a signed item that is not a standard webhook is stored and accepted', async ({
  shop,
  open,
  deliver,
}) => {
  const { payment } = await open()
  const odd = signed(authorisationOf(payment, { eventDate: 'yesterday', pspReference: 'ODD' }))
  const odder = signed(
    authorisationOf(payment, { amount: { currency: 'CNY', value: 1.5 }, pspReference: 'ODDER' }),
  )
  expect(await deliver([odd, odder])).toEqual(accepted)
  const items = await shop.database.rows(
    `select state, item from webhook_items where item::text like '%"ODD%' order by psp_reference`,
  )
  expect(items).toEqual([
    { state: 'applied', item: odd },
    { state: 'attention', item: odder },
  ])
})

test('everything Adyen sent is stored as it was sent', async ({ open, deliver, stored }) => {
  const attempt = await open()
  const changes = { reason: '余额不足', paymentMethod: 'wechatpayMiniProgram' }
  const item = signed(authorisationOf(attempt.payment, changes))
  await deliver([item])
  expect(await stored(attempt)).toMatchObject([{ item }])
})

test('stored items are neither deleted nor changed', async ({ shop, open, deliver }) => {
  const { payment } = await open()
  await deliver([signed(authorisationOf(payment))])
  for (const change of [
    'delete from webhook_items',
    'truncate webhook_items cascade',
    `update webhook_items set item = '{}'`,
    'update webhook_items set success = not success',
  ]) {
    await expect(shop.database.rows(change)).rejects.toThrow('webhook_items only grows')
  }
})

/** How long Adyen waits for an answer. */
const ADYEN_MS = 10_000
const LOCKED = 24

test('a delivery of many items that must wait is answered while Adyen waits, and all are applied', async ({
  shop,
  shopper,
  adyen,
}) => {
  const productId = await shop.addProduct(4650)
  const attempts = await Promise.all(
    Array.from({ length: LOCKED }, async () =>
      shopper.startPayment(await shopper.orderProducts([{ productId, quantity: 1 }])),
    ),
  )
  await adyen.waitForDeliveries()
  const items = attempts.map(({ payment }, index) =>
    signed(authorisationOf(payment, { pspReference: `LOCKED${String(index).padStart(10, '0')}` })),
  )
  const ids = attempts.map(({ payment }) => payment.id)
  await shop.database.whileLocked(ids, async () => {
    const { status } = await postWebhook(shop.server, items, { signal: AbortSignal.timeout(ADYEN_MS) })
    expect(status).toBe(202)
  })
  for (const { payment } of attempts)
    await expect.poll(() => shopper.getPayment(payment.id)).toMatchObject({ status: 'authorised' })
})

test.for([
  { age: 0, name: 'received just now', atLeast: 5, lessThan: 10 * MINUTE },
  { age: 10 * MINUTE, name: 'received ten minutes ago', atLeast: 10 * MINUTE, lessThan: HOUR },
  { age: 29 * DAY, name: 'received 29 days ago', atLeast: HOUR, lessThan: HOUR + 1 },
])(
  'a REFUND $name that waits for its money is retried after at least $atLeast seconds',
  async ({ age, atLeast, lessThan }, { queue, deliver, stored, refundBeforeMoney }) => {
    const { attempt, webhookId } = await refundBeforeMoney(age)
    const pause = () => queue.longestPause('retry-webhook', { webhookId })
    await expect.poll(pause).toBeGreaterThanOrEqual(atLeast)
    expect(await pause()).toBeLessThan(lessThan)
    await deliver([signed(authorisationOf(attempt.payment))])
    expect((await stored(attempt)).map(({ state }) => state)).toEqual(['applied', 'applied'])
  },
)

test('a REFUND that has waited a month for its money is an error', async ({
  shop,
  stored,
  refundBeforeMoney,
}) => {
  const { attempt, webhookId } = await refundBeforeMoney(31 * DAY)
  const failed = {
    level: 50,
    msg: 'job failed and will be retried',
    job: 'retry-webhook',
    data: { webhookId },
  }
  const message = 'it is about a refund of a payment that has taken no money'
  await waitForLog(shop.server, { ...failed, err: { message } })
  expect(await stored(attempt)).toMatchObject([{ state: 'attention' }])
})

test('an item that cannot be applied for any other reason is an error immediately, and is retried', async ({
  shop,
  queue,
  open,
  deliver,
  stored,
}) => {
  const attempt = await open()
  await shop.database.rows(`
    create function refuse_event() returns trigger language plpgsql as
      $$ begin raise exception 'this event cannot be written'; end $$;
    create trigger refuse_event before insert on payment_events for each row
      when (new.type = 'authorisation') execute function refuse_event()`)
  expect(await deliver([signed(authorisationOf(attempt.payment))])).toEqual(accepted)
  const [item] = await stored(attempt)
  expect(item).toMatchObject({ state: 'attention' })
  const data = { webhookId: item?.id }
  await queue.startEarly('retry-webhook', { webhookId: Number(item?.id) })
  await waitForLog(shop.server, {
    level: 50,
    msg: 'job failed and will be retried',
    job: 'retry-webhook',
    data,
  })
  await shop.database.rows('drop trigger refuse_event on payment_events')
  await expect.poll(() => stored(attempt)).toMatchObject([{ state: 'applied' }])
})
