import type { RefundRow } from '../db/rows.ts'
import { applyEvent } from '../ledger/apply-event.ts'
import type { LockedPayment } from '../ledger/lock.ts'
import { type RequestedRefund, requestRefund } from '../ledger/request-refund.ts'
import type { UnitOfWork } from '../ledger/unit-of-work.ts'

/** Requests a refund of a locked payment, with the event of the payment. */
export async function requestWithEvent(
  unit: UnitOfWork,
  locked: LockedPayment,
  requested: RequestedRefund,
): Promise<RefundRow> {
  const refund = await requestRefund(unit, locked, requested)
  const event = { type: 'refund_updated', refundId: refund.id, status: 'requested' } as const
  await applyEvent(unit, locked, event, { source: 'operator' })
  return refund
}
