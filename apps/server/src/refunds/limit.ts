import type { Actor, Amount } from '@tael/contracts'
import { sql } from 'kysely'
import type { Trx } from '../db/database.ts'
import type { PaymentRow } from '../db/rows.ts'

/** Who refunds, and how much of one payment they may refund by themselves; null: all of it. */
export interface Refunder extends Actor {
  readonly refundLimit: Amount | null
}

/**
 * Whether an operator may refund this much of a locked payment by themselves. What they refunded of
 * it before counts, requested or confirmed: a refund in small parts is one refund.
 */
export async function isWithinLimit(
  trx: Trx,
  { id, refundLimit }: Refunder,
  payment: PaymentRow,
  amount: Amount,
): Promise<boolean> {
  if (refundLimit === null) return true
  if (refundLimit.currency !== amount.currency) return false
  const { before } = await trx
    .selectFrom('refunds')
    .leftJoin('refund_proposals', 'refund_proposals.refund_id', 'refunds.id')
    .select(sql<number>`coalesce(sum(refunds.value), 0)::bigint`.as('before'))
    .where('refunds.payment_id', '=', payment.id)
    .where('refunds.status', '<>', 'failed')
    .where((eb) => eb.or([eb('requested_by', '=', id), eb('decided_by', '=', id)]))
    .executeTakeFirstOrThrow()
  return before + amount.value <= refundLimit.value
}
