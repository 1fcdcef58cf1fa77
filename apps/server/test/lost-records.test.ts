import { expect } from 'vitest'
import { fen, waitForLog } from './actors/index.ts'
import { test as base } from './fixtures.ts'

const test = base
  /** Loses every record of a payment, as when a backup from before it is restored. */
  .extend('lose', ({ shop }) => async (paymentId: string): Promise<void> => {
    for (const table of ['payment_events', 'adyen_calls', 'refunds'])
      await shop.database.tamper(`delete from ${table} where payment_id = $1`, [paymentId])
    await shop.database.tamper('delete from payments where id = $1', [paymentId])
  })

test('money for a payment of ours that a restored backup does not have needs attention', async ({
  shop,
  shopper,
  operator,
  adyen,
  lose,
}) => {
  const attempt = await shopper.startBuying(8150)
  const { id } = attempt.payment
  await lose(id)
  await shopper.payAtCashier(attempt)
  await adyen.waitForDeliveries()
  const [item] = await shop.database.inboxItems({ merchantReference: id })
  expect(item).toMatchObject({ state: 'attention' })
  const reason = `¥81.50 of ${id}, which this database does not have`
  await waitForLog(shop.server, { level: 50, msg: 'webhook needs attention', reason })
  expect(await operator.listAttention(String(item?.id))).toMatchObject([
    { kind: 'webhook', reason: `AUTHORISATION: ${reason}` },
  ])
})

test.for(['REFUND', 'REFUND_FAILED', 'CHARGEBACK', 'CAPTURE_FAILED', 'TECHNICAL_CANCEL'])(
  '%s of a payment or refund that is lost needs attention',
  async (eventCode, { shop, shopper, adyen, lose }) => {
    const { payment } = await shopper.startBuying(8150)
    await lose(payment.id)
    const refund = { id: payment.id.replace('pay_', 'rf_'), amount: fen(100) }
    await adyen.deliver({ eventCode, about: payment }, { eventCode, about: refund })
    for (const merchantReference of [payment.id, refund.id])
      expect(await shop.database.inboxItems({ merchantReference })).toMatchObject([{ state: 'attention' }])
  },
)

test.for([
  { name: 'a refusal', item: { eventCode: 'AUTHORISATION', success: 'false' as const } },
  { name: 'a closed offer', item: { eventCode: 'OFFER_CLOSED' } },
  { name: 'a failed cancel', item: { eventCode: 'CANCELLATION', success: 'false' as const } },
])(
  '$name of a lost payment moved no money, and is stored only',
  async ({ item }, { shop, shopper, adyen, lose }) => {
    const { payment } = await shopper.startBuying(8150)
    await lose(payment.id)
    await adyen.deliver({ ...item, about: payment })
    expect(await shop.database.inboxItems({ merchantReference: payment.id })).toMatchObject([
      { state: 'foreign' },
    ])
  },
)

test('a replay applies the item once the payment is there again', async ({
  shop,
  shopper,
  operator,
  adyen,
}) => {
  const { payment } = await shopper.startBuying(8150)
  // Its records are somewhere else for a while.
  const away = payment.id.replace('pay_', 'pay_away')
  const move = async (from: string, to: string): Promise<void> => {
    for (const table of ['payment_events', 'adyen_calls'])
      await shop.database.tamper(`update ${table} set payment_id = $2 where payment_id = $1`, [from, to])
    await shop.database.tamper('update payments set id = $2 where id = $1', [from, to])
  }
  await move(payment.id, away)
  await adyen.deliver({ eventCode: 'AUTHORISATION', about: payment })
  await move(away, payment.id)
  await operator.replay('--all')
  expect(await shopper.getPayment(payment.id)).toMatchObject({ status: 'authorised' })
  expect(await shop.database.inboxItems({ merchantReference: payment.id })).toMatchObject([
    { state: 'applied' },
  ])
})
