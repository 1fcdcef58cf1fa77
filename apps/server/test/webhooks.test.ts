import type { StartedPayment } from '@tael/contracts'
import { expect } from 'vitest'
import { waitForLog } from './actors/index.ts'
import { test as base } from './fixtures.ts'
import type { Members } from './mutations.ts'
import { authorisationOf, postWebhook, signed } from './webhook-items.ts'

const accepted = { status: 202, body: '[accepted]' }

const test = base
  /** An attempt that waits for its shopper. */
  .extend(
    'open',
    ({ shopper }) =>
      (): Promise<StartedPayment> =>
        shopper.startBuying(4000),
  )
  /** Delivers a signed AUTHORISATION of an attempt, or what the changes make of it. */
  .extend(
    'deliver',
    ({ shop }) =>
      ({ payment }: StartedPayment, changes: Members = {}) =>
        postWebhook(shop.server, [signed(authorisationOf(payment, changes))]),
  )
  .extend(
    'statusOf',
    ({ shopper }) =>
      async ({ payment }: StartedPayment) =>
        (await shopper.getPayment(payment.id)).status,
  )
  /** Why webhooks about an attempt need attention. */
  .extend('reasonsOf', ({ operator }) => async ({ payment }: StartedPayment) => {
    const items = await operator.listAttention()
    return items.flatMap((item) =>
      item.kind === 'webhook' && item.paymentId === payment.id ? item.reason : [],
    )
  })
  /** The states of the stored items with this pspReference. */
  .extend('statesOf', ({ shop }) => async (pspReference: string) => {
    const items = await shop.database.inboxItems({ pspReference })
    return items.map(({ state }) => state)
  })

test('an authentic webhook is answered [accepted] and pays the order', async ({
  shopper,
  open,
  deliver,
  statusOf,
}) => {
  const attempt = await open()
  expect(await deliver(attempt)).toEqual(accepted)
  expect(await statusOf(attempt)).toBe('authorised')
  expect(await shopper.getOrder(attempt.payment.orderId)).toMatchObject({ status: 'paid' })
})

test('the same delivery many times at the same moment is one item, applied once', async ({
  shop,
  operator,
  open,
  deliver,
}) => {
  const attempt = await open()
  const answers = await Promise.all(Array.from({ length: 8 }, () => deliver(attempt)))
  expect(answers).toEqual(Array.from({ length: 8 }, () => accepted))
  expect(await shop.database.inboxItems({ merchantReference: attempt.payment.id })).toMatchObject([
    { deliveries: 8, state: 'applied' },
  ])
  const { events } = await operator.getPaymentRecord(attempt.payment.id)
  expect(events.filter(({ source }) => source === 'webhook')).toHaveLength(1)
})

test('a success that is followed by an older failure stays a success', async ({
  open,
  deliver,
  statusOf,
}) => {
  const attempt = await open()
  await deliver(attempt)
  await deliver(attempt, { success: 'false', eventDate: '2026-11-23T11:00:00+01:00' })
  expect(await statusOf(attempt)).toBe('authorised')
})

test('an array of items is applied item by item', async ({ shop, open, statusOf }) => {
  const [one, two] = [await open(), await open()]
  const items = [
    signed(authorisationOf(one.payment)),
    signed(authorisationOf(two.payment, { success: 'false', pspReference: 'OTHER' })),
  ]
  expect(await postWebhook(shop.server, items)).toEqual(accepted)
  expect([await statusOf(one), await statusOf(two)]).toEqual(['authorised', 'refused'])
})

test('OFFER_CLOSED ends an attempt that was never paid, and never one that was', async ({
  open,
  deliver,
  statusOf,
}) => {
  const [unpaid, paid] = [await open(), await open()]
  await deliver(paid)
  await deliver(unpaid, { eventCode: 'OFFER_CLOSED' })
  await deliver(paid, { eventCode: 'OFFER_CLOSED' })
  expect([await statusOf(unpaid), await statusOf(paid)]).toEqual(['expired', 'authorised'])
})

test('an offer of another payment under our reference does not end this attempt', async ({
  shop,
  open,
  deliver,
  statusOf,
  reasonsOf,
}) => {
  const attempt = await open()
  await shop.database.rows(`update payments set psp_reference = 'MINE' where id = $1`, [attempt.payment.id])
  expect(await deliver(attempt, { eventCode: 'OFFER_CLOSED', pspReference: 'THEIRS' })).toEqual(accepted)
  expect(await statusOf(attempt)).toBe('awaiting_shopper')
  expect(await reasonsOf(attempt)).toEqual(['OFFER_CLOSED: the closed offer is THEIRS, the payment is MINE'])
})

