import type { OrderRecord } from '@tael/contracts'
import type { Db, Trx } from '../db/database.ts'
import type { OrderRow } from '../db/rows.ts'
import { inSnapshot } from '../db/transaction.ts'
import { toRefundDecline } from '../orders/view.ts'
import { readPaymentRecords } from '../payments/record.ts'
import { readProposals, toRefundProposal } from '../refunds/proposals.ts'
import { toOperatorShipment } from '../shipping/view.ts'
import { toOrderSummary } from './list.ts'
import { readTimeline } from './timeline.ts'

/** Everything about an order except secrets, read in one snapshot. */
export async function findOrderRecord(db: Db, orderId: string): Promise<OrderRecord | undefined> {
  return inSnapshot(db, async (trx) => {
    const order = await trx.selectFrom('orders').selectAll().where('id', '=', orderId).executeTakeFirst()
    return order === undefined ? undefined : readRecord(trx, order)
  })
}

async function readRecord(trx: Trx, order: OrderRow): Promise<OrderRecord> {
  const payments = await readPaymentRecords(trx, order)
  const proposals = await readProposals(
    trx,
    payments.map(({ id }) => id),
  )
  const shipment = await trx
    .selectFrom('shipments')
    .selectAll()
    .where('order_id', '=', order.id)
    .executeTakeFirst()
  return {
    ...toOrderSummary(order),
    lines: order.lines,
    deliverTo: order.deliver_to,
    expiresAt: order.expires_at.toISOString(),
    cancelledAt: order.cancelled_at?.toISOString() ?? null,
    refundRequestedAt: order.refund_requested_at?.toISOString() ?? null,
    refundDecline: toRefundDecline(order),
    payments,
    refundProposals: proposals.map(toRefundProposal),
    shipment: shipment === undefined ? null : toOperatorShipment(shipment),
    timeline: await readTimeline(trx, order, { payments, proposals, shipment }),
  }
}
