import type { Amount, CreateRefund, Route } from '@tael/contracts'
import { findHold } from '../attention/reversed-payments.ts'
import { type OperatorAction, recordAction } from '../audit/record-action.ts'
import type { Context } from '../context.ts'
import { toAmount } from '../db/amount.ts'
import type { Trx } from '../db/database.ts'
import { newId } from '../db/ids.ts'
import type { PaymentRow, RefundRow } from '../db/rows.ts'
import { inTransaction } from '../db/transaction.ts'
import { claimKey } from '../http/idempotency.ts'
import { HttpProblem } from '../http/problem.ts'
import { applyEvent } from '../ledger/apply-event.ts'
import { lockPayment } from '../ledger/lock.ts'
import { refundableValue, requestRefund } from '../ledger/request-refund.ts'
import { announceStep } from '../steps.ts'

/** How many refunds WeChat accepts for one payment (pay.weixin.qq.com, refund FAQ). */
const REFUNDS_MAX = 50

/**
 * Requests a refund for an operator or a merchant's backend: its row, its key for Adyen, its job, its event and the audit
 * record, in one transaction. Adyen's webhook reports the outcome. The same Idempotency-Key returns
 * the same refund as it is now. `route` is the one that was called with the key.
 */
export async function createRefund(
  { db, jobs }: Pick<Context, 'db' | 'jobs'>,
  action: OperatorAction,
  { route, key }: { readonly route: Route; readonly key: string },
  paymentId: string,
  body: CreateRefund,
): Promise<RefundRow> {
  const { amount } = body
  const refundId = newId('rf')
  const refund = await inTransaction(db, async (trx) => {
    const request = { callerId: action.actor, key, route, body: { paymentId, ...body } }
    const claimed = await claimKey(trx, request, refundId)
    if (claimed !== refundId) {
      return trx.selectFrom('refunds').selectAll().where('id', '=', claimed).executeTakeFirstOrThrow()
    }
    const unit = { trx, jobs }
    const locked = await lockPayment(trx, paymentId)
    if (locked === undefined)
      throw new HttpProblem('payment_not_found', 'Check the id: this payment does not exist.')
    await checkRefundable(trx, locked.payment, amount)
    const requested = await requestRefund(unit, locked, amount.value, 'operator', refundId)
    const event = { type: 'refund_updated', refundId, status: 'requested' } as const
    await applyEvent(unit, locked, event, { source: 'operator' })
    await recordAction(trx, { ...action, detail: { refundId, amount } })
    return requested
  })
  announceStep('refunds intended')
  return refund
}

async function checkRefundable(trx: Trx, payment: PaymentRow, amount: Amount): Promise<void> {
  if (payment.status !== 'authorised') {
    throw new HttpProblem(
      'payment_not_refundable',
      `Refund only authorised payments: this one is ${payment.status}.`,
    )
  }
  const hold = await findHold(trx, payment.id)
  if (hold !== undefined) throw new HttpProblem('payment_not_refundable', hold)
  const left = { ...toAmount(payment), value: await refundableValue(trx, payment) }
  if (amount.currency !== left.currency || amount.value > left.value || amount.value === 0) {
    const detail = 'Refund no more than is left of the payment, in its currency, and at least one minor unit.'
    throw new HttpProblem('refund_exceeds_payment', detail, { amount: left })
  }
  const { count } = await trx
    .selectFrom('refunds')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('payment_id', '=', payment.id)
    .executeTakeFirstOrThrow()
  if (count >= REFUNDS_MAX) {
    throw new HttpProblem(
      'payment_not_refundable',
      `Return the money by hand: WeChat accepts ${REFUNDS_MAX} refunds of one payment.`,
    )
  }
}
