import { expect } from 'vitest'
import { waitForLog } from './actors/index.ts'
import { test } from './fixtures.ts'
import { until } from './until.ts'

test('a refund that fails by webhook is logged and listed, once, with a readable amount', async ({
  shop,
  shopper,
  operator,
  adyen,
}) => {
  const payment = await shopper.buy(8150)
  const refund = await operator.refund(payment, 5450)
  const made = async () => (await operator.getPaymentRecord(payment.id)).refunds[0]
  await expect.poll(made).toMatchObject({ status: 'refunded' })
  const pspReference = (await made())?.pspReference ?? ''
  const about = { id: payment.id, amount: refund.amount }
  await adyen.deliver({ eventCode: 'REFUND_FAILED', about, pspReference, reason: 'account closed' })
  const reason = 'REFUND_FAILED of ¥54.50: account closed'
  const line = { msg: 'a refund failed', level: 50, paymentId: payment.id, refundId: refund.id, reason }
  await waitForLog(shop.server, line)
  expect(await operator.listAttention(refund.id)).toMatchObject([
    { kind: 'refund_failed', reason: expect.stringContaining('¥54.50') },
  ])
  await operator.replay('--all')
  expect(shop.server.lines.filter((one) => one.includes('"a refund failed"'))).toHaveLength(1)
})

test('a refund that failed is no longer listed once the whole payment is refunded again', async ({
  shopper,
  operator,
  adyen,
}) => {
  const payment = await shopper.buy(8150)
  const refund = await operator.refund(payment, 8150)
  const refunds = async () => (await operator.getPaymentRecord(payment.id)).refunds
  await expect.poll(refunds).toMatchObject([{ status: 'refunded' }])
  const pspReference = (await refunds())[0]?.pspReference ?? ''
  const failed = { eventCode: 'REFUND_FAILED', pspReference, reason: 'account closed' }
  await adyen.deliver({ ...failed, about: { id: payment.id, amount: refund.amount } })
  await operator.refund(payment, 8100)
  expect(await operator.listAttention(refund.id)).toMatchObject([{ kind: 'refund_failed' }])
  await operator.refund(payment, 50)
  expect(await operator.listAttention(refund.id)).toEqual([])
  const ends = [{ status: 'failed' }, { status: 'refunded' }, { status: 'refunded' }]
  await expect.poll(refunds).toMatchObject(ends)
  expect(await operator.listAttention(refund.id)).toEqual([])
})

test.for<{ readonly eventCode: string; readonly success?: 'false' }>([
  { eventCode: 'CAPTURE_FAILED' },
  { eventCode: 'CAPTURE', success: 'false' },
  { eventCode: 'NOTIFICATION_OF_CHARGEBACK' },
  { eventCode: 'CHARGEBACK' },
  { eventCode: 'CHARGEBACK_REVERSED' },
  { eventCode: 'SECOND_CHARGEBACK' },
  { eventCode: 'PREARBITRATION_LOST' },
  { eventCode: 'CANCELLATION' },
  { eventCode: 'TECHNICAL_CANCEL' },
])(
  'money of a payment that is taken back is logged with its amount and reason: $eventCode',
  async (item, { shop, shopper, operator, adyen }) => {
    const payment = await shopper.buy(8150)
    await adyen.deliver({ ...item, about: payment, reason: 'not received' })
    const reason = `${item.eventCode} of ¥81.50: not received`
    const line = await waitForLog(shop.server, { level: 50, paymentId: payment.id, reason })
    expect(line.msg).toBe('money of a payment was taken back')
    expect(await operator.listAttention(payment.id)).toMatchObject([{ kind: 'payment_reversed' }])
  },
)

test('money that is taken back before it is reported as paid is logged when it is', async ({
  shop,
  shopper,
  adyen,
}) => {
  const { payment } = await shopper.startBuying(8150)
  await adyen.deliver({ eventCode: 'TECHNICAL_CANCEL', about: payment })
  await adyen.deliver({ eventCode: 'AUTHORISATION', about: payment })
  const reason = 'AUTHORISATION of ¥81.50: '
  const line = await waitForLog(shop.server, { level: 50, paymentId: payment.id, reason })
  expect(line.msg).toBe('money of a payment was taken back')
})

test('money that is taken back while its payment is locked is logged when the item is applied', async ({
  shop,
  shopper,
  adyen,
}) => {
  const payment = await shopper.buy(8150)
  await shop.database.whileLocked([payment.id], () =>
    adyen.deliver({ eventCode: 'CHARGEBACK', about: payment, reason: 'not received' }),
  )
  const reason = 'CHARGEBACK of ¥81.50: not received'
  const line = await waitForLog(shop.server, { level: 50, paymentId: payment.id, reason })
  expect(line.msg).toBe('money of a payment was taken back')
})

test('a refund that Adyen refuses by its answer is logged with its amount and reason', async ({
  shop,
  shopper,
  operator,
  adyen,
}) => {
  const { payment } = await shopper.startBuying(8150)
  // A payment that the simulator does not know by this name: it rejects our refund of it.
  await adyen.deliver({ eventCode: 'AUTHORISATION', about: payment, pspReference: `ELSEWHERE-${payment.id}` })
  const { id: refundId } = await operator.refund(payment, 5450)
  await until(async () => (await operator.listAttention(refundId)).length > 0)
  const line = await waitForLog(shop.server, { level: 50, refundId })
  expect(line).toMatchObject({ reason: expect.stringMatching(/^¥54\.50: HTTP 4\d\d /) })
})

test('reconcile reports amounts as people read them', async ({ shop, shopper, operator }) => {
  const payment = await shopper.buy(8150)
  // As if nobody had refunded money that the order did not need.
  await shop.database.rows('update payments set pays_order = false, surplus = true where id = $1', [
    payment.id,
  ])
  const { out } = await operator.reconcile()
  expect(out).toContain(`${payment.id}: ¥0.00 of ¥81.50 is refunded`)
})
