import type { Payment } from '@tael/contracts'
import { expect } from 'vitest'
import { waitForLog } from './actors/index.ts'
import { test as base } from './fixtures.ts'

const test = base
  /** Why webhooks about a payment need attention. */
  .extend('contradictions', ({ operator }) => async ({ id }: Payment): Promise<readonly string[]> => {
    const items = await operator.listAttention()
    return items.flatMap((item) => (item.kind === 'webhook' && item.paymentId === id ? item.reason : []))
  })
  /** How a payment's refunds stand, oldest first. */
  .extend('refundsOf', ({ operator }) => async ({ id }: Payment): Promise<readonly string[]> => {
    const { refunds } = await operator.getPaymentRecord(id)
    return refunds.map(({ amount, status }) => `${amount.value} ${status}`)
  })
  /** The references by which Adyen names something done to a payment in the Customer Area. */
  .extend('byHand', ({ operator }) => async ({ id }: Payment) => {
    const { pspReference } = await operator.getPaymentRecord(id)
    return { merchantReference: 'made-by-hand', originalReference: pspReference ?? '' }
  })

test('an AUTHORISATION in another currency pays nothing, and needs attention', async ({
  shopper,
  adyen,
  contradictions,
}) => {
  const { payment } = await shopper.startBuying(4000)
  const about = { ...payment, amount: { currency: 'USD', value: 4000 } } as const
  await adyen.deliver({ eventCode: 'AUTHORISATION', about })
  expect(await shopper.getPayment(payment.id)).toMatchObject({ status: 'awaiting_shopper' })
  expect(await shopper.getOrder(payment.orderId)).toMatchObject({ status: 'open' })
  expect(await contradictions(payment)).toEqual([
    "AUTHORISATION: the amount is US$40.00, the payment's is ¥40.00",
  ])
})

test('an OFFER_CLOSED in another currency closes nothing', async ({ shopper, adyen, contradictions }) => {
  const { payment } = await shopper.startBuying(4000)
  const about = { ...payment, amount: { currency: 'USD', value: 4000 } } as const
  await adyen.deliver({ eventCode: 'OFFER_CLOSED', about })
  expect(await shopper.getPayment(payment.id)).toMatchObject({ status: 'awaiting_shopper' })
  expect(await contradictions(payment)).toHaveLength(1)
})

test('a REFUND of ours in another currency changes nothing, and needs attention', async ({
  shopper,
  operator,
  adyen,
  refundsOf,
}) => {
  const payment = await shopper.buy(4100)
  const { id } = await adyen.withFault({ name: 'lost_request', call: 'refunds' }, async () => {
    const refund = await operator.refund(payment, 4000)
    const about = { id: refund.id, amount: { currency: 'USD', value: 4000 } } as const
    await adyen.deliver({ eventCode: 'REFUND', about })
    expect(await refundsOf(payment)).toEqual(['4000 requested'])
    return refund
  })
  const items = await operator.listAttention()
  expect(items.map(({ reason }) => reason)).toContainEqual(
    expect.stringMatching(/^REFUND: US\$40\.00 .*¥41\.00/),
  )
  await expect.poll(async () => (await adyen.calls('refunds', id)).length).toBeGreaterThan(0)
})

test.for<{ name: string; amount: { currency: 'CNY' | 'USD'; value: number }; text: string }>([
  { name: 'in another currency', amount: { currency: 'USD', value: 4200 }, text: 'US$42.00' },
  { name: 'of more than was paid', amount: { currency: 'CNY', value: 4201 }, text: '¥42.01' },
  { name: 'of nothing', amount: { currency: 'CNY', value: 0 }, text: '¥0.00' },
])(
  'a refund by hand $name is not recorded, and needs attention',
  async ({ amount, text }, { shopper, operator, adyen, refundsOf, byHand }) => {
    const payment = await shopper.buy(4200)
    await adyen.deliver({ ...(await byHand(payment)), eventCode: 'REFUND', amount })
    expect(await refundsOf(payment)).toEqual([])
    const reasons = (await operator.listAttention()).map(({ reason }) => reason)
    expect(reasons).toContain(`REFUND: ${text} cannot be refunded of a payment of ¥42.00`)
  },
)

