import type { Order, Payment } from '@tael/contracts'
import { expect, vi } from 'vitest'
import { test } from './fixtures.ts'
import { command, idle, paid, refund, row, type Shop, simulate, withFault, yuan } from './shop.ts'

/** What Adyen's webhooks say of what somebody did to a payment in the Customer Area. */
async function newsByHand(shop: Shop, { id, amount }: Payment) {
  const { psp } = await row(shop, 'select psp_reference as psp from payments where id = $1', [id])
  const byHand = { merchantReference: 'made-by-hand', originalReference: psp, success: 'true' }
  return {
    reversal: {
      ...byHand,
      eventCode: 'CANCEL_OR_REFUND',
      amount,
      additionalData: { 'modification.action': 'refund' },
    },
    refundOf: (value: number) => ({ ...byHand, eventCode: 'REFUND', amount: yuan(value) }),
  }
}

/** What was given back of an order, and how that stands: `1250 refunded`. */
const givenBack = ({ refunds }: Order): string[] =>
  refunds.map(({ amount, status }) => `${amount.value} ${status}`).toSorted()

test('a reversal made in the Customer Area gives back what is left', async ({
  shop,
  key,
  token,
  lookAtOrder,
}) => {
  const { payment } = await paid(shop, token, 5200)
  await refund(shop, key, payment.id, yuan(1200))
  const { reversal } = await newsByHand(shop, payment)
  // Whether the refund is decided when it comes or not.
  await simulate(shop, 'POST', '/webhooks', reversal)
  const both = async (): Promise<void> => {
    await idle(shop)
    expect(givenBack(await lookAtOrder(payment.orderId))).toEqual(['1200 refunded', '4000 refunded'])
  }
  await vi.waitFor(both, { timeout: 30_000, interval: 200 })
})

test.for(['before', 'after'])(
  'a refund by hand that is heard of %s the reversal of the rest is part of the same money',
  async (when, { shop, token, lookAtOrder }) => {
    const { payment } = await paid(shop, token, 5250)
    const { reversal, refundOf } = await newsByHand(shop, payment)
    const part = refundOf(1250)
    for (const news of when === 'before' ? [part, reversal] : [reversal, part]) {
      await simulate(shop, 'POST', '/webhooks', news)
      await idle(shop)
    }
    expect(givenBack(await lookAtOrder(payment.orderId))).toEqual(['1250 refunded', '4000 refunded'])
  },
)

/** What Adyen says of one of three things that somebody did by hand to a payment of 5250, at a minute. */
type News = readonly [
  what: 'part' | 'reversal' | 'second reversal',
  eventCode: string,
  minute: number,
  success?: 'false',
]

test.for<{ name: string; news: readonly News[]; back: readonly string[] }>([
  {
    name: 'a refund that failed before it left it all',
    news: [
      ['part', 'REFUND', 10],
      ['part', 'REFUND_FAILED', 15],
      ['reversal', 'CANCEL_OR_REFUND', 20],
    ],
    back: ['1250 failed', '5250 refunded'],
  },
  {
    name: 'a refund that failed after it had left it the rest',
    news: [
      ['part', 'REFUND', 10],
      ['reversal', 'CANCEL_OR_REFUND', 20],
      ['part', 'REFUND_FAILED', 30],
    ],
    back: ['1250 failed', '4000 refunded'],
  },
  {
    name: 'a refund that was refused after it had left it all',
    news: [
      ['reversal', 'CANCEL_OR_REFUND', 20],
      ['part', 'REFUND', 30, 'false'],
    ],
    back: ['1250 failed', '5250 refunded'],
  },
  {
    name: 'it failed itself after a refund beside it had',
    news: [
      ['part', 'REFUND', 10],
      ['reversal', 'CANCEL_OR_REFUND', 20],
      ['part', 'REFUND_FAILED', 30],
      ['reversal', 'REFUNDED_REVERSED', 40],
    ],
    back: ['1250 failed', '4000 failed'],
  },
  {
    name: 'it failed and the one that found nothing did not',
    news: [
      ['reversal', 'CANCEL_OR_REFUND', 20],
      ['second reversal', 'CANCEL_OR_REFUND', 30],
      ['reversal', 'REFUNDED_REVERSED', 40],
    ],
    back: ['5250 failed'],
  },
  {
    name: 'a refund that was made once it had failed',
    news: [
      ['reversal', 'CANCEL_OR_REFUND', 20],
      ['reversal', 'REFUNDED_REVERSED', 30],
      ['part', 'REFUND', 40],
    ],
    back: ['1250 refunded', '5250 failed'],
  },
])(
  'what a reversal gave back, in whatever order it is heard: $name',
  async ({ news, back }, { shop, token, lookAtOrder }) => {
    for (const order of [news, news.toReversed()]) {
      const { payment } = await paid(shop, token, 5250)
      const { reversal, refundOf } = await newsByHand(shop, payment)
      const made = { part: refundOf(1250), reversal, 'second reversal': reversal }
      for (const [what, eventCode, minute, success = 'true'] of order) {
        await simulate(shop, 'POST', '/webhooks', {
          ...made[what],
          pspReference: `${what}-${payment.id}`,
          eventCode,
          success,
          eventDate: `2030-01-01T00:${minute}:00+00:00`,
        })
      }
      await idle(shop)
      expect(givenBack(await lookAtOrder(payment.orderId))).toEqual(back)
    }
    expect(await command(shop, 'reconcile')).toMatchObject({ code: 0 })
  },
)

