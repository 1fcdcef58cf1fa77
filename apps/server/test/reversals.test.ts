import type { Amount, Order } from '@tael/contracts'
import { expect } from 'vitest'
import { fen, HOUR, type WebhookItem } from './actors/index.ts'
import { test as base } from './fixtures.ts'
import { until } from './until.ts'

const test = base
  /** What Adyen's webhooks report of a refund or reversal made in the Customer Area. */
  .extend('madeByHand', ({ operator }) => async ({ id, amount }: { id: string; amount: Amount }) => {
    const { pspReference } = await operator.getPaymentRecord(id)
    const byHand = { merchantReference: 'made-by-hand', originalReference: pspReference }
    return {
      reversal: {
        ...byHand,
        eventCode: 'CANCEL_OR_REFUND',
        amount,
        additionalData: { 'modification.action': 'refund' },
      },
      refundOf: (value: number) => ({ ...byHand, eventCode: 'REFUND', amount: fen(value) }),
    }
  })
  /**
   * The refunds of an order, each as its amount and status, once Adyen has delivered its webhooks:
   * `1250 refunded`.
   */
  .extend(
    'refundsOf',
    ({ shopper, adyen }) =>
      async ({ orderId }: { orderId: string }): Promise<string[]> => {
        await adyen.waitForDeliveries()
        return refundsIn(await shopper.getOrder(orderId))
      },
  )
  /** Our refund of 1250, requested an hour ago and made since, and the times so many minutes after its request. */
  .extend('ours', ({ shopper, operator, clock, refundsOf }) => async () => {
    const payment = await shopper.buy(5250)
    const { id } = await operator.refund(payment, 1250)
    await until(async () => (await refundsOf(payment)).includes('1250 refunded'))
    await clock.passTime(HOUR)
    const { refunds } = await operator.getPaymentRecord(payment.id)
    const requested = Date.parse(refunds[0]?.createdAt ?? '')
    const after = (minutes: number): string => new Date(requested + minutes * 60_000).toISOString()
    return { payment, about: { id, amount: fen(1250) }, after }
  })

const refundsIn = ({ refunds }: Order): string[] =>
  refunds.map(({ amount, status }) => `${amount.value} ${status}`).toSorted()

test('a reversal made in the Customer Area refunds what is left', async ({
  shopper,
  operator,
  adyen,
  madeByHand,
  refundsOf,
}) => {
  const payment = await shopper.buy(5200)
  await operator.refund(payment, 1200)
  const { reversal } = await madeByHand(payment)
  // Whether our own refund is decided by then or not.
  await adyen.deliver(reversal)
  await expect.poll(() => refundsOf(payment)).toEqual(['1200 refunded', '4000 refunded'])
})

test.for(['before', 'after'])(
  'a refund by hand that is reported %s the reversal of the rest is part of the same money',
  async (when, { shopper, adyen, madeByHand, refundsOf }) => {
    const payment = await shopper.buy(5250)
    const { reversal, refundOf } = await madeByHand(payment)
    const part = refundOf(1250)
    for (const item of when === 'before' ? [part, reversal] : [reversal, part]) await adyen.deliver(item)
    expect(await refundsOf(payment)).toEqual(['1250 refunded', '4000 refunded'])
  },
)

const atMinute = (minute: number): string => `2026-01-01T00:${String(minute).padStart(2, '0')}:00+00:00`

/**
 * What Adyen reports, at a minute, of one of three things that were done by hand to a payment of
 * 5250.
 */
type Report = readonly [
  what: 'part' | 'reversal' | 'second reversal',
  eventCode: string,
  minute: number,
  success?: 'true' | 'false',
]

