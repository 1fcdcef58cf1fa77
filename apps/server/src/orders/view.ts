import type { Order, Shipment } from '@tael/contracts'
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

/** An order as its shopper sees it. A new one has no details yet. */
export function toOrder(
  order: OrderRow,
  { payment, refunds, shipment }: OrderDetails = { payment: null, refunds: [], shipment: null },
): Order {
  return {
    id: order.id,
    status: order.status,
    amount: toAmount(order),
    lines: order.lines,
    payment: payment === null ? null : toPayment({ payment, order }),
    refunds: refunds.map(toRefund),
    refundRequestedAt: order.refund_requested_at?.toISOString() ?? null,
    shipment,
    createdAt: order.created_at.toISOString(),
    expiresAt: order.expires_at.toISOString(),
    paidAt: order.paid_at?.toISOString() ?? null,
    cancelledAt: order.cancelled_at?.toISOString() ?? null,
  }
}
