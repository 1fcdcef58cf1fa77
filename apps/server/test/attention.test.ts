import { userInfo } from 'node:os'
import { type AttentionItem, attentionKinds, type Payment } from '@tael/contracts'
import { expect } from 'vitest'
import { DAY, type Database, fen, refusalOf } from './actors/index.ts'
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

test('each reversal is shown in its own words, with its amount, in the order of arrival', async ({
  shopper,
  operator,
  adyen,
}) => {
  const payment = await shopper.buy(5200)
  await adyen.waitForDeliveries()
  const told = async (eventCode: string, amount = payment.amount) => {
    await adyen.deliver({ eventCode, about: { ...payment, amount } })
    return (await operator.listAttention(payment.id))[0]
  }
  expect(await told('REQUEST_FOR_INFORMATION')).toMatchObject({
    kind: 'payment_reversed',
    reason: 'paid, but Adyen reported a request for information (REQUEST_FOR_INFORMATION) of ¥52.00',
    amount: fen(5200),
    orderId: payment.orderId,
  })
  expect(await told('NOTIFICATION_OF_CHARGEBACK')).toMatchObject({
    eventCodes: ['REQUEST_FOR_INFORMATION', 'NOTIFICATION_OF_CHARGEBACK'],
  })
  expect(await told('CHARGEBACK', fen(3000))).toMatchObject({
    amount: fen(3000),
    reason: expect.stringMatching(/, then a chargeback \(CHARGEBACK\) of ¥30\.00$/),
  })
  const reversed = await told('CHARGEBACK_REVERSED', fen(3000))
  expect(reversed?.reason).toContain('a reversed chargeback (CHARGEBACK_REVERSED) of ¥30.00')
  expect(reversed?.eventCodes).toHaveLength(4)
})

test('one operator takes an item, and others only after it was released or handled', async ({
  shop,
  shopper,
  operator,
}) => {
  const { orderId } = await shopper.buy(5300)
  await shopper.requestRefund(orderId)
  const find = async () => {
    const [item] = await operator.listAttention(orderId)
    if (item === undefined) throw new Error('The item is not listed.')
    return item
  }
  const item = await find()
  expect(item).toMatchObject({ owner: null, notes: [], amount: fen(5300) })
  const people = Array.from({ length: 5 }, (_, index) => shop.refunder(`Operator ${index}`))
  const taken = await Promise.allSettled(people.map((one) => one.assignAttention(item, 'me')))
  expect(taken.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  const winner = taken.findIndex(({ status }) => status === 'fulfilled')
  expect(await find()).toMatchObject({ owner: { name: `Operator ${winner}` } })
  await people[winner]?.assignAttention(item, 'me')
  expect(await refusalOf(operator.assignAttention(item, 'me'))).toMatchObject({
    code: 'attention_assigned',
    detail: `Release it first: Operator ${winner} has taken it.`,
  })
  const stale = { ...item, since: '2026-01-01T00:00:00.000Z' }
  expect(await refusalOf(operator.assignAttention(stale, null))).toMatchObject({ code: 'attention_changed' })
  expect(await refusalOf(operator.noteAttention(stale, 'Late.'))).toMatchObject({ code: 'attention_changed' })

  await people[0]?.noteAttention(item, 'The shopper was called.')
  await operator.noteAttention(item, 'She sends it back.')
  expect((await find()).notes).toMatchObject([
    { by: { name: 'Operator 0' }, note: 'The shopper was called.' },
    { by: { name: 'Olga' }, note: 'She sends it back.' },
  ])
  await operator.assignAttention(item, null)
  await operator.assignAttention(item, null)
  await operator.assignAttention(item, 'me')
  expect(await find()).toMatchObject({ owner: { name: 'Olga' } })
  await operator.handleAttention(item, 'Refunded in the shop.')
  expect(await shop.database.count('attention_owners', `subject = '${orderId}'`)).toBe(0)
  const actions = await shop.database.operatorActions(orderId)
  expect(actions.map(({ action }) => action)).toEqual([
    'attention.assign',
    'attention.note',
    'attention.note',
    'attention.assign',
    'attention.assign',
    'attention.handle',
  ])
})

test('an item names the routes that resolve it, and is overdue after its time', async ({
  shop,
  operator,
}) => {
  const payment = await (await shop.shopper('frieda')).buy(5400)
  await (await shop.shopper('frieda')).requestRefund(payment.orderId)
  const [item] = await operator.listAttention(payment.orderId)
  expect(item).toMatchObject({
    actions: [
      { route: 'createRefund', params: { paymentId: payment.id } },
      { route: 'declineRefund', params: { orderId: payment.orderId } },
    ],
  })
  expect(Date.parse(item?.dueAt ?? '') - Date.parse(item?.since ?? '')).toBe(2 * DAY * 1000)
  const before = (await operator.getAttention()).overdue.refund_requested
  await shop.database.rows(
    `update orders set refund_requested_at = refund_requested_at - interval '2 days' where id = $1`,
    [payment.orderId],
  )
  const { counts, overdue } = await operator.getAttention()
  expect(overdue.refund_requested).toBe(before + 1)
  expect(counts.refund_requested).toBeGreaterThanOrEqual(overdue.refund_requested)
})

test('the commands list attention, take, note and handle it, and name who ran them', async ({
  shop,
  shopper,
  operator,
}) => {
  const { orderId } = await shopper.buy(5500)
  await shopper.requestRefund(orderId)
  const [item] = await operator.listAttention(orderId)
  const of = ['refund_requested', orderId, '--since', item?.since ?? '']
  expect(await operator.run('assign-attention', ...of)).toMatchObject({ code: 0 })
  expect(await operator.run('note-attention', ...of, '--note', 'Called.')).toMatchObject({ code: 0 })
  const listed = await operator.run(
    'attention',
    '--kind',
    'refund_requested',
    '--shopper',
    item?.shopperId ?? '',
  )
  expect(listed.code).toBe(1)
  expect(listed.out).toContain(`refund_requested ${orderId} since`)
  expect(listed.out).toContain('¥55.00')
  expect(listed.out).toContain(`taken by ${userInfo().username}`)
  expect(listed.out).toContain(': Called.')
  expect(await operator.run('assign-attention', ...of, '--release')).toMatchObject({ code: 0 })
  expect(await operator.run('handle-attention', ...of)).toMatchObject({ code: 64 })
  expect(await operator.run('handle-attention', ...of, '--note', 'Done.')).toMatchObject({ code: 0 })
  expect(await operator.run('handle-attention', ...of, '--note', 'Done.')).toMatchObject({
    code: 65,
    err: expect.stringContaining('is not listed'),
  })
  const actors = await shop.database.rows('select distinct actor from operator_actions where subject = $1', [
    orderId,
  ])
  expect(actors).toEqual([{ actor: `command:${userInfo().username}` }])
})
