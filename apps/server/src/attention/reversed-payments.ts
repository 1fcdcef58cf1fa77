import { sql } from 'kysely'
import type { Db, Trx } from '../db/database.ts'
import { isUnhandled } from './handled.ts'

/** Of an event: it takes money back, or may. A failed cancellation takes none. */
const isReversal = sql<boolean>`payment_events.type in ('reversal', 'cancellation')
  and coalesce(payment_events.detail ->> 'success', 'true') = 'true'`

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

/**
 * Authorised payments with a reversal that no operator has handled: when the latest came, the webhook
 * item that reported it, and the codes of all in the order of their arrival.
 */
export function findReversedPayments(db: Db | Trx) {
  return db
    .selectFrom('payments')
    .innerJoinLateral(
      (eb) =>
        eb
          .selectFrom('payment_events')
          .select(['payment_events.at', 'payment_events.webhook_id'])
          .whereRef('payment_events.payment_id', '=', 'payments.id')
          .where(isReversal)
          .orderBy('payment_events.version', 'desc')
          .limit(1)
          .as('last'),
      (join) => join.onTrue(),
    )
    .select(['payments.id', 'order_id', 'shopper_id', 'reversals', 'last.at', 'last.webhook_id'])
    .select(
      sql<string[]>`array(
        select payment_events.detail ->> 'eventCode' from payment_events
        where payment_events.payment_id = payments.id and ${isReversal} order by payment_events.version
      )`.as('event_codes'),
    )
    .where('status', '=', 'authorised')
    .where('reversals', '<>', sql<string[]>`'{}'`)
    .where(isUnhandled('payment_reversed', 'payments.id', 'last.at'))
}
