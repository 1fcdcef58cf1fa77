import { type OperatorAction, recordAction } from '../audit/record-action.ts'
import type { Context } from '../context.ts'
import { describeAmount, toAmount } from '../db/amount.ts'
import { currentTime } from '../db/clock.ts'
import type { Db, Trx } from '../db/database.ts'
import type { RefundRow } from '../db/rows.ts'
import { inTransaction } from '../db/transaction.ts'
import { HttpProblem } from '../http/problem.ts'
import { lockExistingPayment } from '../ledger/lock.ts'
import { announceStep } from '../steps.ts'
import { isWithinLimit, type Refunder } from './limit.ts'
import { findProposal, type ProposalRow, stateOf } from './proposals.ts'
import { requestWithEvent } from './request.ts'
import { checkRefundable } from './refundable.ts'

/**
 * Confirms a proposed refund as a second operator: its decision, and all that requests the refund, in
 * one transaction. The money must still be there, and the confirming key's own limit allow it. The
 * same operator may repeat it; of two operators the first confirms.
 */
export async function confirmRefund(
  { db, jobs }: Pick<Context, 'db' | 'jobs'>,
  action: OperatorAction,
  refunder: Refunder,
  refundId: string,
): Promise<RefundRow> {
  const confirmed = await inTransaction(db, async (trx) => {
    const { payment_id: paymentId } = await readProposal(trx, refundId)
    const locked = await lockExistingPayment(trx, paymentId)
    const proposal = await readProposal(trx, refundId)
    if (proposal.decision === 'confirmed' && proposal.decided_by === refunder.id) {
      return trx.selectFrom('refunds').selectAll().where('id', '=', refundId).executeTakeFirstOrThrow()
    }
    checkUndecided(proposal)
    checkSecondOperator(proposal, refunder)
    const amount = toAmount(proposal)
    await checkRefundable(trx, locked.payment, amount)
    if (!(await isWithinLimit(trx, refunder, locked.payment, amount))) {
      const limit = refunder.refundLimit === null ? '' : describeAmount(refunder.refundLimit)
      throw new HttpProblem(
        'refund_limit_exceeded',
        `Let an operator confirm it who may refund more: your limit for one payment is ${limit}.`,
      )
    }
    await decide(trx, refundId, refunder, { decision: 'confirmed', rejection: null })
    const { reason, note, proposed_by, proposed_by_name } = proposal
    const refund = await requestWithEvent({ trx, jobs }, locked, {
      id: refundId,
      value: amount.value,
      stated: { reason, note, by: { id: proposed_by, name: proposed_by_name } },
    })
    await recordAction(trx, {
      ...action,
      detail: { paymentId, amount, reason, note, proposedBy: proposed_by },
    })
    return refund
  })
  announceStep('refunds intended')
  return confirmed
}

/**
 * Rejects a proposed refund, which whoever proposed it may do as well, with the audit record in one
 * transaction. The same operator may repeat it with the same note.
 */
export async function rejectRefund(
  db: Db,
  action: OperatorAction,
  refunder: Refunder,
  refundId: string,
  note: string,
): Promise<ProposalRow> {
  return inTransaction(db, async (trx) => {
    await trx
      .selectFrom('refund_proposals')
      .select('refund_id')
      .where('refund_id', '=', refundId)
      .forUpdate()
      .execute()
    const proposal = await readProposal(trx, refundId)
    if (proposal.decided_by === refunder.id && proposal.rejection === note) return proposal
    checkUndecided(proposal)
    await decide(trx, refundId, refunder, { decision: 'rejected', rejection: note })
    await recordAction(trx, { ...action, detail: { paymentId: proposal.payment_id, note } })
    return readProposal(trx, refundId)
  })
}

async function readProposal(trx: Trx, refundId: string): Promise<ProposalRow> {
  const proposal = await findProposal(trx, refundId)
  if (proposal === undefined)
    throw new HttpProblem('refund_proposal_not_found', 'Check the id: no proposed refund has it.')
  return proposal
}

/** Writes the one decision of a proposal, which nobody has decided and which has not expired. */
async function decide(
  trx: Trx,
  refundId: string,
  { id, name }: Refunder,
  outcome: Pick<ProposalRow, 'decision' | 'rejection'>,
): Promise<void> {
  const { numUpdatedRows } = await trx
    .updateTable('refund_proposals')
    .set({ ...outcome, decided_by: id, decided_by_name: name, decided_at: currentTime })
    .where('refund_id', '=', refundId)
    .where('decision', 'is', null)
    .where('expires_at', '>', currentTime)
    .executeTakeFirst()
  if (numUpdatedRows > 0n) return
  checkUndecided(await readProposal(trx, refundId))
  throw new Error(`The proposal ${refundId} could not be decided.`)
}

function checkUndecided(proposal: ProposalRow): void {
  const state = stateOf(proposal)
  if (state === 'awaiting') return
  const detail =
    state === 'expired'
      ? `Request the refund again: this proposal expired at ${proposal.expires_at.toISOString()}.`
      : `Decide it once: ${String(proposal.decided_by_name)} has ${state} it.`
  throw new HttpProblem('refund_proposal_decided', detail)
}

/** One person may have several keys: they have one name. */
function checkSecondOperator(proposal: ProposalRow, { id, name }: Refunder): void {
  const isSamePerson = proposal.proposed_by === id || foldName(proposal.proposed_by_name) === foldName(name)
  if (!isSamePerson) return
  throw new HttpProblem(
    'second_operator_required',
    `Let another operator confirm it: ${proposal.proposed_by_name} proposed it.`,
  )
}

function foldName(name: string): string {
  return name.normalize('NFKC').trim().toLowerCase()
}
