import { currentTime, msSince } from '../db/clock.ts'
import type { Db, Trx } from '../db/database.ts'
import type { PaymentRow, ShipmentRow } from '../db/rows.ts'
import type { ShipmentUpload } from '../db/tables.ts'

/** The payment of a paid order, and whether the order has been shipped. */
export async function readPaidOrder(
  trx: Trx,
  orderId: string,
): Promise<{ readonly payment: PaymentRow; readonly isShipped: boolean }> {
  const { isShipped, ...payment } = await trx
    .selectFrom('payments')
    .selectAll()
    .select((eb) =>
      eb.exists(eb.selectFrom('shipments').select('id').where('order_id', '=', orderId)).as('isShipped'),
    )
    .where('order_id', '=', orderId)
    .where('pays_order', '=', true)
    .executeTakeFirstOrThrow()
  return { payment, isShipped: isShipped === true }
}

/** Inserts the shipment of an order or replaces it; the time of the first record stays. */
export async function upsertShipment(
  trx: Trx,
  shipment: Omit<ShipmentRow, 'shipped_at' | 'recorded_at' | 'upload_reason' | 'upload_tries'>,
): Promise<ShipmentRow> {
  const corrected = { ...shipment, recorded_at: currentTime, upload_reason: null, upload_tries: 0 }
  return trx
    .insertInto('shipments')
    .values(corrected)
    .onConflict((conflict) => conflict.column('order_id').doUpdateSet(corrected))
    .returningAll()
    .executeTakeFirstOrThrow()
}

export async function readShipment(trx: Trx, orderId: string): Promise<ShipmentRow> {
  return trx.selectFrom('shipments').selectAll().where('order_id', '=', orderId).executeTakeFirstOrThrow()
}

/** A shipment with what identifies its payment at WeChat. Undefined: a correction replaced it. */
export async function findShipmentToUpload(db: Db, id: string) {
  return db
    .selectFrom('shipments')
    .innerJoin('payments', (join) =>
      join.onRef('payments.order_id', '=', 'shipments.order_id').on('payments.pays_order', '=', true),
    )
    .innerJoin('shoppers', 'shoppers.id', 'payments.shopper_id')
    .selectAll('shipments')
    .select(['payments.id as payment_id', 'psp_reference', 'wechat_transaction_id'])
    .select(['shopper_id', 'openid', 'openid_sealed', 'openid_key'])
    .select(msSince('recorded_at').as('ageMs'))
    .where('shipments.id', '=', id)
    .executeTakeFirst()
}

/** Records the state of an upload. False where a correction replaced the shipment. */
export async function recordUpload(
  trx: Trx,
  id: string,
  upload: ShipmentUpload,
  reason: string | null,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('shipments')
    .set((eb) => ({ upload, upload_reason: reason, upload_tries: eb('upload_tries', '+', 1) }))
    .where('id', '=', id)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}
