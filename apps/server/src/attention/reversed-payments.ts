import { sql } from 'kysely'
import type { Db } from '../db/database.ts'
import { isUnhandled } from './handled.ts'

/**
 * Why nothing is given for a payment, neither goods nor money: Adyen took its money back, or may, and
 * no operator has handled that. Undefined: nothing holds it.
 */
export async function findHold(db: Db, paymentId: string): Promise<string | undefined> {
  const found = await findReversedPayments(db).where('payments.id', '=', paymentId).executeTakeFirst()
  if (found === undefined) return undefined
  const codes = found.reversals.join(', ')
  return `Handle the item of GET /ops/attention first: Adyen reported ${codes} for the payment.`
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
