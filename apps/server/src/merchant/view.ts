import type { MerchantOrder, MerchantPayment } from '@tael/contracts'
import { toAmount } from '../db/amount.ts'
import type { OrderRow, PaymentRow, RefundRow } from '../db/rows.ts'
import { toResultCode } from '../payments/view.ts'
import { toOperatorRefund } from '../refunds/view.ts'

/** The row of an order of a merchant: what only such an order has is there. */
export interface MerchantOrderRow extends OrderRow {
  readonly reference: string
  readonly description: NonNullable<OrderRow['description']>
  readonly metadata: NonNullable<OrderRow['metadata']>
}

/** An order as its merchant sees it. */
export function toMerchantOrder(
  order: MerchantOrderRow,
  { payment, refunds }: { readonly payment: PaymentRow | null; readonly refunds: readonly RefundRow[] },
): MerchantOrder {
  return {
    reference: order.reference,
    id: order.id,
    version: order.version,
    status: order.status,
    amount: toAmount(order),
    description: order.description,
    metadata: order.metadata,
    payment: payment === null ? null : toMerchantPayment(payment),
    refunds: refunds.map(toOperatorRefund),
    createdAt: order.created_at.toISOString(),
    expiresAt: order.expires_at.toISOString(),
    paidAt: order.paid_at?.toISOString() ?? null,
    cancelledAt: order.cancelled_at?.toISOString() ?? null,
  }
}

function toMerchantPayment(payment: PaymentRow): MerchantPayment {
  return {
    id: payment.id,
    amount: toAmount(payment),
    status: payment.status,
    resultCode: toResultCode(payment),
    pspReference: payment.psp_reference,
    wechatTransactionId: payment.wechat_transaction_id,
    reversals: payment.reversals,
  }
}
