import { type AttentionItem, attentionKinds, type Payment } from '@tael/contracts'
import { expect } from 'vitest'
import { type Database, refusalOf } from './actors/index.ts'
import { test } from './fixtures.ts'

test("a shopper's refund request needs attention until an operator refunds the payment", async ({
  shopper,
  operator,
}) => {
  const payment = await shopper.buy(4900)
  const { refundRequestedAt } = await shopper.requestRefund(payment.orderId)
  expect(refundRequestedAt).not.toBeNull()
  expect(await shopper.requestRefund(payment.orderId)).toMatchObject({ refundRequestedAt })
  const items = async () =>
    (await operator.listAttention()).filter(({ paymentId }) => paymentId === payment.id)
  expect(await items()).toMatchObject([{ kind: 'refund_requested', subject: payment.orderId }])
  await operator.refund(payment)
  expect(await items()).toEqual([])

  const unpaid = await shopper.order(4900)
  expect(await refusalOf(shopper.requestRefund(unpaid.id))).toMatchObject({ code: 'order_not_refundable' })
})

test('what Adyen takes back of a paid payment does not change it, and needs attention', async ({
  shopper,
  operator,
  adyen,
}) => {
  const payment = await shopper.buy(5100)
  await adyen.waitForDeliveries()
  const eventCodes = ['CHARGEBACK', 'CAPTURE_FAILED', 'CANCELLATION', 'CHARGEBACK']
  await adyen.deliver(...eventCodes.map((eventCode) => ({ eventCode, about: payment })))
  expect(await shopper.getOrder(payment.orderId)).toMatchObject({
    status: 'paid',
    payment: { status: 'authorised' },
  })
  const { reversals } = await operator.getPaymentRecord(payment.id)
  expect(reversals).toEqual(['CANCELLATION', 'CAPTURE_FAILED', 'CHARGEBACK'])
  expect(await operator.listAttention(payment.id)).toMatchObject([{ kind: 'payment_reversed' }])
})

test('what an operator has handled is not shown again, until something happens to it', async ({
  shop,
  shopper,
  operator,
  adyen,
}) => {
  const payment = await shopper.buy(5150)
  const note = 'Adyen was asked; the money is here.'
  const unseen = {
    kind: 'payment_reversed',
    subject: payment.id,
    since: '2026-11-24T08:00:00.000Z',
  } as const
  expect(await refusalOf(operator.handleAttention(unseen, note))).toMatchObject({
    code: 'attention_not_found',
  })
  await adyen.deliver({ eventCode: 'CAPTURE_FAILED', about: payment })
  const [first = unseen] = await operator.listAttention(payment.id)
  expect(first).not.toBe(unseen)
  await adyen.deliver({ eventCode: 'NOTIFICATION_OF_CHARGEBACK', about: payment })
  expect(await refusalOf(operator.handleAttention(first, note))).toMatchObject({ code: 'attention_changed' })
  const [second = unseen] = await operator.listAttention(payment.id)
  await operator.handleAttention(second, note)
  expect(await operator.listAttention(payment.id)).toEqual([])
  await adyen.deliver({ eventCode: 'CHARGEBACK', about: payment })
  expect(await operator.listAttention(payment.id)).toHaveLength(1)
  expect(await shop.database.operatorActions(payment.id)).toMatchObject([
    { action: 'attention.handle', detail: { note } },
  ])
})

/** Many paid orders of one shopper whose refund they requested: copies of one, each a second older. */
async function requestRefundsOf(database: Database, { id, orderId }: Payment, copies: number): Promise<void> {
  await database.rows(
    `with copy as (
       select n, lpad(n::text, 32, '0') as number from generate_series(1, $3::int) as n
     ), ordered as (
       insert into orders select (jsonb_populate_record(orders, jsonb_build_object(
         'id', 'ord_' || copy.number, 'refund_requested_at', refund_requested_at - make_interval(secs => n)
       ))).* from orders, copy where orders.id = $2
     )
     insert into payments select (jsonb_populate_record(payments, jsonb_build_object(
       'id', 'pay_' || copy.number, 'order_id', 'ord_' || copy.number
     ))).* from payments, copy where payments.id = $1`,
    [id, orderId, copies],
  )
}

test("one shopper's flood hides nothing: it is one item of the list, after what is graver", async ({
  shop,
  operator,
  adyen,
}) => {
  const [mallory, bob] = [await shop.shopper('mallory'), await shop.shopper('bob')]
  const flooded = await mallory.buy(4900)
  await mallory.requestRefund(flooded.orderId)
  await requestRefundsOf(shop.database, flooded, 150)
  const wanted = await bob.buy(4900)
  await bob.requestRefund(wanted.orderId)
  const failed = await bob.buy(5000)
  await adyen.waitForDeliveries()
  const refund = await operator.refund(failed)
  await expect
    .poll(() => operator.getPaymentRecord(failed.id))
    .toMatchObject({ refunds: [{ status: 'refunded' }] })
  await adyen.deliver({ eventCode: 'REFUND_FAILED', about: { id: refund.id, amount: failed.amount } })

  const { items, counts } = await operator.getAttention()
  expect(counts).toMatchObject({ refund_failed: 1, refund_unsent: 0 })
  expect(counts.refund_requested).toBeGreaterThanOrEqual(152)
  expect(items.length).toBeLessThan(50)
  expect(items[0]).toMatchObject({ kind: 'refund_failed', subject: refund.id, others: 0 })
  const requests = items.filter(({ kind }) => kind === 'refund_requested')
  expect(requests.find(({ subject }) => subject === wanted.orderId)).toMatchObject({ others: 0 })
  const [oldest] = requests.filter(({ others }) => others === 150)
  expect(oldest).toMatchObject({ subject: `ord_${'150'.padStart(32, '0')}` })

  // Each can be listed, and handled, wherever in the list it is.
  const each = (await operator.listAttention()).filter(({ shopperId }) => shopperId === oldest?.shopperId)
  expect(new Set(each.map(({ subject }) => subject)).size).toBe(151)
  const newest = each.find(({ subject }) => subject === flooded.orderId)
  await operator.handleAttention(
    newest ?? { kind: 'webhook', subject: '', since: '' },
    'Refunded in the shop.',
  )
  expect(await operator.listAttention(flooded.orderId)).toEqual([])
})

test('the pages of the list hold each item once, gravest first and then oldest first', async ({
  operator,
}) => {
  const all: AttentionItem[] = []
  let after: string | undefined
  do {
    const page = await operator.getAttention({ limit: 2, ...(after === undefined ? {} : { after }) })
    expect(page.items.length).toBeLessThanOrEqual(2)
    all.push(...page.items)
    after = page.next ?? undefined
  } while (after !== undefined)
  expect(all).toEqual((await operator.getAttention()).items)
  const order = all.map(({ kind, since }) => `${attentionKinds.indexOf(kind)} ${since}`)
  expect(order).toEqual(order.toSorted())
  expect(new Set(all.map(({ kind }) => kind)).size).toBeGreaterThan(1)
})
