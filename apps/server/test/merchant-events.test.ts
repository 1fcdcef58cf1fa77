import { isDeepStrictEqual } from 'node:util'
import type { MerchantEvent } from '@tael/contracts'
import { expect } from 'vitest'
import { callTo, DAY, fen, openReceiver } from './actors/index.ts'
import { newSecret } from './actors/receiver.ts'
import { test as base } from './fixtures.ts'
import { brokenInvariants } from './invariants.ts'
import { until } from './until.ts'

const test = base
  // Vitest reads from the pattern what a fixture takes.
  // oxlint-disable-next-line eslint/no-empty-pattern
  .extend('receiver', { scope: 'file' }, async ({}, { onCleanup }) => {
    const receiver = await openReceiver()
    onCleanup(() => receiver.close())
    return receiver
  })
  .extend('settings', { scope: 'file' }, ({ receiver }) => receiver.settings)
  /** The events about an order, once all that are listed have been delivered. */
  .extend(
    'eventsOf',
    ({ merchant, receiver }) =>
      async (reference: string): Promise<readonly MerchantEvent[]> => {
        await until(async () =>
          isDeepStrictEqual(await merchant.eventsOf(reference), receiver.eventsOf(reference)),
        )
        return receiver.eventsOf(reference)
      },
  )

/** Without reversals: Adyen may have reported that it closed an attempt before its money came late. */
const withoutReversals = (events: readonly MerchantEvent[]): readonly MerchantEvent[] =>
  events.filter(({ type }) => type !== 'payment.reversed')

const outline = (events: readonly MerchantEvent[]): readonly string[] =>
  events.map(({ type, data: { refund } }) => (refund === null ? type : `${type} ${refund.status}`))

test('a paid order, and its refund, are reported once each, with growing versions and valid signatures', async ({
  shopper,
  merchant,
  receiver,
  eventsOf,
}) => {
  const order = await merchant.put({ metadata: { basket: '4711' } })
  const { payment } = await shopper.startPayment(order)
  expect(await eventsOf(order.reference)).toEqual([])
  await shopper.pay(await shopper.startPayment(order))
  const refund = await merchant.refund(order, 1500)
  await expect
    .poll(async () => outline(await eventsOf(order.reference)))
    .toEqual(['order.paid', 'refund.updated requested', 'refund.updated received', 'refund.updated refunded'])
  const events = await eventsOf(order.reference)
  expect(events.map(({ version }) => version)).toEqual([2, 3, 4, 5])
  expect(await merchant.get(order.reference)).toMatchObject({ version: 5 })
  expect(events[0]).toMatchObject({
    data: {
      orderId: order.id,
      status: 'paid',
      amount: fen(4000),
      metadata: { basket: '4711' },
      paymentId: payment.id,
      late: false,
      refund: null,
    },
  })
  expect(events[3]?.data.refund).toMatchObject({ id: refund.id, amount: fen(1500), reason: 'merchant' })
  expect(receiver.forged).toBe(0)
  const [first] = receiver.received
  expect(first?.headers).toMatchObject({
    'webhook-id': first?.event.id,
    'webhook-signature': expect.stringMatching(/^v1,/),
    'content-type': 'application/json',
  })
})

