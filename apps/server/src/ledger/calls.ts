import { randomUUID } from 'node:crypto'
import { type ExpressionBuilder, sql } from 'kysely'
import type { PaymentChanges } from '../db/changes.ts'
import { currentTime, msUntil, timeAgo, timeIn } from '../db/clock.ts'
import type { Db, Trx } from '../db/database.ts'
import type { AdyenCall, PaymentRow } from '../db/rows.ts'
import type { Database } from '../db/tables.ts'
import type { UnitOfWork } from './unit-of-work.ts'

/** The bound on one whole call to Adyen, retries included. Shorter than a phone waits for us. */
export const ADYEN_DEADLINE_MS = 12_000
/** The bound on one HTTP request of it. */
export const ADYEN_TRY_MS = 8_000
/** While a call is leased no other process makes it. Longer than the call can take. */
export const LEASE_MS = ADYEN_DEADLINE_MS + 3_000
/** Adyen keeps an idempotency key for at least 7 days (docs.adyen.com, API idempotency). */
export const KEY_LIFETIME_MS = 6 * 24 * 3_600_000

/** Which call of a payment starts it. */
export const START = { operation: 'payments', variant: '' } as const

/** The call that starts a payment. */
export function startCall(paymentId: string): AdyenCall {
  return { paymentId, ...START }
}

/** The row of a call that this process makes next: its key is committed before the call leaves. */
function toNewCallRow({ paymentId, operation, variant }: AdyenCall, paymentStatus: string | null = null) {
  return {
    payment_id: paymentId,
    operation,
    variant,
    payment_status: paymentStatus,
    idempotency_key: randomUUID(),
    ...leaseFor(LEASE_MS),
  }
}

/**
 * The columns of a call that nobody else makes for so long. `retry_at` is when its retry is due: the
 * end of its lease, because a call that is answered in time has none.
 */
export function leaseFor(ms: number) {
  return { leased_until: timeIn(ms), retry_at: timeIn(ms) }
}

/** A call that this process has leased: its key, and what the phone first reported. */
export interface LeasedCall {
  readonly idempotencyKey: string
  readonly paymentStatus: string | null
}

/** Inserts a call leased to this process. Undefined: the call exists already. */
export async function insertLeasedCall(
  trx: Trx,
  call: AdyenCall,
  paymentStatus: string,
): Promise<LeasedCall | undefined> {
  const row = toNewCallRow(call, paymentStatus)
  const inserted = await trx
    .insertInto('adyen_calls')
    .values(row)
    .onConflict((conflict) => conflict.columns(['payment_id', 'operation', 'variant']).doNothing())
    .returning('idempotency_key')
    .executeTakeFirst()
  return inserted && { idempotencyKey: inserted.idempotency_key, paymentStatus }
}

/** Leases an unanswered call to retry it. Undefined: it is answered, too old, or leased. */
export async function leaseCall(db: Db | Trx, call: AdyenCall): Promise<LeasedCall | undefined> {
  const leased = await db
    .updateTable('adyen_calls')
    .set(leaseFor(LEASE_MS))
    .where(isCall(call))
    .where(isUnanswered)
    .where('leased_until', '<=', currentTime)
    .where('started_at', '>', timeAgo(KEY_LIFETIME_MS))
    .returning(['idempotency_key', 'payment_status'])
    .executeTakeFirst()
  return leased && { idempotencyKey: leased.idempotency_key, paymentStatus: leased.payment_status }
}

/**
 * Enqueues an unanswered call for the end of its lease: whoever holds it may have died, or failed to
 * record the answer. Does nothing where the call is answered or too old to retry.
 */
export async function enqueueAfterLease({ trx, jobs }: UnitOfWork, call: AdyenCall): Promise<void> {
  const leased = await trx
    .selectFrom('adyen_calls')
    .select(msUntil('leased_until').as('pauseMs'))
    .where(isCall(call))
    .where(isUnanswered)
    .where('started_at', '>', timeAgo(KEY_LIFETIME_MS))
    .executeTakeFirst()
  if (leased !== undefined) await enqueueCall({ trx, jobs }, call, Math.max(leased.pauseMs, 0))
}

