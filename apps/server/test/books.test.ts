import * as fc from 'fast-check'
import { shopperRoutes } from '@tael/contracts'
import { expect, vi } from 'vitest'
import { test } from './fixtures.ts'
import { SEED } from './seed.ts'
import {
  atCashier,
  command,
  idle,
  newKey,
  operatorKey,
  order,
  paid,
  pay,
  refund,
  row,
  type Shop,
  simulate,
  submit,
  tamper,
} from './shop.ts'

/** A morning in this shop: paid, pending, refused, cancelled, late money, doubled and reordered webhooks, refunds. */
async function trade(shop: Shop, token: string): Promise<string> {
  const key = await operatorKey(shop, 'refunds:write')
  const { payment } = await paid(shop, token, 9000)
  await refund(shop, key, payment.id, { currency: 'CNY', value: 1500 })
  for (const value of [8003, 8004, 8006, 8022, 8023, 8024]) await paid(shop, token, value)
  const cancelled = await pay(shop, token, await order(shop, token, 8008))
  await submit(shop, token, cancelled.payment.id, await atCashier(shop, cancelled, 'cancel'))
  const given = await pay(shop, token, await order(shop, token, 8000))
  await shop.call(shopperRoutes.cancelOrder, { params: { orderId: given.payment.orderId } }, { token })
  await vi.waitUntil(
    async () => {
      await idle(shop)
      const unsettled = `select count(*)::int as count from refunds where status <> 'refunded'`
      return (await row(shop, unsettled))['count'] === 0
    },
    { timeout: 20_000, interval: 50 },
  )
  return payment.id
}

/** How everything stands, but for when it changed and how often. */
async function snapshot(shop: Shop): Promise<string> {
  const { rows } = await shop.db.query(
    `select payments.id, payments.status, result_code, payments.psp_reference, pays_order, surplus, reversals,
       orders.status as order_status,
       (select json_agg(json_build_array(refunds.id, refunds.status, refunds.value) order by refunds.id)
          from refunds where payment_id = payments.id) as refunds
     from payments join orders on orders.id = order_id order by payments.id`,
  )
  return JSON.stringify(rows)
}

test('after a morning of trade the books agree, and replaying every webhook changes nothing', async ({
  shop,
  token,
}) => {
  await trade(shop, token)
  expect(await command(shop, 'reconcile')).toMatchObject({
    code: 0,
    out: expect.stringContaining(' 0 differences'),
  })
  const before = await snapshot(shop)
  const events = await row(shop, 'select count(*)::int as count from payment_events')
  expect(await command(shop, 'replay', '--all')).toMatchObject({ code: 0 })
  expect(await snapshot(shop)).toBe(before)
  expect(await row(shop, 'select count(*)::int as count from payment_events')).toEqual(events)
  expect(await command(shop, 'reconcile')).toMatchObject({ code: 0 })
})

test('a payment that lost what webhooks told is named, and a replay of one, of a range or of all makes it good', async ({
  shop,
  token,
}) => {
  const { payment } = await paid(shop, token, 8103)
  await idle(shop)
  const good = await snapshot(shop)
  const { id } = await row(
    shop,
    `select webhook_id as id from payment_events where payment_id = $1 and webhook_id is not null`,
    [payment.id],
  )
  const { at } = await row(
    shop,
    "select event_date - interval '1 second' as at from webhook_items where id = $1",
    [id],
  )
  const from = at instanceof Date ? `${at.toISOString().slice(0, 19)}Z` : ''
  for (const choice of [['--id', String(id)], ['--from', from], ['--all']]) {
    // As if an older state of this payment had been brought back from a backup.
    await tamper(shop, `delete from payment_events where payment_id = $1 and webhook_id is not null`, [
      payment.id,
    ])
    await shop.db.query(
      `update payments set status = 'processing', pays_order = false, result_code = 'Pending',
         version = (select count(*) from payment_events where payment_id = $1) where id = $1`,
      [payment.id],
    )
    await shop.db.query(`update orders set status = 'open', paid_at = null where id = $1`, [payment.orderId])
    await shop.db.query(
      `update products set stock_sold = stock_sold - 1, stock_reserved = stock_reserved + 1
       where id = (select lines -> 0 ->> 'productId' from orders where id = $1)`,
      [payment.orderId],
    )
    const lost = await command(shop, 'reconcile')
    expect(lost.code).toBe(1)
    expect(lost.out).toContain(`webhook ${String(id)}: applied, but ${payment.id} has no event of it`)
    expect(lost.out).toContain(`${payment.id}: it is processing, but its webhooks lead to authorised`)
    expect(await command(shop, 'replay', ...choice)).toMatchObject({ code: 0 })
    expect(await snapshot(shop)).toBe(good)
    expect(await command(shop, 'reconcile')).toMatchObject({ code: 0 })
  }
})

