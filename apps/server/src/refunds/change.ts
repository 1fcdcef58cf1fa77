import type { Trx } from '../db/database.ts'
import type { RefundStatus } from '../db/tables.ts'
import { applyEvent, type Cause } from '../payments/apply.ts'
import { lockPayment } from '../payments/store.ts'

/** What is heard of a refund. */
export interface RefundNews {
  readonly to: Exclude<RefundStatus, 'requested'>
  readonly pspReference?: string
}

/**
 * A refund only learns, as a payment does, so news may come in any order. `failed` is the last word: Adyen reports a
 * refund that the scheme rejects, or whose money came back, after it reported success.
 */
const rank: Readonly<Record<RefundStatus, number>> = { requested: 0, received: 1, refunded: 2, failed: 3 }

/** Writes down news of a refund, with the event among those of its payment. The only function that changes a refund. */
export async function changeRefund(
  trx: Trx,
  refundId: string,
  news: RefundNews,
  cause: Cause,
): Promise<void> {
  const { payment_id } = await trx
    .selectFrom('refunds')
    .select('payment_id')
    .where('id', '=', refundId)
    .executeTakeFirstOrThrow()
  const locked = await lockPayment(trx, payment_id)
  if (locked === undefined) throw new Error(`The payment ${payment_id} is gone.`)
  const refund = await trx
    .selectFrom('refunds')
    .select(['status', 'psp_reference'])
    .where('id', '=', refundId)
    .executeTakeFirstOrThrow()
  const status = rank[news.to] > rank[refund.status] ? news.to : refund.status
  const psp = refund.psp_reference ?? news.pspReference ?? null
  await trx
    .updateTable('refunds')
    .set({ status, psp_reference: psp, updated_at: new Date() })
    .where('id', '=', refundId)
    .execute()
  await applyEvent(trx, locked, { type: 'refund_news', refundId, heard: news.to }, cause)
}