test('a refund of another payment is foreign, one made of ours in the Customer Area is recorded', async ({
  shop,
  operator,
  shopper,
  open,
  deliver,
  statesOf,
}) => {
  const attempt = await open()
  const refund = { eventCode: 'REFUND', merchantReference: 'shopware-1', originalReference: 'THEIR-PAYMENT' }
  await deliver(attempt, { ...refund, pspReference: 'THEIR-REFUND' })
  await deliver(attempt, { ...refund, eventCode: 'SOMETHING_NEW', pspReference: 'THEIR-NEWS' })
  expect(await statesOf('THEIR-NEWS')).toEqual(['foreign'])
  await deliver(attempt, { pspReference: 'OUR-PAYMENT' })
  await deliver(attempt, { ...refund, originalReference: 'OUR-PAYMENT', pspReference: 'OUR-REFUND' })
  expect([await statesOf('THEIR-REFUND'), await statesOf('OUR-REFUND')]).toEqual([['foreign'], ['applied']])
  const { refunds } = await operator.getPaymentRecord(attempt.payment.id)
  expect(refunds).toMatchObject([
    {
      reason: 'customer_area',
      status: 'refunded',
      pspReference: 'OUR-REFUND',
      amount: attempt.payment.amount,
    },
  ])
  expect(await shopper.getOrder(attempt.payment.orderId)).toMatchObject({ refunds: [{ status: 'refunded' }] })
  // Not one that an operator requested here.
  expect(
    await shop.database.count('refunds', `reason = 'external' and payment_id = $1`, [attempt.payment.id]),
  ).toBe(1)
})

test('the pspReference kept is that of the payment which took the money, whichever came first', async ({
  operator,
  open,
  deliver,
}) => {
  const failed = { success: 'false', pspReference: 'FAILED' }
  const paid = { success: 'true', pspReference: 'PAID' }
  for (const items of [
    [failed, paid],
    [paid, failed],
  ]) {
    const attempt = await open()
    for (const changes of items) await deliver(attempt, changes)
    expect(await operator.getPaymentRecord(attempt.payment.id)).toMatchObject({
      status: 'authorised',
      pspReference: 'PAID',
    })
  }
})

test('money that Adyen took twice under one reference needs attention', async ({
  operator,
  open,
  deliver,
  reasonsOf,
}) => {
  const attempt = await open()
  await deliver(attempt, { pspReference: 'FIRST' })
  expect(await deliver(attempt, { pspReference: 'SECOND' })).toEqual(accepted)
  expect(await reasonsOf(attempt)).toEqual(['AUTHORISATION: SECOND was authorised too, the payment is FIRST'])
  expect(await operator.getPaymentRecord(attempt.payment.id)).toMatchObject({ pspReference: 'FIRST' })
})

test('an amount that is not ours changes nothing, is stored, and needs attention', async ({
  shop,
  operator,
  open,
  deliver,
  statusOf,
}) => {
  const attempt = await open()
  expect(await deliver(attempt, { amount: { currency: 'CNY', value: 1 } })).toEqual(accepted)
  expect(await statusOf(attempt)).toBe('awaiting_shopper')
  const [item] = await shop.database.inboxItems({ merchantReference: attempt.payment.id })
  expect(item).toMatchObject({ state: 'attention' })
  const reason = expect.stringContaining('the amount is ¥0.01')
  expect(await operator.listAttention(String(item?.id))).toMatchObject([{ kind: 'webhook', reason }])
  expect(await waitForLog(shop.server, { webhookId: item?.id })).toMatchObject({
    level: 50,
    msg: 'webhook needs attention',
    reason,
  })
})

test('an item whose payment is locked is accepted without waiting, and applied when the lock is released', async ({
  shop,
  open,
  deliver,
  statusOf,
}) => {
  const attempt = await open()
  const { id } = attempt.payment
  const states = async () =>
    (await shop.database.inboxItems({ merchantReference: id })).map(({ state }) => state)
  await shop.database.whileLocked([id], async () => {
    expect(await deliver(attempt)).toEqual(accepted)
    expect(await states()).toEqual(['attention'])
  })
  await expect.poll(() => statusOf(attempt)).toBe('authorised')
  expect(await states()).toEqual(['applied'])
})

test('webhooks that Adyen has to send again arrive in the end', async ({ adyen, open, statusOf }) => {
  const attempts = await Promise.all([open(), open(), open()])
  for (const { payment } of attempts)
    await adyen.withFault({ name: 'webhook_lost', times: 2 }, () =>
      adyen.deliver({ eventCode: 'AUTHORISATION', about: payment }),
    )
  expect(await Promise.all(attempts.map(statusOf))).toEqual(['authorised', 'authorised', 'authorised'])
})