/** What webhooks can say of a paid, refused or given up payment, and of its refunds. */
const word = fc.oneof(
  fc.record({ eventCode: fc.constant('AUTHORISATION'), success: fc.constantFrom('true', 'false') }),
  fc.record({
    eventCode: fc.constantFrom('CANCELLATION', 'TECHNICAL_CANCEL', 'CANCEL_OR_REFUND'),
    success: fc.constantFrom('true', 'false'),
  }),
  fc.record({
    eventCode: fc.constantFrom('CHARGEBACK', 'CAPTURE_FAILED', 'EXPIRE', 'OFFER_CLOSED', 'MOON_LANDING'),
    success: fc.constant('true'),
  }),
  fc.record({
    eventCode: fc.constantFrom('REFUND', 'REFUND_FAILED', 'REFUNDED_REVERSED'),
    success: fc.constantFrom('true', 'false'),
    of: fc.constantFrom('A', 'B'),
  }),
  // Reversals made in the Customer Area: each gives back what the refunds leave.
  fc.record({
    eventCode: fc.constantFrom('CANCEL_OR_REFUND', 'CANCEL_OR_REFUND', 'REFUND_FAILED', 'REFUNDED_REVERSED'),
    success: fc.constantFrom('true', 'false'),
    of: fc.constantFrom('R', 'S'),
    additionalData: fc.constant({ 'modification.action': 'refund' }),
  }),
)
/** How many stories are told. */
const RUNS = Number(process.env['STORIES'] ?? 10)

interface Said {
  readonly word: {
    readonly eventCode: string
    readonly success: string
    readonly of?: string
    readonly additionalData?: { readonly [name: string]: string }
  }
  readonly minute: number
}

const story = fc
  .array(fc.record({ word, minute: fc.integer({ min: 10, max: 59 }) }), { minLength: 1, maxLength: 6 })
  .chain((said) =>
    fc.record({
      said: fc.constant(said),
      again: fc.shuffledSubarray([...said, ...said], {
        minLength: said.length * 2,
        maxLength: said.length * 2,
      }),
    }),
  )

test(`webhooks lead to the same end in any order and any number (SEED=${SEED})`, async ({ shop, token }) => {
  const productValue = 8300
  const play = async (said: readonly Said[]): Promise<unknown> => {
    const { payment } = await pay(shop, token, await order(shop, token, productValue))
    const psp = `PSP-${newKey()}`
    for (const { word: spoken, minute } of said) {
      const { eventCode, success, of, additionalData = {} } = spoken
      const isPart = of === 'A' || of === 'B'
      const isOfPayment = eventCode === 'AUTHORISATION' || eventCode === 'OFFER_CLOSED'
      const names = isOfPayment
        ? { pspReference: psp }
        : { pspReference: `${psp}-${of ?? 'M'}`, originalReference: psp }
      await simulate(shop, 'POST', '/webhooks', {
        eventCode,
        success,
        ...names,
        merchantReference: payment.id,
        amount: { currency: 'CNY', value: isPart ? 4000 : productValue },
        additionalData,
        eventDate: `2030-01-01T00:${minute}:00+00:00`,
      })
    }
    await idle(shop)
    const end = await row(
      shop,
      `select payments.status, pays_order, surplus, reversals, orders.status as order,
         (select json_agg(json_build_array(right(psp_reference, 1), refunds.status, refunds.value)
            order by psp_reference) from refunds where payment_id = payments.id) as refunds
       from payments join orders on orders.id = order_id where payments.id = $1`,
      [payment.id],
    )
    return end
  }
  const property = fc.asyncProperty(story, async ({ said, again }) => {
    expect(await play(again)).toEqual(await play(said))
  })
  await fc.assert(property, { numRuns: RUNS, seed: SEED, endOnFailure: true })
  expect(await command(shop, 'reconcile')).toMatchObject({
    out: expect.not.stringContaining('its webhooks lead to'),
  })
})