test('the record of an order has its events with their deliveries, on one line of time with all else', async ({
  shopper,
  merchant,
  operator,
  adyen,
  eventsOf,
}) => {
  const order = await merchant.put()
  const { payment } = await shopper.startPayment(order)
  await adyen.withoutWebhooks(async () => shopper.pay(await shopper.startPayment(order)))
  await adyen.waitForDeliveries()
  await expect.poll(async () => outline(await eventsOf(order.reference))).toEqual(['order.paid'])
  const delivered = async () =>
    (await operator.getOrderRecord(order.id)).timeline.find((entry) => entry.kind === 'merchant_event')
  await expect.poll(delivered).toMatchObject({
    lane: 'merchant',
    type: 'order.paid',
    version: 2,
    delivery: { tries: 1, deliveredAt: expect.any(String), failedAt: null, failure: null },
  })
  const { timeline } = await operator.getOrderRecord(order.id)
  expect(timeline.map(({ at }) => at)).toEqual(timeline.map(({ at }) => at).toSorted())
  const lanes = timeline.map((entry) => {
    const { lane, kind } = entry
    if (kind === 'order') return `${lane} ${entry.change}`
    return kind === 'payment' ? `${lane} ${entry.type}` : `${lane} ${kind}`
  })
  expect(lanes).toEqual(
    expect.arrayContaining([
      'merchant created',
      'merchant action',
      'phone started',
      'shop call',
      'adyen cashier_ready',
      'wechat shopper_returned',
      'adyen webhook',
      'shop paid',
      'merchant merchant_event',
      'operator action',
    ]),
  )
  expect(timeline.filter(({ kind }) => kind === 'payment')).toContainEqual(
    expect.objectContaining({ paymentId: payment.id, type: 'started' }),
  )
})

test('orders that expire or are cancelled are reported, and late money for them', async ({
  shopper,
  merchant,
  adyen,
  clock,
  eventsOf,
}) => {
  const [expiring, cancelled] = [await merchant.put({ value: 5500 }), await merchant.put({ value: 5500 })]
  const { payment: late } = await shopper.startPayment(expiring)
  const { payment: unwanted } = await shopper.startPayment(cancelled)
  await merchant.cancel(cancelled.reference)
  await merchant.cancel(cancelled.reference)
  await clock.passTime(DAY)
  await expect.poll(() => merchant.get(expiring.reference)).toMatchObject({ status: 'expired' })
  await adyen.deliver({ eventCode: 'AUTHORISATION', about: late })
  await adyen.deliver({ eventCode: 'AUTHORISATION', about: unwanted })
  const returned = ['payment.surplus', 'refund.updated requested']
  await expect
    .poll(async () => outline(withoutReversals(await eventsOf(expiring.reference))).slice(0, 3))
    .toEqual(['order.expired', ...returned])
  await expect
    .poll(async () => outline(withoutReversals(await eventsOf(cancelled.reference))).slice(0, 3))
    .toEqual(['order.cancelled', ...returned])
  const refunds = (await eventsOf(cancelled.reference)).flatMap(({ data: { refund } }) => refund ?? [])
  expect(refunds[0]).toMatchObject({ reason: 'surplus' })
})

test('late money that is kept is reported as such', async ({
  shop,
  shopper,
  merchant,
  adyen,
  clock,
  eventsOf,
}) => {
  const keeping = await shop.startServer({ MERCHANT_LATE_MONEY: 'keep' })
  const keeper = merchant.through(callTo(keeping))
  const order = await keeper.put({ value: 5500 })
  const { payment } = await shopper.startPayment(order)
  await clock.passTime(DAY)
  await expect.poll(() => merchant.get(order.reference)).toMatchObject({ status: 'expired' })
  await adyen.deliver({ eventCode: 'AUTHORISATION', about: payment })
  await keeping.stop()
  const events = withoutReversals(await eventsOf(order.reference))
  expect(outline(events)).toEqual(['order.expired', 'order.paid'])
  expect(events[1]?.data).toMatchObject({ status: 'paid', late: true })
})

test('a reversal is reported once, also where it arrives before the money', async ({
  shopper,
  merchant,
  adyen,
  eventsOf,
}) => {
  const order = await merchant.put({ value: 5500 })
  const payment = await shopper.pay(await shopper.startPayment(order))
  for (const _ of [1, 2]) await adyen.deliver({ eventCode: 'CHARGEBACK', about: payment })
  const reversed = (await eventsOf(order.reference)).at(-1)
  expect(reversed).toMatchObject({
    type: 'payment.reversed',
    data: { reversal: 'CHARGEBACK', paymentId: payment.id },
  })
  expect(outline(await eventsOf(order.reference))).toEqual(['order.paid', 'payment.reversed'])

  const early = await merchant.put({ value: 5500 })
  const { payment: attempt } = await shopper.startPayment(early)
  await adyen.deliver({ eventCode: 'CHARGEBACK', about: attempt })
  expect(outline(await eventsOf(early.reference))).toEqual([])
  await adyen.deliver({ eventCode: 'AUTHORISATION', about: attempt })
  expect(outline(await eventsOf(early.reference))).toEqual(['order.paid', 'payment.reversed'])
})