test.for<{ name: string; reports: readonly Report[]; refunds: readonly string[] }>([
  {
    name: 'a refund that failed before it left it everything',
    reports: [
      ['part', 'REFUND', 10],
      ['part', 'REFUND_FAILED', 15],
      ['reversal', 'CANCEL_OR_REFUND', 20],
    ],
    refunds: ['1250 failed', '5250 refunded'],
  },
  {
    name: 'a refund that failed after it had left it the rest',
    reports: [
      ['part', 'REFUND', 10],
      ['reversal', 'CANCEL_OR_REFUND', 20],
      ['part', 'REFUND_FAILED', 30],
    ],
    refunds: ['1250 failed', '4000 refunded'],
  },
  {
    name: 'a refund that Adyen rejected after it had left it everything',
    reports: [
      ['reversal', 'CANCEL_OR_REFUND', 20],
      ['part', 'REFUND', 30, 'false'],
    ],
    refunds: ['1250 failed', '5250 refunded'],
  },
  {
    name: 'the reversal failed after a refund beside it had failed',
    reports: [
      ['part', 'REFUND', 10],
      ['reversal', 'CANCEL_OR_REFUND', 20],
      ['part', 'REFUND_FAILED', 30],
      ['reversal', 'REFUNDED_REVERSED', 40],
    ],
    refunds: ['1250 failed', '4000 failed'],
  },
  {
    name: 'the reversal failed, and the one that found nothing left did not',
    reports: [
      ['reversal', 'CANCEL_OR_REFUND', 20],
      ['second reversal', 'CANCEL_OR_REFUND', 30],
      ['reversal', 'REFUNDED_REVERSED', 40],
    ],
    refunds: ['5250 failed'],
  },
  {
    name: 'a refund was made once the reversal had failed',
    reports: [
      ['reversal', 'CANCEL_OR_REFUND', 20],
      ['reversal', 'REFUNDED_REVERSED', 30],
      ['part', 'REFUND', 40],
    ],
    refunds: ['1250 refunded', '5250 failed'],
  },
  {
    name: 'a refund that failed at its very time left it everything',
    reports: [
      ['part', 'REFUND', 10],
      ['reversal', 'CANCEL_OR_REFUND', 20],
      ['part', 'REFUND_FAILED', 20],
    ],
    refunds: ['1250 failed', '5250 refunded'],
  },
  {
    name: 'the reversal failed, and a refund was made at its very time',
    reports: [
      ['part', 'REFUND', 20],
      ['reversal', 'CANCEL_OR_REFUND', 20],
      ['reversal', 'REFUNDED_REVERSED', 30],
    ],
    refunds: ['1250 refunded', '4000 failed'],
  },
  {
    name: "of two reversals at one time the first by Adyen's reference took everything, and failed",
    reports: [
      ['reversal', 'CANCEL_OR_REFUND', 20],
      ['second reversal', 'CANCEL_OR_REFUND', 20],
      ['reversal', 'REFUNDED_REVERSED', 30],
    ],
    refunds: ['5250 failed'],
  },
])(
  'what a reversal refunded is the same in whatever order Adyen reports it: $name',
  async ({ reports, refunds }, { shopper, operator, adyen, madeByHand, refundsOf }) => {
    for (const order of [reports, reports.toReversed()]) {
      const payment = await shopper.buy(5250)
      const { reversal, refundOf } = await madeByHand(payment)
      const made = { part: refundOf(1250), reversal, 'second reversal': reversal }
      const items = order.map(([what, eventCode, minute, success = 'true']): WebhookItem => ({
        ...made[what],
        pspReference: `${what}-${payment.id}`,
        eventCode,
        success,
        eventDate: atMinute(minute),
      }))
      await adyen.deliver(...items)
      expect(await refundsOf(payment)).toEqual(refunds)
    }
    expect(await operator.reconcile()).toMatchObject({ code: 0 })
  },
)

test.for([
  { when: 'before', minutes: 15, left: 4000 },
  { when: 'at the very time of', minutes: 0, left: 4000 },
  { when: 'after', minutes: -15, left: 5250 },
])(
  'a reversal is worth $left where our refund was requested $when it, and failed after it was made',
  async ({ minutes, left }, { adyen, madeByHand, refundsOf, ours }) => {
    const { payment, about, after } = await ours()
    const { reversal } = await madeByHand(payment)
    const { originalReference } = reversal
    await adyen.deliver({ ...reversal, eventDate: after(minutes) })
    expect(await refundsOf(payment)).toEqual(['1250 refunded', '4000 refunded'])
    await adyen.deliver({ eventCode: 'REFUND_FAILED', about, originalReference, eventDate: after(30) })
    expect(await refundsOf(payment)).toEqual(['1250 failed', `${left} refunded`])
  },
)

