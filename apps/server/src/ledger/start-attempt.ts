import { currentTime } from '../db/clock.ts'
import { noteChange } from '../db/committed.ts'
import type { Trx } from '../db/database.ts'
import { commit, inOneFlight } from '../db/flight.ts'
import type { OrderRow, PaymentRow } from '../db/rows.ts'
import { currentTrace } from '../traces/spans.ts'
import { startCall, toNewCallRow } from './calls.ts'

/**
 * Inserts a shopper's attempt to pay a locked order and commits, with its first event and the leased call that starts
 * it at Adyen. The database allows one open attempt for each order.
 */
export async function startAttempt(
  trx: Trx,
  order: OrderRow,
  { paymentId, shopperId }: { readonly paymentId: string; readonly shopperId: string },
): Promise<{ readonly payment: PaymentRow; readonly idempotencyKey: string }> {
  const call = toNewCallRow(startCall(paymentId))
  const attempt = trx
    .with('call', (db) => db.insertInto('adyen_calls').values(call))
    .with('event', (db) =>
      db.insertInto('payment_events').values({
        payment_id: paymentId,
        version: 1,
        source: 'shopper',
        type: 'started',
        to_status: 'starting',
        // What happens to the payment later is linked to it.
        detail: JSON.stringify({ traceparent: currentTrace() }),
      }),
    )
    .insertInto('payments')
    .values({
      id: paymentId,
      order_id: order.id,
      shopper_id: shopperId,
      currency: order.currency,
      value: order.value,
      status: 'starting',
      created_at: currentTime,
      updated_at: currentTime,
    })
    .returningAll()
  const [[payment]] = await inOneFlight(trx, attempt, commit)
  if (payment === undefined) throw new Error(`The payment ${paymentId} was not inserted.`)
  noteChange(trx, { kind: 'payment', status: 'starting' })
  return { payment, idempotencyKey: call.idempotency_key }
}