test('a refund made in the Customer Area is reported', async ({
  shopper,
  merchant,
  operator,
  adyen,
  eventsOf,
}) => {
  const order = await merchant.put({ value: 5500 })
  const payment = await shopper.pay(await shopper.startPayment(order))
  const { pspReference } = await operator.getPaymentRecord(payment.id)
  const byHand = { merchantReference: 'made-by-hand', originalReference: pspReference, amount: fen(700) }
  await adyen.deliver({ ...byHand, eventCode: 'REFUND' })
  const events = await eventsOf(order.reference)
  expect(outline(events)).toEqual(['order.paid', 'refund.updated refunded'])
  expect(events[1]?.data.refund).toMatchObject({ amount: fen(700), status: 'refunded' })
})

const at = (minute: number): string => `2026-01-01T00:${String(minute).padStart(2, '0')}:00+00:00`

test('a refund is reported when its status or amount changes, and not whenever Adyen reports it', async ({
  shopper,
  merchant,
  operator,
  adyen,
  eventsOf,
}) => {
  const refundsOf = async (reference: string): Promise<readonly string[]> =>
    (await eventsOf(reference)).flatMap(({ data: { refund } }) =>
      refund === null ? [] : `${refund.amount.value} ${refund.status}`,
    )
  const order = await merchant.put({ value: 5500 })
  const payment = await shopper.pay(await shopper.startPayment(order))
  const { pspReference } = await operator.getPaymentRecord(payment.id)
  const byHand = { originalReference: pspReference, merchantReference: 'by-hand' }
  const refused = { ...byHand, pspReference: `refused-${payment.id}`, amount: fen(900) }
  const part = { ...byHand, pspReference: `part-${payment.id}`, amount: fen(700) }
  const rest = { ...byHand, pspReference: `rest-${payment.id}`, eventCode: 'CANCEL_OR_REFUND' }
  // Each report is another one to Adyen: it names another reference of ours.
  await adyen.deliver(
    { ...refused, eventCode: 'REFUND', success: 'false', eventDate: at(1) },
    { ...refused, eventCode: 'REFUND', success: 'false', eventDate: at(2), merchantReference: 'again' },
    { ...part, eventCode: 'REFUND', eventDate: at(3) },
    { ...part, eventCode: 'REFUND', eventDate: at(4), merchantReference: 'again' },
    { ...part, eventCode: 'REFUND_FAILED', eventDate: at(15) },
    { ...rest, amount: order.amount, eventDate: at(5) },
    { ...rest, amount: order.amount, eventDate: at(25), merchantReference: 'again' },
  )
  expect(await refundsOf(order.reference)).toEqual([
    '900 failed',
    '700 refunded',
    '700 failed',
    '4800 refunded',
    '5500 refunded',
  ])

  const another = await merchant.put({ value: 5500 })
  const { payment: elsewhere } = await shopper.startPayment(another)
  // A payment that the simulator does not know by this name: it rejects our refund of it.
  await adyen.deliver({
    eventCode: 'AUTHORISATION',
    about: elsewhere,
    pspReference: `ELSEWHERE-${elsewhere.id}`,
  })
  const { id } = await merchant.refund(another, 900)
  await expect.poll(() => refundsOf(another.reference)).toEqual(['900 requested', '900 failed'])
  await adyen.deliver({ eventCode: 'REFUND', success: 'false', about: { id, amount: fen(900) } })
  expect(await refundsOf(another.reference)).toEqual(['900 requested', '900 failed'])
})