test('a refund of ours that Adyen refuses after a reversal had left the reversal everything', async ({
  shop,
  key,
  token,
  lookAtOrder,
}) => {
  const { payment } = await paid(shop, token, 5200)
  const { psp } = await row(shop, 'select psp_reference as psp from payments where id = $1', [payment.id])
  const { reversal } = await newsByHand(shop, payment)
  const { id } = await withFault(
    shop,
    'lost_request',
    async () => {
      const asked = await refund(shop, key, payment.id, yuan(1200))
      // Nobody asks Adyen for it again.
      await shop.db.query(`update adyen_calls set answered_at = now() where variant = $1`, [asked.id])
      return asked
    },
    'refunds',
  )
  await simulate(shop, 'POST', '/webhooks', reversal)
  const refunds = async (): Promise<string[]> => {
    await idle(shop)
    return givenBack(await lookAtOrder(payment.orderId))
  }
  expect(await refunds()).toEqual(['1200 requested', '4000 refunded'])
  await simulate(shop, 'POST', '/webhooks', {
    eventCode: 'REFUND',
    success: 'false',
    reason: 'Insufficient balance on payment',
    merchantReference: id,
    originalReference: psp,
    amount: yuan(1200),
  })
  await vi.waitFor(async () => expect(await refunds()).toEqual(['1200 failed', '5200 refunded']), {
    timeout: 30_000,
    interval: 200,
  })
  const detail = await row(
    shop,
    `select detail -> 'reversals' as reversals from payment_events where payment_id = $1 order by id desc limit 1`,
    [payment.id],
  )
  expect(detail).toEqual({ reversals: [{ refundId: expect.stringMatching(/^rf_/), value: 5200 }] })
})

test('a reversal that found nothing left gives nothing back, and shows to nobody', async ({
  shop,
  token,
  lookAtOrder,
}) => {
  const { payment } = await paid(shop, token, 5250)
  const { reversal, refundOf } = await newsByHand(shop, payment)
  for (const news of [reversal, refundOf(5250)]) {
    await simulate(shop, 'POST', '/webhooks', news)
    await idle(shop)
  }
  expect(givenBack(await lookAtOrder(payment.orderId))).toEqual(['5250 refunded'])
  expect(await command(shop, 'reconcile')).toMatchObject({ code: 0 })
})

test('a refund sent by hand after ours was refused is written down', async ({
  shop,
  key,
  token,
  lookAtOrder,
}) => {
  const { payment } = await paid(shop, token, 5550)
  const { id } = await withFault(
    shop,
    'lost_request',
    () => refund(shop, key, payment.id, yuan(5550)),
    'refunds',
  )
  // As Adyen's refusal of it leaves it: without a reference of Adyen's. Whoever changes a refund locks its payment first.
  await shop.db.query(`update adyen_calls set answered_at = now() where variant = $1`, [id])
  await shop.db.query(
    `update refunds set status = 'failed' from (select from payments where id = $2 for update) as payment
     where refunds.id = $1`,
    [id, payment.id],
  )
  const { refundOf } = await newsByHand(shop, payment)
  await simulate(shop, 'POST', '/webhooks', refundOf(5550))
  await idle(shop)
  const { refunds } = await lookAtOrder(payment.orderId)
  expect(refunds.map(({ status }) => status)).toEqual(['failed', 'refunded'])
})
