import type { Amount, ChosenRefundReason, Route } from '@tael/contracts'
import { type OperatorAction, recordAction } from '../audit/record-action.ts'
import type { Context } from '../context.ts'
import { currentTime, timeIn } from '../db/clock.ts'
import type { Trx } from '../db/database.ts'
import { newId } from '../db/ids.ts'
import type { RefundRow } from '../db/rows.ts'
import type { StatedRefundReason } from '../db/tables.ts'
import { inTransaction } from '../db/transaction.ts'
import { claimKey } from '../http/idempotency.ts'
import { HttpProblem } from '../http/problem.ts'
import { lockPayment } from '../ledger/lock.ts'
import { announceStep } from '../steps.ts'
import { isWithinLimit, type Refunder } from './limit.ts'
import { findProposal, type ProposalRow } from './proposals.ts'
import { requestWithEvent } from './request.ts'
import { checkRefundable } from './refundable.ts'

/** A proposal expires after a week: then whoever proposed it should look at the order again. */
const PROPOSAL_MS = 7 * 24 * 60 * 60 * 1000

/** What is asked for: `merchant` is the reason of a merchant's backend, which has no limit. */
export interface WantedRefund {
  readonly amount: Amount
  readonly reason: StatedRefundReason
  readonly note?: string
}

/** What became of it: a refund, or a proposal that a second operator has to confirm. */
export type Created =
  | { readonly state: 'requested'; readonly refund: RefundRow }
  | { readonly state: 'awaiting_confirmation'; readonly proposal: ProposalRow }

/**
 * Requests a refund for an operator or a merchant's backend: its row, its key for Adyen, its job, its
 * event and the audit record, in one transaction. Adyen's webhook reports the outcome. Above the
 * limit of the key it is only proposed. The same Idempotency-Key returns the same refund as it is now.
 * `route` is the one that was called with the key.
 */
export async function createRefund(
  { db, jobs }: Pick<Context, 'db' | 'jobs'>,
  action: OperatorAction,
  refunder: Refunder,
  { route, key }: { readonly route: Route; readonly key: string },
  paymentId: string,
  wanted: WantedRefund,
): Promise<Created> {
  checkNote(wanted)
  const { amount, reason, note = null } = wanted
  const refundId = newId('rf')
  const created = await inTransaction(db, async (trx): Promise<Created> => {
    const request = { callerId: action.actor, key, route, body: { paymentId, ...wanted } }
    const claimed = await claimKey(trx, request, refundId)
    if (claimed !== refundId) return findCreated(trx, claimed)
    const locked = await lockPayment(trx, paymentId)
    if (locked === undefined)
      throw new HttpProblem('payment_not_found', 'Check the id: this payment does not exist.')
    await checkRefundable(trx, locked.payment, amount)
    const detail = { refundId, amount, reason, note }
    if (reason !== 'merchant' && !(await isWithinLimit(trx, refunder, locked.payment, amount))) {
      await insertProposal(trx, refundId, refunder, paymentId, { amount, reason, note })
      await recordAction(trx, { ...action, action: 'refund.propose', detail })
      return findCreated(trx, refundId)
    }
    const stated = { reason, note, by: refunder }
    const refund = await requestWithEvent({ trx, jobs }, locked, {
      id: refundId,
      value: amount.value,
      stated,
    })
    await recordAction(trx, { ...action, detail })
    return { state: 'requested', refund }
  })
  announceStep('refunds intended')
  return created
}

function checkNote({ reason, note }: WantedRefund): void {
  if (reason !== 'other' || note !== undefined) return
  const errors = [{ path: 'body/note', message: 'is missing' }]
  throw new HttpProblem('validation_failed', 'Add a note to a refund for another reason.', { errors })
}

async function findCreated(trx: Trx, refundId: string): Promise<Created> {
  const refund = await trx.selectFrom('refunds').selectAll().where('id', '=', refundId).executeTakeFirst()
  if (refund !== undefined) return { state: 'requested', refund }
  const proposal = await findProposal(trx, refundId)
  if (proposal === undefined) throw new Error(`The refund ${refundId} does not exist.`)
  return { state: 'awaiting_confirmation', proposal }
}

interface ProposedRefund {
  readonly amount: Amount
  readonly reason: ChosenRefundReason
  readonly note: string | null
}

async function insertProposal(
  trx: Trx,
  refundId: string,
  { id, name }: Refunder,
  paymentId: string,
  { amount: { currency, value }, reason, note }: ProposedRefund,
): Promise<void> {
  await trx
    .insertInto('refund_proposals')
    .values({
      refund_id: refundId,
      payment_id: paymentId,
      currency,
      value,
      reason,
      note,
      proposed_by: id,
      proposed_by_name: name,
      proposed_at: currentTime,
      expires_at: timeIn(PROPOSAL_MS),
    })
    .execute()
}