/**
 * Waits until the process that leased a call has settled it, at most as long as a call may take.
 */
export async function waitForCall(
  { db, changes }: { readonly db: Db; readonly changes: PaymentChanges },
  call: AdyenCall,
  { id, version }: Pick<PaymentRow, 'id' | 'version'>,
): Promise<void> {
  const end = performance.now() + ADYEN_DEADLINE_MS
  while (performance.now() < end) {
    const inFlight = await db
      .selectFrom('adyen_calls')
      .select('payment_id')
      .where(isCall(call))
      .where(isUnanswered)
      .where('leased_until', '>', currentTime)
      .executeTakeFirst()
    if (inFlight === undefined || changes.closing) return
    await changes.waitFor(id, version, end - performance.now())
  }
}

export function isCall({ paymentId, operation, variant }: AdyenCall) {
  return (eb: ExpressionBuilder<Database, 'adyen_calls'>) =>
    eb.and({ payment_id: paymentId, operation, variant })
}

/**
 * Of a call that is named. `answered_at is null` would let PostgreSQL read the index of all unanswered calls instead of the
 * key: in calm times it seems empty, and holds what calls left that ended since it was last vacuumed.
 */
export const isUnanswered = sql<boolean>`coalesce(answered_at, 'infinity') = 'infinity'`

/**
 * Records a call with its key and enqueues the job that makes it, in the caller's transaction.
 * False, with nothing changed, where the call exists already.
 */
export async function recordCall({ trx, jobs }: UnitOfWork, call: AdyenCall): Promise<boolean> {
  const recorded = await trx
    .insertInto('adyen_calls')
    .values({ ...toNewCallRow(call), ...leaseFor(0) })
    .onConflict((conflict) => conflict.columns(['payment_id', 'operation', 'variant']).doNothing())
    .returning('payment_id')
    .executeTakeFirst()
  if (recorded === undefined) return false
  await enqueueCall({ trx, jobs }, call)
  return true
}

/** Marks a call as answered, or as no longer needed: it is not made again. */
export async function endCall(trx: Trx, call: AdyenCall): Promise<void> {
  await trx
    .updateTable('adyen_calls')
    .set({ answered_at: currentTime })
    .where(isCall(call))
    .where(isUnanswered)
    .execute()
}

/**
 * Gives a call that Adyen ended without an outcome a new idempotency key and enqueues it: to Adyen it
 * is another request. Returns the key it had; undefined, with nothing changed, where the call has not
 * ended.
 */
export async function renewCall(
  { trx, jobs }: UnitOfWork,
  call: AdyenCall,
  idempotencyKey: string,
): Promise<string | undefined> {
  const ended = await trx
    .selectFrom('adyen_calls')
    .select('idempotency_key')
    .where(isCall(call))
    .where('answered_at', 'is not', null)
    .executeTakeFirst()
  if (ended === undefined) return undefined
  await trx
    .updateTable('adyen_calls')
    .set({
      ...leaseFor(0),
      idempotency_key: idempotencyKey,
      started_at: currentTime,
      answered_at: null,
      unanswered: 0,
    })
    .where(isCall(call))
    .execute()
  await enqueueCall({ trx, jobs }, call)
  return ended.idempotency_key
}

/** Enqueues a call. A second job for the same call is not enqueued while one waits. */
export async function enqueueCall({ trx, jobs }: UnitOfWork, call: AdyenCall, pauseMs = 0): Promise<void> {
  const key = `${call.paymentId} ${call.operation} ${call.variant}`
  const job = call.operation === 'refunds' ? 'make-refund' : 'make-call'
  await jobs.send(trx, job, call, pauseMs, key)
}
