import { type Amount, operatorRoutes } from '@tael/contracts'
import { toAmount } from '../db/amount.ts'
import type { Db, Trx } from '../db/database.ts'
import { newId } from '../db/ids.ts'
import { claimKey } from '../http/idempotency.ts'
import { ProblemError } from '../http/problem.ts'
import type { JobQueue } from '../jobs/jobs.ts'
import { type OperatorAction, recordAction } from '../ops/audit.ts'
import { applyEvent } from '../payments/apply.ts'
import { type LockedPayment, lockPayment } from '../payments/store.ts'
import { reached } from '../steps.ts'
import type { RefundRow } from './change.ts'
import { refundable, requestRefund } from './request.ts'

/** How many refunds WeChat takes for one payment (pay.weixin.qq.com, refund FAQ). */
const REFUNDS_MAX = 50

export interface CreateRefund {
  readonly paymentId: string
  readonly amount: Amount
}

/**
 * An operator gives money of a payment back: decided here, with its key for Adyen, its job, its event and who did it, in
 * one transaction. Adyen's webhook tells the outcome. The same Idempotency-Key leads to the same refund as it stands.
 */
export async function createRefund(
  { db, jobs }: { readonly db: Db; readonly jobs: JobQueue },
  action: OperatorAction,
  key: string,
  body: CreateRefund,
): Promise<RefundRow> {
  const { paymentId, amount } = body
  const refundId = newId('rf')
  const refund = await db.transaction().execute(async (trx) => {
    const request = { callerId: action.actor, key, route: operatorRoutes.createRefund, body }
    const claimed = await claimKey(trx, request, refundId)
    if (claimed !== refundId) {
      return trx.selectFrom('refunds').selectAll().where('id', '=', claimed).executeTakeFirstOrThrow()
    }
    const locked = await lockPayment(trx, paymentId)
    if (locked === undefined) throw new ProblemError('payment_not_found', 'There is no payment of this id.')
    await checkRefundable(trx, locked, amount)
    const made = await requestRefund({ trx, jobs }, locked.payment, amount.value, 'operator', refundId)
    const event = { type: 'refund_news', refundId, heard: 'requested' } as const
    await applyEvent({ trx, jobs }, locked, event, { source: 'operator' })
    await recordAction(trx, { ...action, detail: { refundId, amount } })
    return made
  })
  reached('refunds intended')
  return refund
}

async function checkRefundable(trx: Trx, { payment }: LockedPayment, amount: Amount): Promise<void> {
  if (payment.status !== 'authorised') {
    throw new ProblemError('payment_not_refundable', `The payment is ${payment.status}: it took no money.`)
  }
  const left = { ...toAmount(payment), value: await refundable(trx, payment) }
  if (amount.currency !== left.currency || amount.value > left.value || amount.value === 0) {
    const detail = 'Refund no more than is left of the payment, in its currency, and at least one minor unit.'
    throw new ProblemError('refund_exceeds_payment', detail, { amount: left })
  }
  const { made } = await trx
    .selectFrom('refunds')
    .select(({ fn }) => fn.countAll<number>().as('made'))
    .where('payment_id', '=', payment.id)
    .executeTakeFirstOrThrow()
  if (made >= REFUNDS_MAX) {
    throw new ProblemError(
      'payment_not_refundable',
      `WeChat takes ${REFUNDS_MAX} refunds of one payment, not more.`,
    )
  }
}
