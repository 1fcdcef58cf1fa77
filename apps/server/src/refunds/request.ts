import { orderCall } from '../calls/calls.ts'
import type { Trx } from '../db/database.ts'
import { newId } from '../db/ids.ts'
import type { RefundCause } from '../db/tables.ts'
import type { Books } from '../payments/apply.ts'
import type { PaymentRow } from '../payments/view.ts'
import type { RefundRow } from './change.ts'

/** What of a payment may still go back, in minor units: refunds that did not fail count, those under way too. */
export async function refundable(trx: Trx, payment: PaymentRow): Promise<number> {
  const { back } = await trx
    .selectFrom('refunds')
    .select((eb) => eb.fn.coalesce(eb.fn.sum<number>('value'), eb.val(0)).as('back'))
    .where('payment_id', '=', payment.id)
    .where('status', '<>', 'failed')
    .executeTakeFirstOrThrow()
  return payment.value - back
}

/** Decides a refund: its row, its call to Adyen with its key, and the job that makes it. The payment must be locked. */
export async function requestRefund(
  { trx, jobs }: Books,
  payment: PaymentRow,
  value: number,
  reason: Exclude<RefundCause, 'external'>,
  id = newId('rf'),
): Promise<RefundRow> {
  const refund = await trx
    .insertInto('refunds')
    .values({
      id,
      payment_id: payment.id,
      currency: payment.currency,
      value,
      reason,
      status: 'requested',
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  await orderCall(trx, jobs, { paymentId: payment.id, operation: 'refunds', variant: refund.id })
  return refund
}

/** Decides, with the event that made it surplus, that all that is left of a payment goes back. */
export async function refundSurplus(books: Books, payment: PaymentRow): Promise<void> {
  const left = await refundable(books.trx, payment)
  if (left > 0) await requestRefund(books, payment, left, 'surplus')
}
