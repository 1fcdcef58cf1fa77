import { type CreateShipment, operatorRoutes } from '@tael/contracts'
import { findHold } from '../attention/reversed-payments.ts'
import { type OperatorAction, recordAction } from '../audit/record-action.ts'
import type { Config } from '../config.ts'
import type { Context } from '../context.ts'
import type { Trx } from '../db/database.ts'
import { newId } from '../db/ids.ts'
import type { ShipmentRow } from '../db/rows.ts'
import { inTransaction } from '../db/transaction.ts'
import { claimKey } from '../http/idempotency.ts'
import { HttpProblem } from '../http/problem.ts'
import { lockOrder } from '../ledger/lock.ts'
import { refundableValue } from '../ledger/request-refund.ts'
import { readPaidOrder, readShipment, upsertShipment } from './store.ts'

/**
 * Records the shipment of a paid order, with the audit record and, where uploads are enabled, the
 * job that uploads it to WeChat, in one transaction. Another key corrects the shipment; the same
 * Idempotency-Key returns the shipment as it is now.
 */
export async function createShipment(
  { db, jobs, config }: Pick<Context, 'db' | 'jobs'> & { readonly config: Pick<Config, 'shippingUpload'> },
  action: OperatorAction,
  key: string,
  orderId: string,
  body: CreateShipment,
): Promise<ShipmentRow> {
  checkExpress(body)
  const uploads = config.shippingUpload !== undefined
  const id = newId('shp')
  return inTransaction(db, async (trx) => {
    const request = {
      callerId: action.actor,
      key,
      route: operatorRoutes.createShipment,
      body: { orderId, ...body },
    }
    if ((await claimKey(trx, request, id)) !== id) return readShipment(trx, orderId)
    const order = await lockOrder(trx, orderId)
    if (order === undefined)
      throw new HttpProblem('order_not_found', 'Check the id: this order does not exist.')
    if (order.status !== 'paid') {
      throw new HttpProblem('order_not_shippable', `Ship only paid orders: this one is ${order.status}.`)
    }
    await checkShippable(trx, orderId)
    const shipment = await upsertShipment(trx, {
      id,
      order_id: orderId,
      logistics_type: body.logisticsType,
      carrier: body.carrier ?? null,
      tracking_no: body.trackingNo ?? null,
      items: body.items,
      sender_contact: body.senderContact ?? null,
      upload: uploads ? 'requested' : null,
    })
    if (uploads) await jobs.send(trx, 'upload-shipping', { shipmentId: id })
    await recordAction(trx, { ...action, detail: { shipmentId: id, ...body } })
    return shipment
  })
}

/**
 * Throws where the goods would be given for nothing: the money is taken back, or refunded whole. What
 * has been shipped can still be corrected.
 */
async function checkShippable(trx: Trx, orderId: string): Promise<void> {
  const { payment, isShipped } = await readPaidOrder(trx, orderId)
  if (isShipped) return
  const hold = await findHold(trx, payment.id)
  if (hold !== undefined) throw new HttpProblem('order_not_shippable', hold)
  if ((await refundableValue(trx, payment)) === 0) {
    throw new HttpProblem('order_not_shippable', 'Ship only what is paid: all of the money is refunded.')
  }
}

function checkExpress({ logisticsType, carrier, trackingNo }: CreateShipment): void {
  if (logisticsType !== 'express') return
  const missing = Object.entries({ carrier, trackingNo }).filter(([, value]) => value === undefined)
  if (missing.length === 0) return
  const errors = missing.map(([name]) => ({ path: `body/${name}`, message: 'is missing' }))
  const detail = 'Add the carrier and the trackingNo of an express shipment.'
  throw new HttpProblem('validation_failed', detail, { errors })
}