test('a refund by hand of all that was paid, or of one fen, is recorded', async ({
  shopper,
  adyen,
  refundsOf,
  byHand,
}) => {
  for (const value of [4200, 1]) {
    const payment = await shopper.buy(4200)
    const amount = { currency: 'CNY', value } as const
    await adyen.deliver({ ...(await byHand(payment)), eventCode: 'REFUND', amount })
    expect(await refundsOf(payment)).toEqual([`${value} refunded`])
  }
})

test('EXPIRE closes an attempt, and the order can be paid with another', async ({ shopper, adyen }) => {
  const order = await shopper.order(4300)
  const { payment } = await shopper.startPayment(order)
  await adyen.deliver({ eventCode: 'EXPIRE', about: payment })
  expect(await shopper.getPayment(payment.id)).toMatchObject({
    status: 'expired',
    outcome: { nextAction: 'pay_again', final: true },
  })
  await shopper.pay(await shopper.startPayment(order))
  expect(await shopper.getOrder(order.id)).toMatchObject({ status: 'paid' })
})

test.for([
  { eventCode: 'CANCELLATION', success: 'true', end: 'expired' },
  { eventCode: 'CANCELLATION', success: 'false', end: 'awaiting_shopper' },
  { eventCode: 'TECHNICAL_CANCEL', success: 'true', end: 'expired' },
  { eventCode: 'TECHNICAL_CANCEL', success: 'false', end: 'awaiting_shopper' },
  { eventCode: 'CANCEL_OR_REFUND', success: 'true', end: 'expired' },
  { eventCode: 'CANCEL_OR_REFUND', success: 'false', end: 'awaiting_shopper' },
  { eventCode: 'AUTHORISATION', success: 'false', end: 'refused' },
  { eventCode: 'CAPTURE', success: 'false', end: 'awaiting_shopper' },
] as const)(
  '$eventCode with success=$success leaves an unpaid attempt $end',
  async ({ eventCode, success, end }, { shopper, adyen, refundsOf }) => {
    const { payment } = await shopper.startBuying(4400)
    await adyen.deliver({ eventCode, success, about: payment })
    expect(await shopper.getPayment(payment.id)).toMatchObject({ status: end })
    expect(await refundsOf(payment)).toEqual([])
  },
)

test('a CANCEL_OR_REFUND that failed gives nothing back', async ({ shopper, operator, adyen, byHand }) => {
  const payment = await shopper.buy(4500)
  await adyen.deliver({
    ...(await byHand(payment)),
    eventCode: 'CANCEL_OR_REFUND',
    success: 'false',
    amount: payment.amount,
    additionalData: { 'modification.action': 'refund' },
  })
  expect(await operator.getPaymentRecord(payment.id)).toMatchObject({
    status: 'authorised',
    refundable: payment.amount,
    refunds: [{ status: 'failed' }],
    reversals: [],
  })
  expect(await operator.refund(payment)).toMatchObject({ status: 'requested', amount: payment.amount })
})

test('whatever takes money of a paid payment back is listed for operators, each once, and logged', async ({
  shop,
  shopper,
  operator,
  adyen,
}) => {
  const payment = await shopper.buy(4600)
  const reversing = [
    'CAPTURE_FAILED',
    'CHARGEBACK',
    'CHARGEBACK_REVERSED',
    'NOTIFICATION_OF_CHARGEBACK',
    'SECOND_CHARGEBACK',
  ]
  for (const eventCode of [...reversing.toReversed(), 'CHARGEBACK']) {
    await adyen.deliver({ eventCode, about: payment })
  }
  await adyen.deliver({ eventCode: 'CAPTURE', about: payment })
  expect((await operator.getPaymentRecord(payment.id)).reversals).toEqual(reversing)
  await adyen.deliver({ eventCode: 'CAPTURE', success: 'false', about: payment })
  expect((await operator.getPaymentRecord(payment.id)).reversals).toEqual(['CAPTURE', ...reversing])
  expect(await operator.listAttention(payment.id)).toMatchObject([{ kind: 'payment_reversed' }])
  await waitForLog(shop.server, {
    msg: 'money of a payment was taken back',
    paymentId: payment.id,
    reason: 'SECOND_CHARGEBACK of ¥46.00: ',
  })
})

