import type { Amount } from '@tael/contracts'
import { findHold } from '../attention/reversed-payments.ts'
import { toAmount } from '../db/amount.ts'
import type { Trx } from '../db/database.ts'
import type { PaymentRow } from '../db/rows.ts'
import { HttpProblem } from '../http/problem.ts'
import { refundableValue } from '../ledger/request-refund.ts'

/** How many refunds WeChat accepts for one payment (pay.weixin.qq.com, refund FAQ). */
const REFUNDS_MAX = 50

/** Throws where this much of a locked payment cannot be refunded now. */
export async function checkRefundable(trx: Trx, payment: PaymentRow, amount: Amount): Promise<void> {
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
