import type { OperatorShipment } from '@tael/contracts'
import type { Selectable } from 'kysely'
import type { Db, Trx } from '../db/database.ts'
import type { Database, ShipmentUpload } from '../db/tables.ts'

export type ShipmentRow = Selectable<Database['shipments']>

/** A shipment as an operator sees it. */
export function toOperatorShipment(shipment: ShipmentRow): OperatorShipment {
  return {
    orderId: shipment.order_id,
    logisticsType: shipment.logistics_type,
    carrier: shipment.carrier,
    trackingNo: shipment.tracking_no,
    items: shipment.items,
    at: shipment.shipped_at.toISOString(),
    upload: shipment.upload ?? 'off',
    reason: shipment.upload_reason,
  }
}

/** Writes down a shipment of an order, in place of what was said of it before; when it left stays. */
export async function keepShipment(
  trx: Trx,
  shipment: Omit<ShipmentRow, 'shipped_at' | 'recorded_at' | 'upload_reason' | 'upload_tries'>,
): Promise<ShipmentRow> {
  const corrected = { ...shipment, recorded_at: new Date(), upload_reason: null, upload_tries: 0 }
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

/** A shipment with what names its payment at WeChat. Undefined: a correction took its place. */
export async function findShipmentToUpload(db: Db, id: string) {
  return db
    .selectFrom('shipments')
    .innerJoin('payments', (join) =>
      join.onRef('payments.order_id', '=', 'shipments.order_id').on('payments.pays_order', '=', true),
    )
    .innerJoin('shoppers', 'shoppers.id', 'payments.shopper_id')
    .selectAll('shipments')
    .select(['payments.id as payment_id', 'psp_reference', 'wechat_transaction_id', 'openid'])
    .where('shipments.id', '=', id)
    .executeTakeFirst()
}

/** Writes down how an upload stands. False where a correction took the shipment's place meanwhile. */
export async function noteUpload(
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
