import type { Order, RefundDecline, Shipment } from '@tael/contracts'
import { toAmount } from '../db/amount.ts'
import type { OrderRow, PaymentRow, RefundRow } from '../db/rows.ts'
import { toPayment } from '../payments/view.ts'
import { toRefund } from '../refunds/view.ts'

/** The rows that an order shows beside its own: its attempt, its refunds, its shipment. */
export interface OrderDetails {
  readonly payment: PaymentRow | null
  readonly refunds: readonly RefundRow[]
  readonly shipment: Shipment | null
}

/** An order with the milliseconds until it expires, by PostgreSQL's clock. */
export interface TimedOrderRow extends OrderRow {
  readonly leftMs: number
}

/** An order as its shopper sees it. A new one has no details yet. */
export function toOrder(
  order: TimedOrderRow,
  { payment, refunds, shipment }: OrderDetails = { payment: null, refunds: [], shipment: null },
): Order {
  return {
    id: order.id,
    status: order.status,
    amount: toAmount(order),
    lines: order.lines,
    description: order.description,
    payment: payment === null ? null : toPayment({ payment, order }),
    refunds: refunds.map(toRefund),
    refundRequestedAt: order.refund_requested_at?.toISOString() ?? null,
    refundDecline: toRefundDecline(order),
    deliverTo: order.deliver_to,
    shipment,
    createdAt: order.created_at.toISOString(),
    expiresAt: order.expires_at.toISOString(),
    leftMs: order.status === 'open' ? Math.max(0, Math.round(order.leftMs)) : null,
    paidAt: order.paid_at?.toISOString() ?? null,
    cancelledAt: order.cancelled_at?.toISOString() ?? null,
  }
}

/** How the shop declined the refund that was requested; null where it did not. */
export function toRefundDecline({
  refund_declined_at,
  refund_decline_reason,
}: OrderRow): RefundDecline | null {
  if (refund_declined_at === null) return null
  return { at: refund_declined_at.toISOString(), reason: refund_decline_reason ?? '' }
}
