import { randomUUID } from 'node:crypto'
import { operatorRoutes, type ResendRefund } from '@tael/contracts'
import { findHold } from '../attention/reversed-payments.ts'
import { type OperatorAction, recordAction } from '../audit/record-action.ts'
import type { Context } from '../context.ts'
import type { Trx } from '../db/database.ts'
import type { RefundRow } from '../db/rows.ts'
import { inTransaction } from '../db/transaction.ts'
import { claimKey } from '../http/idempotency.ts'
import { HttpProblem } from '../http/problem.ts'
import { applyEvent } from '../ledger/apply-event.ts'
import { renewCall } from '../ledger/calls.ts'
import { lockExistingPayment } from '../ledger/lock.ts'

/**
 * Sends a refund to Adyen again, under a new idempotency key, for an operator who has looked whether
 * it was made. Only a refund whose call Adyen has ended without an outcome: while the call is
 * retried, its own key guards it. The same Idempotency-Key sends it once.
 */
export async function resendRefund(
  { db, jobs }: Pick<Context, 'db' | 'jobs'>,
  action: OperatorAction,
  key: string,
  refundId: string,
  body: ResendRefund,
): Promise<RefundRow> {
  return inTransaction(db, async (trx) => {
    const callKey = randomUUID()
    const route = operatorRoutes.resendRefund
    const request = { callerId: action.actor, key, route, body: { refundId, ...body } }
    const isRepeated = (await claimKey(trx, request, callKey)) !== callKey
    const { payment_id: paymentId } = await readRefund(trx, refundId)
    const locked = await lockExistingPayment(trx, paymentId)
    const refund = await readRefund(trx, refundId)
    if (isRepeated) return refund

    if (refund.status !== 'requested') {
      throw new HttpProblem(
        'refund_not_resendable',
        `Send only requested refunds: this one is ${refund.status}.`,
      )
    }
    const hold = await findHold(trx, paymentId)
    if (hold !== undefined) throw new HttpProblem('payment_not_refundable', hold)
    const unit = { trx, jobs }
    const call = { paymentId, operation: 'refunds', variant: refundId } as const
    const idempotencyKey = await renewCall(unit, call, callKey)
    if (idempotencyKey === undefined) {
      throw new HttpProblem(
        'refund_not_resendable',
        'Wait: Adyen has not answered, and it is retried by itself.',
      )
    }
    const event = { type: 'refund_updated', refundId, status: 'requested' } as const
    await applyEvent(unit, locked, event, { source: 'operator' })
    await recordAction(trx, { ...action, detail: { ...body, paymentId, before: { idempotencyKey } } })
    return refund
  })
}

async function readRefund(trx: Trx, refundId: string): Promise<RefundRow> {
  const refund = await trx.selectFrom('refunds').selectAll().where('id', '=', refundId).executeTakeFirst()
  if (refund === undefined)
    throw new HttpProblem('refund_not_found', 'Check the id: this refund does not exist.')
  return refund
}