test('what Adyen said is neither taken back nor put differently', async ({ shop, token }) => {
  await paid(shop, token, 8200)
  await idle(shop)
  for (const change of [
    'delete from webhook_items',
    'truncate webhook_items cascade',
    `update webhook_items set item = '{}'`,
    'update webhook_items set success = not success',
  ]) {
    await expect(shop.db.query(change)).rejects.toThrow('webhook_items only grows')
  }
})

/** Each done to a payment of its own behind Tael's back, and what reconcile says of it. */
const damages = [
  {
    damage: `update payments set status = 'refused', pays_order = false where id = $1`,
    says: 'it is refused, but its events lead to authorised',
  },
  {
    damage: `delete from payment_events where payment_id = $1 and version = 2`,
    says: 'has the version 3, not 2',
  },
  {
    damage: `update orders set status = 'open', paid_at = null where id = (select order_id from payments where id = $1)`,
    says: 'it is open, but 1 payments pay it',
  },
  {
    damage: `update products set stock_sold = stock_sold + 1 where id =
      (select lines -> 0 ->> 'productId' from orders where id = (select order_id from payments where id = $1))`,
    says: '2 are sold, orders hold 1',
  },
  {
    damage: `update products set stock_free = stock_free - 1 where id =
      (select lines -> 0 ->> 'productId' from orders where id = (select order_id from payments where id = $1))`,
    says: '999 pieces are free, reserved or sold, 1000 came in',
  },
  {
    damage: `delete from adyen_calls where payment_id = $1 and operation = 'payments'`,
    says: 'its call to Adyen has no stored key',
  },
]

test('reconcile names whatever is changed behind its back', async ({ shop, token }) => {
  const { out: before } = await command(shop, 'reconcile')
  for (const { damage } of damages) {
    const { payment } = await paid(shop, token, 8200)
    await idle(shop)
    await tamper(shop, damage, [payment.id])
  }
  const { code, out } = await command(shop, 'reconcile')
  expect(code).toBe(1)
  for (const { says } of damages) {
    expect(before).not.toContain(says)
    expect(out).toContain(says)
  }
})

test('reconcile names what a phone said and what was closed where the key of its call is gone', async ({
  shop,
  token,
}) => {
  const told = await pay(shop, token, await order(shop, token, 8200))
  await submit(shop, token, told.payment.id, await atCashier(shop, told, 'cancel'))
  const closed = await pay(shop, token, await order(shop, token, 8200))
  await shop.call(shopperRoutes.cancelOrder, { params: { orderId: closed.payment.orderId } }, { token })
  await idle(shop)
  const { out: before } = await command(shop, 'reconcile')
  const ids = [told.payment.id, closed.payment.id]
  await shop.db.query(
    `delete from adyen_calls where payment_id = any($1) and operation in ('payments/details', 'cancels')`,
    [ids],
  )
  const { out } = await command(shop, 'reconcile')
  for (const id of ids) {
    const words = `${id}: its call to Adyen has no stored key`
    expect(before).not.toContain(words)
    expect(out).toContain(words)
  }
})
