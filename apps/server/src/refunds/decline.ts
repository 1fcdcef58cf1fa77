import type { RefundDecline } from '@tael/contracts'
import { type OperatorAction, recordAction } from '../audit/record-action.ts'
import type { Db, Trx } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { HttpProblem } from '../http/problem.ts'
import { type LockedOrder, lockOrder } from '../ledger/lock.ts'
import { recordRefundDecline } from '../ledger/orders.ts'

/**
 * Records that the shop does not grant the refund that a shopper requested, and the audit record,
 * in one transaction. The order shows the reason. Declining it again for the same reason changes
 * nothing.
 */
export async function declineRefund(
  db: Db,
  action: OperatorAction,
  orderId: string,
  reason: string,
): Promise<RefundDecline> {
  return inTransaction(db, async (trx) => {
    const order = await lockOrder(trx, orderId)
    if (order === undefined)
      throw new HttpProblem('order_not_found', 'Check the id: this order does not exist.')
    const declinedAt = order.refund_declined_at
    if (declinedAt !== null && order.refund_decline_reason === reason)
      return { at: declinedAt.toISOString(), reason }
    const refusal = await findRefusal(trx, order)
    if (refusal !== undefined) throw new HttpProblem('refund_not_requested', refusal)
    const at = await recordRefundDecline(trx, order, reason)
    await recordAction(trx, { ...action, detail: { reason } })
    return { at: at.toISOString(), reason }
  })
}

/** Why there is no request to decline. A refund made since has granted the request. */
async function findRefusal(trx: Trx, order: LockedOrder): Promise<string | undefined> {
  const { id, refund_requested_at, refund_declined_at, refund_decline_reason } = order
  if (refund_requested_at === null) return 'Decline nothing: the shopper has not requested a refund.'
  if (refund_declined_at !== null)
    return `Decline it once: it was declined with the reason "${refund_decline_reason}".`
  const granted = await trx
    .selectFrom('refunds')
    .innerJoin('payments', 'payments.id', 'refunds.payment_id')
    .select('refunds.id')
    .where('order_id', '=', id)
    .where('pays_order', '=', true)
    .where('refunds.created_at', '>', refund_requested_at)
    .where('refunds.status', '<>', 'failed')
    .limit(1)
    .executeTakeFirst()
  return granted && 'Decline nothing: the payment was refunded after the request, or is about to be.'
}