test('orders of the shop are not reported', async ({ shop, shopper, receiver, queue }) => {
  const before = await shop.database.count('merchant_events', 'true')
  await shopper.buy(4000)
  expect(await shop.database.count('merchant_events', 'true')).toBe(before)
  await queue.waitUntilEmpty('deliver-event')
  expect(new Set(receiver.received.map(({ event }) => event.id)).size).toBe(before)
})

test('what is not accepted is delivered again with growing pauses, for three days, and then listed', async ({
  shop,
  shopper,
  merchant,
  operator,
  receiver,
  clock,
  queue,
}) => {
  await queue.waitUntilEmpty('deliver-event')
  const order = await merchant.put()
  receiver.answer({ status: 500 })
  await shopper.pay(await shopper.startPayment(order))
  const [event] = await merchant.eventsOf(order.reference)
  const eventId = event?.id ?? ''
  const delivery = async (): Promise<{ readonly tries: number; readonly hasFailed: boolean }> => {
    const row = await shop.database.row(
      'select tries, failed_at is not null as failed from merchant_deliveries where event_id = $1',
      [eventId],
    )
    return { tries: Number(row['tries']), hasFailed: row['failed'] === true }
  }
  await until(async () => (await shop.database.count('merchant_deliveries', 'event_id = $1', [eventId])) > 0)
  expect(await operator.listAttention(eventId)).toEqual([])
  const pauses: number[] = []
  for (let before = await delivery(); !before.hasFailed; before = await delivery()) {
    const pause = await queue.longestPause('deliver-event', { eventId })
    pauses.push(Math.round(pause))
    await clock.passTime(Math.ceil(pause))
    await until(async () => (await delivery()).tries > before.tries)
  }
  const eightHours = Array.from({ length: 8 }, () => 28_800)
  expect(pauses).toEqual([5, 30, 120, 600, 1800, 3600, 7200, 14_400, ...eightHours])
  expect(await operator.listAttention(eventId)).toMatchObject([
    {
      kind: 'event_undelivered',
      reason: `the merchant's backend did not accept order.paid of ${order.reference}: HTTP 500`,
    },
  ])

  receiver.answer({ status: 204 })
  const received = (): number => receiver.received.filter(({ event: { id } }) => id === eventId).length
  const before = received()
  expect(await operator.run('resend-events', '--failed')).toMatchObject({
    code: 0,
    out: '1 events are delivered again\n',
  })
  await until(() => received() === before + 1)
  await queue.waitUntilEmpty('deliver-event')
  expect(await operator.listAttention(eventId)).toEqual([])
  expect(await operator.run('resend-events', eventId)).toMatchObject({ code: 0 })
  await until(() => received() === before + 2)
  const since = new Date(Date.parse(event?.timestamp ?? '')).toISOString()
  expect(await operator.run('resend-events', '--from', since)).toMatchObject({ code: 0 })
  await until(() => received() === before + 3)
  for (const usage of [[], ['--failed', eventId], ['--to', since]])
    expect(await operator.run('resend-events', ...usage)).toMatchObject({ code: 64 })
  expect(await operator.run('resend-events', 'evt_unknown')).toMatchObject({ code: 65 })
})

test.for([
  ['a redirect', { status: 302, headers: { location: '/elsewhere' } }],
  ['gone', { status: 410 }],
] as const)(
  '%s is not an acceptance, and no redirect is followed',
  async ([, answer], { shop, shopper, merchant, receiver }) => {
    receiver.answer(answer)
    const order = await merchant.put()
    await shopper.pay(await shopper.startPayment(order))
    const failures = (): Promise<number> =>
      shop.database.count(
        'merchant_deliveries join merchant_events on id = event_id',
        'order_id = $1 and failure = $2',
        [order.id, `HTTP ${answer.status}`],
      )
    await until(async () => (await failures()) === 1)
    expect(receiver.eventsOf(order.reference)).toHaveLength(1)
    receiver.answer({ status: 204 })
  },
)

