import { formatAmount, orderNumber, type ShopperExport } from '@tael/contracts'
import { type OperatorAction, recordAction } from '../audit/record-action.ts'
import { toAmount } from '../db/amount.ts'
import type { Db, Trx } from '../db/database.ts'
import type { OrderRow, PaymentRow, RefundRow, ShipmentRow } from '../db/rows.ts'
import { inSnapshot } from '../db/transaction.ts'
import { hashOpenid, type Openids } from '../openids/openids.ts'
import { toRefundDecline } from '../orders/view.ts'
import { readShopper } from './shoppers.ts'

/** Everything that is stored about a shopper, read in one snapshot after it was audited. */
export async function exportShopper(
  { db, openids }: { readonly db: Db; readonly openids: Openids },
  action: OperatorAction,
  shopperId: string,
): Promise<ShopperExport> {
  await recordAction(db, action)
  return inSnapshot(db, async (trx) => {
    const shopper = await readShopper(trx, shopperId)
    const openid = openids.read(shopper)
    const sessions = await trx
      .selectFrom('sessions')
      .select(['created_at', 'expires_at'])
      .where('shopper_id', '=', shopperId)
      .orderBy('created_at')
      .execute()
    return {
      shopperId,
      openidHash: openid === undefined ? null : hashOpenid(openid).toString('hex'),
      createdAt: shopper.created_at.toISOString(),
      erasedAt: shopper.erased_at?.toISOString() ?? null,
      sessions: sessions.map(({ created_at, expires_at }) => ({
        createdAt: created_at.toISOString(),
        expiresAt: expires_at.toISOString(),
      })),
      orders: await readOrders(trx, shopperId),
    }
  })
}

async function readOrders(trx: Trx, shopperId: string): Promise<ShopperExport['orders']> {
  const orders = await trx
    .selectFrom('orders')
    .selectAll()
    .where('shopper_id', '=', shopperId)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  const payments = await trx
    .selectFrom('payments')
    .innerJoin('orders', 'orders.id', 'order_id')
    .selectAll('payments')
    .where('orders.shopper_id', '=', shopperId)
    .orderBy('payments.created_at')
    .execute()
  const refunds = await trx
    .selectFrom('refunds')
    .innerJoin('payments', 'payments.id', 'payment_id')
    .innerJoin('orders', 'orders.id', 'order_id')
    .selectAll('refunds')
    .where('orders.shopper_id', '=', shopperId)
    .orderBy('refunds.created_at')
    .execute()
  const shipments = await trx
    .selectFrom('shipments')
    .innerJoin('orders', 'orders.id', 'order_id')
    .selectAll('shipments')
    .where('orders.shopper_id', '=', shopperId)
    .execute()
  const paymentsOf = Map.groupBy(payments, ({ order_id }) => order_id)
  const refundsOf = Map.groupBy(refunds, ({ payment_id }) => payment_id)
  const shipmentOf = new Map(shipments.map((shipment) => [shipment.order_id, shipment]))
  return orders.map((order) => ({
    ...toExportedOrder(order, shipmentOf.get(order.id)),
    payments: (paymentsOf.get(order.id) ?? []).map((payment) => ({
      ...toExportedPayment(payment),
      refunds: (refundsOf.get(payment.id) ?? []).map(toExportedRefund),
    })),
  }))
}

function moneyOf(row: Pick<OrderRow, 'currency' | 'value'>) {
  const amount = toAmount(row)
  return { amount, formattedAmount: formatAmount(amount) }
}

function toExportedOrder(order: OrderRow, shipment: ShipmentRow | undefined) {
  return {
    id: order.id,
    number: orderNumber(order.id),
    reference: order.reference,
    status: order.status,
    ...moneyOf(order),
    lines: order.lines,
    description: order.description,
    metadata: order.metadata,
    deliverTo: order.deliver_to,
    createdAt: order.created_at.toISOString(),
    expiresAt: order.expires_at.toISOString(),
    paidAt: order.paid_at?.toISOString() ?? null,
    cancelledAt: order.cancelled_at?.toISOString() ?? null,
    refundRequestedAt: order.refund_requested_at?.toISOString() ?? null,
    refundDecline: toRefundDecline(order),
    shipment:
      shipment === undefined
        ? null
        : {
            at: shipment.shipped_at.toISOString(),
            carrier: shipment.carrier,
            trackingNo: shipment.tracking_no,
          },
  }
}

function toExportedPayment(payment: PaymentRow) {
  return {
    id: payment.id,
    ...moneyOf(payment),
    status: payment.status,
    pspReference: payment.psp_reference,
    weChatTransactionId: payment.wechat_transaction_id,
    createdAt: payment.created_at.toISOString(),
  }
}

function toExportedRefund(refund: RefundRow) {
  return {
    id: refund.id,
    ...moneyOf(refund),
    status: refund.status,
    createdAt: refund.created_at.toISOString(),
    updatedAt: refund.updated_at.toISOString(),
  }
}
