import { randomUUID } from 'node:crypto'
import { currentTime } from '../db/clock.ts'
import { noteChange } from '../db/committed.ts'
import type { Trx } from '../db/database.ts'
import { commit, inOneFlight } from '../db/flight.ts'
import { prepared } from '../db/prepared.ts'
import type { OrderRow, PaymentRow } from '../db/rows.ts'
import { currentTrace } from '../traces/spans.ts'
import { LEASE_MS, leaseFor, START } from './calls.ts'

/**
 * Inserts a shopper's attempt to pay a locked order and commits, with its first event and the leased call that starts
 * it at Adyen. The database allows one open attempt for each order.
 */
export async function startAttempt(
  trx: Trx,
  order: OrderRow,
  { paymentId, shopperId }: { readonly paymentId: string; readonly shopperId: string },
): Promise<{ readonly payment: PaymentRow; readonly idempotencyKey: string }> {
  const idempotencyKey = randomUUID()
  const attempt = attemptStarted({
    paymentId,
    orderId: order.id,
    shopperId,
    currency: order.currency,
    value: order.value,
    idempotencyKey,
    // What happens to the payment later is linked to it.
    detail: JSON.stringify({ traceparent: currentTrace() }),
  })
  const [[payment]] = await inOneFlight(trx, attempt, commit)
  if (payment === undefined) throw new Error(`The payment ${paymentId} was not inserted.`)
  noteChange(trx, { kind: 'payment', status: 'starting' })
  return { payment, idempotencyKey }
}

const attemptStarted = prepared<
  {
    paymentId: string
    orderId: string
    shopperId: string
    currency: string
    value: number
    idempotencyKey: string
    detail: string
  },
  PaymentRow
>((db, value) =>
  db
    .with('call', (query) =>
      query.insertInto('adyen_calls').values({
        payment_id: value('paymentId'),
        ...START,
        idempotency_key: value('idempotencyKey'),
        ...leaseFor(LEASE_MS),
      }),
    )
    .with('event', (query) =>
      query.insertInto('payment_events').values({
        payment_id: value('paymentId'),
        version: 1,
        source: 'shopper',
        type: 'started',
        to_status: 'starting',
        detail: value('detail'),
      }),
    )
    .insertInto('payments')
    .values({
      id: value('paymentId'),
      order_id: value('orderId'),
      shopper_id: value('shopperId'),
      currency: value('currency'),
      value: value('value'),
      status: 'starting',
      created_at: currentTime,
      updated_at: currentTime,
    })
    .returningAll(),
)
