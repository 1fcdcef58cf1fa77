import { sql } from 'kysely'
import type { Trx } from '../db/database.ts'

/** In place of a text that must not be empty. */
export const ERASED_TEXT = '[erased]'

/**
 * Removes from orders, their payments, refunds and events for a merchant what identifies a person. Amounts, states,
 * references, times and events stay: reconcile, refunds and late webhooks need nothing else.
 */
export async function forgetInOrders(trx: Trx, orderIds: readonly string[]): Promise<void> {
  await trx
    .updateTable('orders')
    .set({
      deliver_to: null,
      refund_decline_reason: sql<string>`case when refund_decline_reason is not null then ${ERASED_TEXT}::text end`,
      metadata: sql<string>`case when reference is not null then '{}'::jsonb end`,
      // It is of a request that may have named the payer.
      request_hash: sql<Buffer>`case when reference is not null then ''::bytea end`,
    })
    .where('id', 'in', orderIds)
    .execute()
  await trx
    .updateTable('payments')
    .set({ wx_parameters: null, payment_data: null })
    .where('order_id', 'in', orderIds)
    .execute()
  await trx
    .updateTable('refunds')
    .set({ note: null })
    .where('payment_id', 'in', (eb) =>
      eb.selectFrom('payments').select('id').where('order_id', 'in', orderIds),
    )
    .execute()
  // What the merchant added: the database lets nothing else be changed.
  await sql`update merchant_events set data = trim_merchant_event(data) where order_id = any(${orderIds})`.execute(
    trx,
  )
}
