import {
  orderNumber,
  type RefundProposal,
  type RefundProposals,
  type RefundProposalsQuery,
  type RefundProposalState,
} from '@tael/contracts'
import { toAmount } from '../db/amount.ts'
import { currentTime } from '../db/clock.ts'
import type { Db, Trx } from '../db/database.ts'
import { cutPage } from '../db/pages.ts'
import type { RefundProposalRow } from '../db/rows.ts'

const PAGE_SIZE = 50

/** A proposal with the order of its payment, and whether nobody can decide it any more. */
export interface ProposalRow extends RefundProposalRow {
  readonly order_id: string
  readonly is_late: unknown
}

/** Every proposal, as a ProposalRow. */
function proposals(db: Db | Trx) {
  return db
    .selectFrom('refund_proposals')
    .selectAll()
    .select((eb) => [
      eb('expires_at', '<=', currentTime).as('is_late'),
      // A join would let the planner read every payment for one page of the list.
      eb
        .selectFrom('payments')
        .select('payments.order_id')
        .whereRef('payments.id', '=', 'refund_proposals.payment_id')
        .$asScalar()
        .$notNull()
        .as('order_id'),
    ])
}

export async function findProposal(trx: Trx, refundId: string): Promise<ProposalRow | undefined> {
  return proposals(trx).where('refund_id', '=', refundId).executeTakeFirst()
}

/** The proposals for these payments, oldest first. */
export async function readProposals(trx: Trx, paymentIds: readonly string[]): Promise<ProposalRow[]> {
  return proposals(trx)
    .where('payment_id', '=', (eb) => eb.fn.any(eb.val(paymentIds)))
    .orderBy('proposed_at')
    .orderBy('refund_id')
    .execute()
}

/** A page of proposals, newest first. */
export async function listRefundProposals(
  db: Db,
  { state, before, limit = PAGE_SIZE }: RefundProposalsQuery,
): Promise<RefundProposals> {
  const rows = await proposals(db)
    .where((eb) => {
      if (state === undefined) return eb.lit(true)
      if (state === 'confirmed' || state === 'rejected') return eb('decision', '=', state)
      const isInTime = eb('expires_at', state === 'awaiting' ? '>' : '<=', currentTime)
      return eb.and([eb('decision', 'is', null), isInTime])
    })
    .where((eb) =>
      before === undefined
        ? eb.lit(true)
        : eb(
            eb.refTuple('proposed_at', 'refund_id'),
            '<',
            eb
              .selectFrom('refund_proposals as last')
              .select(['last.proposed_at', 'last.refund_id'])
              .where('last.refund_id', '=', before)
              .$asTuple('proposed_at', 'refund_id'),
          ),
    )
    .orderBy('proposed_at', 'desc')
    .orderBy('refund_id', 'desc')
    .limit(limit + 1)
    .execute()
  const { page, next } = cutPage(
    rows.map((row) => ({ ...row, id: row.refund_id })),
    limit,
  )
  return { proposals: page.map(toRefundProposal), next }
}

export function stateOf({
  decision,
  is_late,
}: Pick<ProposalRow, 'decision' | 'is_late'>): RefundProposalState {
  return decision ?? (is_late === true ? 'expired' : 'awaiting')
}

export function toRefundProposal(row: ProposalRow): RefundProposal {
  const { decided_by, decided_by_name } = row
  return {
    refundId: row.refund_id,
    paymentId: row.payment_id,
    orderId: row.order_id,
    orderNumber: orderNumber(row.order_id),
    amount: toAmount(row),
    reason: row.reason,
    note: row.note,
    state: stateOf(row),
    proposedBy: { id: row.proposed_by, name: row.proposed_by_name },
    proposedAt: row.proposed_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    decidedBy:
      decided_by === null || decided_by_name === null ? null : { id: decided_by, name: decided_by_name },
    decidedAt: row.decided_at?.toISOString() ?? null,
    rejection: row.rejection,
  }
}
