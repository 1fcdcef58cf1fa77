import { currentTime, timeInSeconds } from '../db/clock.ts'
import type { Trx } from '../db/database.ts'
import { inOneFlight } from '../db/flight.ts'
import { prepared } from '../db/prepared.ts'
import type { OrderRow } from '../db/rows.ts'
import { recordMerchantEvent } from './merchant-events.ts'
import { moveStock, stockMoved } from './stock.ts'
import type { UnitOfWork } from './unit-of-work.ts'

/** An order of the shop about to be made, its lines priced. */
export type NewOrder = Pick<OrderRow, 'id' | 'currency' | 'value' | 'lines' | 'deliver_to'> & {
  readonly shopper_id: string
}

/** A product has fewer free pieces than the order wants: the transaction has to be rolled back. */
export class StockTakenError extends Error {
  override readonly name = 'StockTakenError'
}

/**
 * Inserts an order, open for this long, with the job that expires it, and reserves the stock of its
 * lines. Throws a StockTakenError where one product has too few free pieces.
 */
export async function insertOrder(
  { trx, jobs }: UnitOfWork,
  order: NewOrder,
  lifetimeMs: number,
): Promise<OrderRow> {
  const expiry = await jobs.toSend('expire-order', { orderId: order.id }, lifetimeMs)

  const insert = orderInserted({
    orderId: order.id,
    shopperId: order.shopper_id,
    currency: order.currency,
    amount: order.value,
    lines: JSON.stringify(order.lines),
    deliverTo: order.deliver_to === null ? null : JSON.stringify(order.deliver_to),
    lifetimeSeconds: lifetimeMs / 1000,
  })
  // Many orders want the row of one product: it is locked last.
  const [[inserted], ...rest] = await inOneFlight(
    trx,
    insert,
    ...expiry,
    stockMoved(order.lines, 'free', 'reserved'),
  )
  if (inserted === undefined) throw new Error(`The order ${order.id} was not inserted.`)
  if (rest.at(-1)?.length !== order.lines.length)
    throw new StockTakenError(`The stock of ${order.id} was taken.`)
  return inserted
}

interface InsertedOrder {
  orderId: string
  shopperId: string
  currency: string
  amount: number
  lines: string
  deliverTo: string | null
  lifetimeSeconds: number
}

const orderInserted = prepared<InsertedOrder, OrderRow>((db, value) =>
  db
    .insertInto('orders')
    .values({
      id: value('orderId'),
      shopper_id: value('shopperId'),
      currency: value('currency'),
      value: value('amount'),
      status: 'open',
      lines: value('lines'),
      deliver_to: value('deliverTo'),
      created_at: currentTime,
      expires_at: timeInSeconds(value('lifetimeSeconds')),
    })
    .returningAll(),
)

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
