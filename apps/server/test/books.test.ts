import { expect } from 'vitest'
import { test as base } from './fixtures.ts'
import { until } from './until.ts'

const test = base
  /** The state of every payment and its refunds, but for when and how often it changed. */
  .extend(
    'recordsNow',
    ({ shop }) =>
      () =>
        shop.database.rows(
          `select payments.id, payments.status, result_code, payments.psp_reference, pays_order, surplus, reversals,
         orders.status as order_status,
         (select json_agg(json_build_array(refunds.id, refunds.status, refunds.value) order by refunds.id)
            from refunds where payment_id = payments.id) as refunds
       from payments join orders on orders.id = order_id order by payments.id`,
        ),
  )
  .extend(
    'eventsNow',
    ({ shop }) =>
      () =>
        shop.database.count('payment_events', 'true'),
  )

test('after a morning of trade the records agree, and replaying every webhook changes nothing', async ({
  shop,
  shopper,
  operator,
  adyen,
  recordsNow,
  eventsNow,
}) => {
  await operator.refund(await shopper.buy(9000), 1500)
  // Pending, received, refused, doubled, reordered and lost webhooks.
  for (const price of [8003, 8004, 8006, 8022, 8023, 8024]) await shopper.buy(price)
  // Late money.
  await shopper.cancelPayment(await shopper.startBuying(8008))
  const { payment } = await shopper.startBuying(8000)
  await shopper.cancelOrder(payment.orderId)
  await until(async () => {
    await adyen.waitForDeliveries()
    const refunding = await shop.database.count('refunds', `status <> 'refunded'`)
    // A job closes the attempt of the cancelled order.
    return refunding === 0 && (await shopper.getPayment(payment.id)).status !== 'awaiting_shopper'
  })

  expect(await operator.reconcile()).toMatchObject({
    code: 0,
    out: expect.stringContaining(' 0 differences'),
  })
  const [records, events] = [await recordsNow(), await eventsNow()]
  expect(records).toHaveLength(9)
  expect(await operator.replay('--all')).toMatchObject({ code: 0 })
  expect(await recordsNow()).toEqual(records)
  expect(await eventsNow()).toBe(events)
  expect(await operator.reconcile()).toMatchObject({ code: 0 })
})

test('a payment that lost the events of its webhooks is named, and replaying one, a range or all restores it', async ({
  shop,
  shopper,
  operator,
  adyen,
  recordsNow,
}) => {
  const { id, orderId } = await shopper.buy(8103)
  await adyen.waitForDeliveries()
  const records = await recordsNow()
  const [item] = await shop.database.inboxItems({ merchantReference: id })
  if (item === undefined) throw new Error('No webhook is stored.')
  const before = `${new Date(item.eventDate.getTime() - 1_000).toISOString().slice(0, 19)}Z`
  for (const which of [['--id', String(item.id)], ['--from', before], ['--all']]) {
    // As if an older state of this payment had been restored from a backup.
    await shop.database.tamper(
      'delete from payment_events where payment_id = $1 and webhook_id is not null',
      [id],
    )
    await shop.database.rows(
      `update payments set status = 'processing', pays_order = false, result_code = 'Pending',
         version = (select count(*) from payment_events where payment_id = $1) where id = $1`,
      [id],
    )
    await shop.database.rows(`update orders set status = 'open', paid_at = null where id = $1`, [orderId])
    await shop.database.rows(
      `update products set stock_sold = stock_sold - 1, stock_reserved = stock_reserved + 1
       where id = (select lines -> 0 ->> 'productId' from orders where id = $1)`,
      [orderId],
    )
    const { code, out } = await operator.reconcile()
    expect(code).toBe(1)
    expect(out).toContain(`webhook ${item.id}: applied, but ${id} has no event of it`)
    expect(out).toContain(`${id}: it is processing, but its webhooks lead to authorised`)
    expect(await operator.replay(...which)).toMatchObject({ code: 0 })
    expect(await recordsNow()).toEqual(records)
    expect(await operator.reconcile()).toMatchObject({ code: 0 })
  }
})

/** Each done to a payment of its own behind the server's back, and how reconcile reports it. */
const damages = [
  {
    damage: `update payments set status = 'refused', pays_order = false where id = $1`,
    difference: 'it is refused, but its events lead to authorised',
  },
  {
    damage: 'delete from payment_events where payment_id = $1 and version = 2',
    difference: 'has the version 3, not 2',
  },
  {
    damage: `update orders set status = 'open', paid_at = null where id = (select order_id from payments where id = $1)`,
    difference: 'it is open, but 1 payments pay it',
  },
  {
    damage: `update products set stock_sold = stock_sold + 1 where id =
      (select lines -> 0 ->> 'productId' from orders where id = (select order_id from payments where id = $1))`,
    difference: '2 are sold, orders hold 1',
  },
  {
    damage: `update products set stock_free = stock_free - 1 where id =
      (select lines -> 0 ->> 'productId' from orders where id = (select order_id from payments where id = $1))`,
    difference: '999 pieces are free, reserved or sold, 1000 came in',
  },
  {
    damage: `delete from adyen_calls where payment_id = $1 and operation = 'payments'`,
    difference: 'its call to Adyen has no stored key',
  },
]

test('reconcile names whatever is changed behind its back', async ({ shop, shopper, operator, adyen }) => {
  const { out: before } = await operator.reconcile()
  for (const { damage } of damages) {
    const { id } = await shopper.buy(8200)
    await adyen.waitForDeliveries()
    await shop.database.tamper(damage, [id])
  }
  const { code, out } = await operator.reconcile()
  expect(code).toBe(1)
  for (const { difference } of damages) {
    expect(before).not.toContain(difference)
    expect(out).toContain(difference)
  }
})

test('reconcile names a payment whose details or cancel lost the key of their call', async ({
  shop,
  shopper,
  operator,
  adyen,
}) => {
  const { id: submitted } = await shopper.cancelPayment(await shopper.startBuying(8200))
  const { payment: closed } = await shopper.startBuying(8200)
  await shopper.cancelOrder(closed.orderId)
  await adyen.waitForDeliveries()
  const { out: before } = await operator.reconcile()
  const ids = [submitted, closed.id]
  await shop.database.rows(
    `delete from adyen_calls where payment_id = any($1) and operation in ('payments/details', 'cancels')`,
    [ids],
  )
  const { out } = await operator.reconcile()
  for (const id of ids) {
    const difference = `${id}: its call to Adyen has no stored key`
    expect(before).not.toContain(difference)
    expect(out).toContain(difference)
  }
})
