import type { OperatorShipment } from '@tael/contracts'
import type { ShipmentRow } from '../db/rows.ts'

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
