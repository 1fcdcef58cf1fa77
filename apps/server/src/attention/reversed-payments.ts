import { sql } from 'kysely'
import type { Db } from '../db/database.ts'
import { isUnhandled } from './handled.ts'

/**
 * The reversals, not handled by an operator, of the payment of an order that is not shipped yet.
 */
export async function findReversalsBeforeShipping(db: Db, orderId: string): Promise<readonly string[]> {
  const found = await findReversedPayments(db)
    .where('order_id', '=', orderId)
    .where('pays_order', '=', true)
    .where((eb) =>
      eb.not(eb.exists(eb.selectFrom('shipments').select('id').where('shipments.order_id', '=', orderId))),
    )
    .executeTakeFirst()
  return found?.reversals ?? []
}

/** Authorised payments with a reversal that no operator has handled, and when the latest came. */
export function findReversedPayments(db: Db) {
  return db
    .selectFrom('payments')
    .innerJoinLateral(
      (eb) =>
        eb
          .selectFrom('payment_events')
          .select('payment_events.at')
          .whereRef('payment_events.payment_id', '=', 'payments.id')
          .where('payment_events.type', 'in', ['reversal', 'cancellation'])
          // A failed cancellation takes no money back.
          .where(sql<boolean>`coalesce(payment_events.detail ->> 'success', 'true') = 'true'`)
          .orderBy('payment_events.version', 'desc')
          .limit(1)
          .as('last'),
      (join) => join.onTrue(),
    )
    .select(['payments.id', 'shopper_id', 'reversals', 'last.at'])
    .where('status', '=', 'authorised')
    .where('reversals', '<>', sql<string[]>`'{}'`)
    .where(isUnhandled('payment_reversed', 'payments.id', 'last.at'))
}
