import type { Insertable } from 'kysely'
import { currentTime, timeIn } from '../db/clock.ts'
import type { Trx } from '../db/database.ts'
import { inOneFlight } from '../db/flight.ts'
import type { OrderRow } from '../db/rows.ts'
import type { Database } from '../db/tables.ts'
import { recordMerchantEvent } from './merchant-events.ts'
import { moveStock, stockMoved } from './stock.ts'
import type { UnitOfWork } from './unit-of-work.ts'

/** An order of the shop about to be made, its lines priced. */
export type NewOrder = Pick<Insertable<Database['orders']>, 'id' | 'shopper_id' | 'currency' | 'value'> &
  Pick<OrderRow, 'lines' | 'deliver_to'>

/** A product has fewer free pieces than the order wants: the transaction has to be rolled back. */
export class StockTakenError extends Error {
  override readonly name = 'StockTakenError'
}

/**
 * Inserts an order, open for this long, and reserves the stock of its lines. Throws a StockTakenError
 * where one product has too few free pieces.
 */
export async function insertOrder(trx: Trx, order: NewOrder, lifetimeMs: number): Promise<OrderRow> {
  const insert = trx
    .insertInto('orders')
    .values({
      ...order,
      status: 'open',
      lines: JSON.stringify(order.lines),
      deliver_to: order.deliver_to === null ? null : JSON.stringify(order.deliver_to),
      created_at: currentTime,
      expires_at: timeIn(lifetimeMs),
    })
    .returningAll()
  // Many orders want the row of one product: it is locked last.
  const [[inserted], moved] = await inOneFlight(trx, insert, stockMoved(order.lines, 'free', 'reserved'))
  if (inserted === undefined) throw new Error(`The order ${order.id} was not inserted.`)
  if (moved.length !== order.lines.length) throw new StockTakenError(`The stock of ${order.id} was taken.`)
  return inserted
}

/** Closes a locked open order without payment, frees its stock, and reports that to its merchant. */
export async function closeOrder(
  unit: UnitOfWork,
  order: OrderRow,
  status: 'expired' | 'cancelled',
): Promise<OrderRow> {
  const { trx } = unit
  if (!(await moveStock(trx, order.lines, 'reserved', 'free'))) {
    throw new Error(`The stock of ${order.id} was not reserved.`)
  }
  const closed = await trx
    .updateTable('orders')
    .set({ status, ...(status === 'cancelled' ? { cancelled_at: currentTime } : {}) })
    .where('id', '=', order.id)
    .returningAll()
    .executeTakeFirstOrThrow()
  await recordMerchantEvent(unit, closed, `order.${status}`)
  return closed
}

/** Records that the shop declines the refund which the shopper of a locked order requested. */
export async function recordRefundDecline(trx: Trx, { id }: OrderRow, reason: string): Promise<Date> {
  const { refund_declined_at } = await trx
    .updateTable('orders')
    .set({ refund_declined_at: currentTime, refund_decline_reason: reason })
    .where('id', '=', id)
    .returning('refund_declined_at')
    .$narrowType<{ refund_declined_at: Date }>()
    .executeTakeFirstOrThrow()
  return refund_declined_at
}

/** Records that the shopper of a locked order requested a refund. */
export async function recordRefundRequest(trx: Trx, { id }: OrderRow): Promise<void> {
  await trx.updateTable('orders').set({ refund_requested_at: currentTime }).where('id', '=', id).execute()
}
