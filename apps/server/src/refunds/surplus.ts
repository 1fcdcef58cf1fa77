import { randomUUID } from 'node:crypto'
import type { Trx } from '../db/database.ts'
import { newId } from '../db/ids.ts'
import type { PaymentRow } from '../payments/view.ts'

/** Decides, with the event that made it surplus, that all of a payment goes back. The job `send-refunds` does it. */
export async function refundSurplus(trx: Trx, payment: PaymentRow): Promise<void> {
  await trx
    .insertInto('refunds')
    .values({
      id: newId('rf'),
      payment_id: payment.id,
      currency: payment.currency,
      value: payment.value,
      reason: 'surplus',
      status: 'requested',
      idempotency_key: randomUUID(),
    })
    .execute()
}
