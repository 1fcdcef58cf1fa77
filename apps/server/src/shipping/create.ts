import { type CreateShipment, operatorRoutes } from '@tael/contracts'
import type { Db } from '../db/database.ts'
import { newId } from '../db/ids.ts'
import { claimKey } from '../http/idempotency.ts'
import { ProblemError } from '../http/problem.ts'
import type { JobQueue } from '../jobs/jobs.ts'
import { findReversalsBeforeShipping } from '../ops/attention.ts'
import { type OperatorAction, recordAction } from '../ops/audit.ts'
import { lockOrder } from '../orders/store.ts'
import { keepShipment, readShipment, type ShipmentRow } from './store.ts'

export interface CreateShipmentDependencies {
  readonly db: Db
  readonly jobs: JobQueue
  /** Whether WeChat is told too. */
  readonly uploads: boolean
}

/**
 * Writes down that a paid order was shipped, with who said so and, where WeChat is told too, the job that tells it, in
 * one transaction. Another key corrects what was said before. The same Idempotency-Key leads to the order's shipment as
 * it stands.
 */
export async function createShipment(
  { db, jobs, uploads }: CreateShipmentDependencies,
  action: OperatorAction,
  key: string,
  orderId: string,
  body: CreateShipment,
): Promise<ShipmentRow> {
  checkExpress(body)
  const id = newId('shp')
  return db.transaction().execute(async (trx) => {
    const request = {
      callerId: action.actor,
      key,
      route: operatorRoutes.createShipment,
      body: { orderId, ...body },
    }
    if ((await claimKey(trx, request, id)) !== id) return readShipment(trx, orderId)
    const order = await lockOrder(trx, orderId)
    if (order === undefined) throw new ProblemError('order_not_found', 'There is no order of this id.')
    if (order.status !== 'paid') {
      throw new ProblemError(
        'order_not_shippable',
        `The order is ${order.status}: nothing is shipped for it.`,
      )
    }
    const reversals = await findReversalsBeforeShipping(trx, orderId)
    if (reversals.length > 0) {
      const why = `Adyen said ${reversals.join(', ')} of its payment`
      throw new ProblemError('order_not_shippable', `${why}: deal with it under GET /ops/attention first.`)
    }
    const made = await keepShipment(trx, {
      id,
      order_id: orderId,
      logistics_type: body.logisticsType,
      carrier: body.carrier ?? null,
      tracking_no: body.trackingNo ?? null,
      items: body.items,
      sender_contact: body.senderContact ?? null,
      upload: uploads ? 'requested' : null,
    })
    if (uploads) await jobs.send(trx, 'upload-shipping', { shipmentId: id }, new Date())
    await recordAction(trx, { ...action, detail: { shipmentId: id, ...body } })
    return made
  })
}

function checkExpress({ logisticsType, carrier, trackingNo }: CreateShipment): void {
  if (logisticsType !== 'express') return
  const missing = Object.entries({ carrier, trackingNo }).filter(([, value]) => value === undefined)
  if (missing.length === 0) return
  const errors = missing.map(([name]) => ({ path: `body/${name}`, message: 'is missing' }))
  const detail = 'An express shipment has a carrier and a trackingNo.'
  throw new ProblemError('validation_failed', detail, { errors })
}
