import type { Payment } from '@tael/contracts'
import { expect } from 'vitest'
import { DAY, HOUR, refusalOf } from './actors/index.ts'
import { test as base } from './fixtures.ts'
import { refundInVain } from './refund-in-vain.ts'

const NOTE = 'It is not in the Customer Area.'

const code = async (call: Promise<unknown>): Promise<string> => (await refusalOf(call)).code

const test = base
  .extend(
    'refundInVain',
    ({ shop, operator }) =>
      (payment: Payment): Promise<string> =>
        refundInVain(shop, operator, payment),
  )
  .extend('refundsOf', ({ operator, adyen }) => async ({ id }: { readonly id: string }) => {
    await adyen.waitForDeliveries()
    return (await operator.getPaymentRecord(id)).refunds
  })

test('a refund that Adyen answers with a permanent error is not retried, and an operator sends it under a new key', async ({
  shop,
  shopper,
  operator,
  adyen,
  clock,
  queue,
  refundInVain,
  refundsOf,
}) => {
  const payment = await shopper.buy(8000)
  const id = await refundInVain(payment)
  expect(await operator.listAttention(id)).toMatchObject([
    {
      kind: 'refund_unsent',
      paymentId: payment.id,
      reason:
        'Adyen answered the refund of ¥80.00 with an error: look it up, and send it again if it was not made',
    },
  ])
  // The money is not refunded twice meanwhile, and the key is not tried again.
  expect(await refusalOf(operator.refund(payment, 1))).toMatchObject({ code: 'refund_exceeds_payment' })
  const before = await adyen.calls('refunds', id)
  await clock.passTime(HOUR)
  await queue.enqueue('retry-abandoned-calls', {})
  await queue.waitUntilEmpty('retry-abandoned-calls')
  await queue.waitUntilEmpty('make-refund', { paymentId: payment.id })
  expect(await adyen.calls('refunds', id)).toEqual(before)

  const key = crypto.randomUUID()
  for (let times = 0; times < 2; times += 1)
    expect(await operator.resendRefund(id, NOTE, key)).toMatchObject({ id })
  await expect.poll(() => refundsOf(payment)).toMatchObject([{ id, status: 'refunded' }])
  expect(await adyen.payment(payment.id)).toMatchObject({ refunded: 8000 })
  expect(await operator.listAttention(id)).toEqual([])
  const keys = (await adyen.calls('refunds', id)).map(({ idempotencyKey }) => idempotencyKey)
  expect(new Set(keys).size).toBe(2)
  expect(await shop.database.operatorActions(id)).toEqual([
    {
      operator: 'Olga',
      action: 'refund.resend',
      detail: { note: NOTE, paymentId: payment.id, before: { idempotencyKey: keys[0] } },
      requestId: expect.any(String),
    },
  ])
})

test('a refund is sent again only where Adyen ended its call without an outcome', async ({
  shop,
  shopper,
  operator,
  adyen,
  refundsOf,
  refundInVain,
}) => {
  const payment = await shopper.buy(8000)
  expect(await code(operator.resendRefund('rf_unknown', NOTE))).toBe('refund_not_found')
  await adyen.withFault({ name: 'lost_request', call: 'refunds' }, async () => {
    const { id } = await operator.refund(payment)
    expect(await code(operator.resendRefund(id, NOTE))).toBe('refund_not_resendable')
  })
  await expect.poll(() => refundsOf(payment)).toMatchObject([{ status: 'refunded' }])
  const [made] = await refundsOf(payment)
  expect(await code(operator.resendRefund(made?.id ?? '', NOTE))).toBe('refund_not_resendable')

  const another = await shopper.buy(8000)
  const id = await refundInVain(another)
  const reader = shop.operator('payments:read')
  expect(await code(reader.resendRefund(id, NOTE))).toBe('scope_missing')
  await adyen.deliver({ eventCode: 'CHARGEBACK', about: another })
  expect(await code(operator.resendRefund(id, NOTE))).toBe('payment_not_refundable')
  expect(await refundsOf(another)).toMatchObject([{ id, status: 'requested' }])
})

test('a refund that was sent again is retried as long as its new key guards it', async ({
  shopper,
  operator,
  adyen,
  clock,
  queue,
  refundsOf,
  refundInVain,
}) => {
  const payment = await shopper.buy(8000)
  const id = await refundInVain(payment)
  await clock.passTime(5 * DAY)
  await adyen.withFault({ name: 'lost_request', call: 'refunds' }, async () => {
    await operator.resendRefund(id, NOTE)
    await clock.passTime(2 * DAY)
    await queue.enqueue('retry-abandoned-calls', {})
    await queue.waitUntilEmpty('retry-abandoned-calls')
    expect(await refundsOf(payment)).toMatchObject([{ id, status: 'requested' }])
  })
  await queue.startEarly('make-refund', { paymentId: payment.id })
  await expect.poll(() => refundsOf(payment)).toMatchObject([{ id, status: 'refunded' }])
})
