import type { OperatorRefund, Refund } from '@tael/contracts'
import { toAmount } from '../db/amount.ts'
import type { RefundRow } from '../db/rows.ts'
import { toRefundReason } from '../ledger/refund-reason.ts'

/** A refund as its shopper sees it: without Adyen's reference, and without who requested it. */
export function toRefund(refund: RefundRow): Refund {
  return {
    id: refund.id,
    amount: toAmount(refund),
    reason: toRefundReason(refund.reason),
    status: refund.status,
    createdAt: refund.created_at.toISOString(),
    updatedAt: refund.updated_at.toISOString(),
  }
}

/** A refund as an operator sees it. */
export function toOperatorRefund(refund: RefundRow): OperatorRefund {
  return { ...toRefund(refund), paymentId: refund.payment_id, pspReference: refund.psp_reference }
}
