import type { CreatedRefund, OperatorRefund, OperatorRefundReason, Refund } from '@tael/contracts'
import { toAmount } from '../db/amount.ts'
import type { RefundRow } from '../db/rows.ts'
import { toRefundReason } from '../ledger/refund-reason.ts'
import type { Created } from './create.ts'
import { toRefundProposal } from './proposals.ts'

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
  const { requested_by: id, requested_by_name: name } = refund
  return {
    ...toRefund(refund),
    reason: toOperatorRefundReason(refund),
    note: refund.note,
    requestedBy: id === null || name === null ? null : { id, name },
    paymentId: refund.payment_id,
    pspReference: refund.psp_reference,
  }
}

function toOperatorRefundReason({ reason, stated_reason }: RefundRow): OperatorRefundReason {
  switch (reason) {
    case 'surplus':
      return 'surplus'
    case 'external':
      return 'customer_area'
    case 'operator':
      return stated_reason ?? 'unstated'
  }
}

/** What a request to refund led to, as an operator sees it. */
export function toCreatedRefund(created: Created): CreatedRefund {
  return created.state === 'requested'
    ? { state: 'requested', refund: toOperatorRefund(created.refund) }
    : { state: 'awaiting_confirmation', proposal: toRefundProposal(created.proposal) }
}