test('a reversal that failed was worth what our refund, requested before it and made after it, had left', async ({
  adyen,
  madeByHand,
  refundsOf,
  ours,
}) => {
  const { payment, after } = await ours()
  const { reversal } = await madeByHand(payment)
  const made = { ...reversal, pspReference: `reversal-${payment.id}` }
  await adyen.deliver(
    { ...made, eventDate: after(15) },
    { ...made, eventCode: 'REFUNDED_REVERSED', eventDate: after(30) },
  )
  expect(await refundsOf(payment)).toEqual(['1250 refunded', '4000 failed'])
})

test('a reversal that Adyen reports again, under another reference of ours, counts from the later date', async ({
  shopper,
  adyen,
  madeByHand,
  refundsOf,
}) => {
  for (const minutes of [
    [5, 25],
    [25, 5],
  ]) {
    const payment = await shopper.buy(5250)
    const { reversal, refundOf } = await madeByHand(payment)
    const part = { ...refundOf(1250), pspReference: `part-${payment.id}` }
    const reported = { ...reversal, pspReference: `reversal-${payment.id}` }
    await adyen.deliver(
      { ...part, eventDate: atMinute(3) },
      { ...part, eventCode: 'REFUND_FAILED', eventDate: atMinute(15) },
      ...minutes.map((minute) => ({
        ...reported,
        merchantReference: `by-hand-${minute}`,
        eventDate: atMinute(minute),
      })),
    )
    expect(await refundsOf(payment)).toEqual(['1250 failed', '5250 refunded'])
  }
})

test('our refund that Adyen rejects after a reversal left everything to the reversal', async ({
  shopper,
  operator,
  adyen,
  madeByHand,
  refundsOf,
}) => {
  const payment = await shopper.buy(5200)
  const { reversal } = await madeByHand(payment)
  const { originalReference } = reversal
  await adyen.withFault({ name: 'lost_request', call: 'refunds' }, async () => {
    const { id } = await operator.refund(payment, 1200)
    await adyen.deliver(reversal)
    expect(await refundsOf(payment)).toEqual(['1200 requested', '4000 refunded'])
    await adyen.deliver({
      eventCode: 'REFUND',
      success: 'false',
      reason: 'Insufficient balance on payment',
      about: { id, amount: fen(1200) },
      originalReference,
    })
    await expect.poll(() => refundsOf(payment)).toEqual(['1200 failed', '5200 refunded'])
  })
  const { events } = await operator.getPaymentRecord(payment.id)
  const changes = events.flatMap(({ detail }) => detail['reversals'] ?? [])
  expect(changes).toEqual([{ refundId: expect.stringMatching(/^rf_/), value: 5200 }])
})

test('a reversal that found nothing left refunds nothing, and is not shown', async ({
  shopper,
  operator,
  adyen,
  madeByHand,
  refundsOf,
}) => {
  const payment = await shopper.buy(5250)
  const { reversal, refundOf } = await madeByHand(payment)
  for (const item of [reversal, refundOf(5250)]) await adyen.deliver(item)
  expect(await refundsOf(payment)).toEqual(['5250 refunded'])
  expect(await operator.reconcile()).toMatchObject({ code: 0 })
})

test('a refund made by hand after Adyen rejected ours is recorded', async ({
  shopper,
  operator,
  adyen,
  madeByHand,
  refundsOf,
}) => {
  const { payment } = await shopper.startBuying(5550)
  // A payment that the simulator does not know by this name: it rejects our refund of it.
  await adyen.deliver({ eventCode: 'AUTHORISATION', about: payment, pspReference: `ELSEWHERE-${payment.id}` })
  await operator.refund(payment)
  await expect.poll(() => refundsOf(payment)).toEqual(['5550 failed'])
  const { refundOf } = await madeByHand(payment)
  await adyen.deliver(refundOf(5550))
  expect(await refundsOf(payment)).toEqual(['5550 failed', '5550 refunded'])
})