test('every secret signs, so that one can replace another', async ({ shop, shopper, merchant }) => {
  const [next, last] = [newSecret(), newSecret()]
  const receiver = await openReceiver([next, last], last)
  try {
    const rotating = await shop.startServer(receiver.settings)
    await shop.server.stop()
    const through = merchant.through(callTo(rotating))
    const order = await through.put()
    const payer = shopper.at(rotating)
    await payer.pay(await payer.startPayment(order))
    await until(() => receiver.eventsOf(order.reference).length > 0)
    expect(receiver.received[0]?.headers['webhook-signature']?.split(' ')).toHaveLength(2)
    expect(receiver.forged).toBe(0)
  } finally {
    await shop.replaceServer(shop.server)
    await receiver.close()
  }
})

test('an event that commits late is on a later page of the feed, and none is missed', async ({
  shop,
  merchant,
}) => {
  const { next } = await merchant.listEvents({ after: 0, limit: 500 })
  const orders = await Promise.all([merchant.put(), merchant.put()])
  const [slow, fast] = orders
  const holder = await shop.database.pool.connect()
  try {
    // The number of the event is drawn, and its transaction waits before it commits.
    await holder.query('begin')
    await holder.query(
      `with changed as (update orders set version = version + 1 where id = $1 returning id, version)
       insert into merchant_events (id, order_id, version, type, data)
       select 'evt_late', id, version, 'order.cancelled', (
         select data from merchant_events limit 1
       ) from changed`,
      [slow?.id],
    )
    await merchant.cancel(fast?.reference ?? '')
    const early = await merchant.listEvents({ after: next })
    expect(early.events.map(({ data }) => data.reference)).toEqual([fast?.reference])
    await holder.query('commit')
    const late = await merchant.listEvents({ after: early.next })
    expect(late.events.map(({ id }) => id)).toEqual(['evt_late'])
  } finally {
    await holder.query('rollback')
    holder.release()
    await shop.database.tamper(`delete from merchant_events where id = 'evt_late'`)
  }
})

test.for([
  'update merchant_events set type = type',
  'delete from merchant_events',
  'truncate merchant_events cascade',
])('no event is changed or removed: %s', async (statement, { shop }) => {
  await expect(shop.database.rows(statement)).rejects.toThrow('merchant_events only grows')
})

test('every change has its event, and every event its change', async ({ shop, operator, queue, adyen }) => {
  await adyen.waitForDeliveries()
  await until(async () => (await queue.waiting('make-refund')) === 0)
  expect(await brokenInvariants(shop)).toEqual([])
  expect(await operator.reconcile()).toMatchObject({ code: 0 })
})

test.for([
  ['an order whose end was not reported', "delete from merchant_events where type = 'order.paid'"],
  ['a refund whose state was not reported', "delete from merchant_events where type = 'refund.updated'"],
  ['a surplus that was not reported', "delete from merchant_events where type = 'payment.surplus'"],
  ['a reversal that was not reported', "delete from merchant_events where type = 'payment.reversed'"],
  [
    'an event without its change',
    `insert into merchant_events (id, order_id, version, type, data)
     select 'evt_' || id, order_id, version + 1000, 'order.cancelled', data from merchant_events where type = 'order.paid'`,
  ],
] as const)('reconcile finds %s', async ([, tampering], { shop, operator }) => {
  const columns = 'number, id, order_id, version, type, at, data, position'
  await shop.database.rows('create table kept as select * from merchant_events')
  try {
    await shop.database.tamper(`delete from merchant_deliveries; ${tampering}`)
    expect(await operator.reconcile()).toMatchObject({ code: 1 })
  } finally {
    await shop.database.tamper(
      `delete from merchant_events;
       insert into merchant_events (${columns}) overriding system value select ${columns} from kept;
       drop table kept`,
    )
  }
  expect(await operator.reconcile()).toMatchObject({ code: 0 })
})