test('a REFUND that names only the payment waits while the answer to a refund of ours is out', async ({
  shopper,
  operator,
  adyen,
  queue,
  refundsOf,
  contradictions,
  byHand,
}) => {
  const payment = await shopper.buy(4700)
  const { originalReference } = await byHand(payment)
  const named = { merchantReference: payment.id, originalReference, eventCode: 'REFUND' }
  const lost = { name: 'lost_request', call: 'refunds' }
  const { id } = await adyen.withFault(lost, async () => {
    const refund = await operator.refund(payment, 700)
    // Ours has another amount: this one was made by hand, whatever becomes of ours.
    await adyen.deliver({ ...named, pspReference: 'BY-HAND-1', amount: { currency: 'CNY', value: 600 } })
    expect(await refundsOf(payment)).toEqual(['700 requested', '600 refunded'])
    await adyen.deliver({ ...named, pspReference: 'BY-HAND-2', amount: { currency: 'CNY', value: 700 } })
    expect(await refundsOf(payment)).toEqual(['700 requested', '600 refunded'])
    expect(await contradictions(payment)).toEqual([expect.stringContaining('it may be about a refund')])
    return refund
  })
  await queue.startEarly('make-refund', { variant: id })
  await expect.poll(() => refundsOf(payment)).toContain('700 refunded')
  await queue.startEarly('retry-webhook', {})
  await expect.poll(() => refundsOf(payment)).toEqual(['700 refunded', '600 refunded', '700 refunded'])
  expect(await contradictions(payment)).toEqual([])
})

test("a refund is found by Adyen's reference of it too, and by nothing else", async ({
  shopper,
  operator,
  adyen,
  refundsOf,
}) => {
  const payment = await shopper.buy(4750)
  const { id } = await operator.refund(payment, 750)
  const pspReference = async () => (await operator.getPaymentRecord(payment.id)).refunds[0]?.pspReference
  await expect.poll(pspReference).toMatch(/./)
  await adyen.waitForDeliveries()
  const amount = { currency: 'CNY', value: 750 } as const
  const failed = { eventCode: 'REFUND_FAILED', amount }
  await adyen.deliver({ ...failed, merchantReference: 'another', pspReference: 'ANOTHER' })
  expect(await refundsOf(payment)).toEqual(['750 refunded'])
  await adyen.deliver({ ...failed, merchantReference: '', pspReference: (await pspReference()) ?? '' })
  expect(await refundsOf(payment)).toEqual(['750 failed'])
  expect(await operator.listAttention(id)).toMatchObject([{ kind: 'refund_failed' }])
})

test('a refund that fails by webhook is logged and listed, whatever Adyen calls the failure', async ({
  shop,
  shopper,
  operator,
  adyen,
}) => {
  const failures = [
    { eventCode: 'REFUND', success: 'false' },
    { eventCode: 'REFUND_FAILED', success: 'true' },
    { eventCode: 'REFUNDED_REVERSED', success: 'true' },
  ] as const
  // Adyen does not receive the refunds, so it reports none by itself.
  await adyen.withFault({ name: 'lost_request', call: 'refunds' }, async () => {
    for (const failure of failures) {
      const payment = await shopper.buy(4800)
      const { id } = await operator.refund(payment)
      await adyen.deliver({ ...failure, about: { id, amount: payment.amount }, reason: 'no balance' })
      expect(await operator.listAttention(id)).toMatchObject([{ kind: 'refund_failed' }])
      const reason = `${failure.eventCode} of ¥48.00: no balance`
      await waitForLog(shop.server, { msg: 'a refund failed', paymentId: payment.id, refundId: id, reason })
    }
  })
})
