import type { MerchantEventData, MerchantEventType } from '@tael/contracts'
import { sql } from 'kysely'
import { toAmount } from '../db/amount.ts'
import type { Trx } from '../db/database.ts'
import { inOneFlight } from '../db/flight.ts'
import { newId } from '../db/ids.ts'
import type { OrderRow, PaymentRow, RefundRow } from '../db/rows.ts'
import type { LockedPayment } from './lock.ts'
import { toRefundReason } from './refund-reason.ts'
import type { UnitOfWork } from './unit-of-work.ts'

type Facts = Pick<MerchantEventData, 'paymentId' | 'late' | 'refund' | 'reversal'>

/**
 * Records an event for the merchant of a locked order as it is now, under the order's next version,
 * and enqueues its delivery, in the transaction of the change. Does nothing for an order of the shop.
 */
export async function recordMerchantEvent(
  { trx, jobs }: UnitOfWork,
  order: OrderRow,
  type: MerchantEventType,
  facts: Partial<Facts> = {},
): Promise<void> {
  const { reference, metadata } = order
  if (reference === null || metadata === null) return
  const id = newId('evt')
  const data: MerchantEventData = {
    reference,
    orderId: order.id,
    status: order.status,
    amount: toAmount(order),
    metadata,
    paymentId: null,
    late: false,
    refund: null,
    reversal: null,
    ...facts,
  }
  const delivery = await jobs.toSend('deliver-event', { eventId: id, tries: 0 })
  const recorded = trx
    .with('changed', (db) =>
      db
        .updateTable('orders')
        .set((eb) => ({ version: eb('version', '+', 1) }))
        .where('id', '=', order.id)
        .returning('version'),
    )
    .insertInto('merchant_events')
    .columns(['id', 'order_id', 'version', 'type', 'data'])
    .expression((eb) =>
      eb
        .selectFrom('changed')
        .select([
          sql.val(id).as('id'),
          sql.val(order.id).as('order_id'),
          'version',
          sql.val(type).as('type'),
          sql<string>`${JSON.stringify(data)}::json`.as('data'),
        ]),
    )
  await inOneFlight(trx, recorded, ...delivery)
}

/** Records that a refund of a locked payment is as it is now. */
export async function recordRefundForMerchant(
  unit: UnitOfWork,
  { order, payment }: LockedPayment,
  refund: RefundRow,
): Promise<void> {
  const { id, reason, status } = refund
  await recordMerchantEvent(unit, order, 'refund.updated', {
    paymentId: payment.id,
    refund: { id, amount: toAmount(refund), reason: toRefundReason(reason), status },
  })
}

/**
 * Records what became known of a payment's reversals. They count once its money has arrived: before
 * that they are how an attempt ends.
 */
export async function recordReversalsForMerchant(
  unit: UnitOfWork,
  order: OrderRow,
  { before, after }: { readonly before: PaymentRow; readonly after: PaymentRow },
): Promise<void> {
  const known = reversalsOfMoney(before)
  for (const reversal of reversalsOfMoney(after).filter((code) => !known.includes(code)))
    await recordMerchantEvent(unit, order, 'payment.reversed', { paymentId: after.id, reversal })
}

function reversalsOfMoney({ status, reversals }: PaymentRow): readonly string[] {
  return status === 'authorised' ? reversals : []
}

/** So many events get their places in one transaction: many more would take too long for one. */
const PLACED_MAX = 5_000

/**
 * Gives the oldest committed events without one their places in the feed, in the order of their
 * numbers, and waits for whoever does the same. An event that commits later gets a later place, so that
 * no reader of the feed misses one. Returns whether there may be more.
 */
export async function placeEvents(trx: Trx): Promise<boolean> {
  await sql`select pg_advisory_xact_lock(hashtext('merchant events'))`.execute(trx)
  const { numAffectedRows = 0n } = await sql`
    with placed as (
      select number, row_number() over (order by number) as place
      from merchant_events where position is null order by number limit ${PLACED_MAX}
    )
    update merchant_events
    set position = place + (select coalesce(max(position), 0) from merchant_events)
    from placed where merchant_events.number = placed.number`.execute(trx)
  return Number(numAffectedRows) === PLACED_MAX
}
