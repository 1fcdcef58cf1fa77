import { randomUUID } from 'node:crypto'
import type { CheckoutClient } from '@tael/adyen'
import type { FastifyBaseLogger } from 'fastify'
import { type ExpressionBuilder, sql } from 'kysely'
import type { Config } from '../config.ts'
import type { Db, Trx } from '../db/database.ts'
import type { AdyenOperation, Database } from '../db/tables.ts'
import type { JobQueue } from '../jobs/jobs.ts'
import type { Listener } from '../payments/changes.ts'

/** The whole of one call to Adyen, retries included. Shorter than a phone waits for us. */
export const ADYEN_DEADLINE_MS = 12_000
/** One try of it. */
export const ADYEN_TRY_MS = 8_000
/** While a call is leased no other process makes it. Longer than the call can take. */
const LEASE_MS = ADYEN_DEADLINE_MS + 3_000
/** An unanswered call is repeated after this long, then after twice as long, and so on. */
const REPEAT_MS = 3_000
const REPEAT_MS_MAX = 300_000
/** Adyen keeps an idempotency key for 7 days at least (docs.adyen.com, API idempotency); after that it guards nothing. */
const KEY_LIFETIME_MS = 6 * 24 * 3_600_000
/** How many lost calls are taken up at once. */
const LOST_MAX = 200

export interface AdyenCallDependencies {
  readonly db: Db
  readonly checkout: CheckoutClient
  readonly jobs: JobQueue
  readonly config: Config
  readonly log: FastifyBaseLogger
}

/** Names one call of one payment. `variant` tells apart details that say different things, and refunds. */
export interface AdyenCall {
  readonly paymentId: string
  readonly operation: AdyenOperation
  readonly variant: string
}

/** The call that starts a payment. */
export function startCall(paymentId: string): AdyenCall {
  return { paymentId, operation: 'payments', variant: '' }
}

/** The row of a call about to be made: its idempotency key is committed before the call leaves. */
export function newCall({ paymentId, operation, variant }: AdyenCall, paymentStatus: string | null = null) {
  return {
    payment_id: paymentId,
    operation,
    variant,
    payment_status: paymentStatus,
    idempotency_key: randomUUID(),
    leased_until: new Date(Date.now() + LEASE_MS),
  }
}

/** A call to make now: its key, and what it said the first time. */
export interface CallToMake {
  readonly idempotencyKey: string
  readonly paymentStatus: string | null
}

/** Takes up a call whose answer never came, as it was made before. Undefined: it was answered, or a process is at it. */
export async function reclaimCall(db: Db | Trx, call: AdyenCall): Promise<CallToMake | undefined> {
  const taken = await db
    .updateTable('adyen_calls')
    .set({ leased_until: new Date(Date.now() + LEASE_MS) })
    .where(isCall(call))
    .where('answered_at', 'is', null)
    .where('leased_until', '<', sql<Date>`now()`)
    .where('started_at', '>', oldest())
    .returning(['idempotency_key', 'payment_status'])
    .executeTakeFirst()
  return taken && { idempotencyKey: taken.idempotency_key, paymentStatus: taken.payment_status }
}

/** Waits until the process that makes a call is done with it, whatever came of it, or for as long as it may take. */
export async function callDone(db: Db, call: AdyenCall, listener: Listener): Promise<void> {
  const end = Date.now() + ADYEN_DEADLINE_MS
  while (Date.now() < end) {
    const inFlight = await db
      .selectFrom('adyen_calls')
      .select('payment_id')
      .where(isCall(call))
      .where('answered_at', 'is', null)
      .where('leased_until', '>=', sql<Date>`now()`)
      .executeTakeFirst()
    if (inFlight === undefined || listener.closing) return
    await listener.change(end - Date.now())
  }
}

function isCall({ paymentId, operation, variant }: AdyenCall) {
  return (eb: ExpressionBuilder<Database, 'adyen_calls'>) =>
    eb.and({ payment_id: paymentId, operation, variant })
}

/** A call for a job to make: its row, with its key, and the job, both with the decision to make it. Once for a call. */
export async function orderCall(trx: Trx, jobs: JobQueue, call: AdyenCall): Promise<boolean> {
  const ordered = await trx
    .insertInto('adyen_calls')
    .values({ ...newCall(call), leased_until: sql<Date>`now()` })
    .onConflict((conflict) => conflict.columns(['payment_id', 'operation', 'variant']).doNothing())
    .returning('payment_id')
    .executeTakeFirst()
  if (ordered === undefined) return false
  await makeSoon(trx, jobs, call)
  return true
}

/** Adyen has answered, or the call is not wanted any more: nobody makes it again. */
export async function endCall(trx: Trx, call: AdyenCall): Promise<void> {
  await trx
    .updateTable('adyen_calls')
    .set({ answered_at: new Date() })
    .where(isCall(call))
    .where('answered_at', 'is', null)
    .execute()
}

/** The answer did not come: a job makes the call again, with its key, after a pause that grows. */
export async function makeLater(trx: Trx, jobs: JobQueue, call: AdyenCall): Promise<void> {
  const { unanswered } = await trx
    .updateTable('adyen_calls')
    .set((eb) => ({ leased_until: sql<Date>`now()`, unanswered: eb('unanswered', '+', 1) }))
    .where(isCall(call))
    .returning('unanswered')
    .executeTakeFirstOrThrow()
  await makeSoon(trx, jobs, call, Math.min(REPEAT_MS * 2 ** (unanswered - 1), REPEAT_MS_MAX))
}

/** Lets a job make the call, once: a second job for the same call is not enqueued. */
export async function makeSoon(trx: Trx, jobs: JobQueue, call: AdyenCall, pauseMs = 0): Promise<void> {
  const key = `${call.paymentId} ${call.operation} ${call.variant}`
  await jobs.send(trx, 'make-call', call, new Date(Date.now() + pauseMs), key)
}

/** Calls nobody is at any more: the process that made them died, or the job that repeats them was lost. */
export async function findLostCalls(db: Db): Promise<AdyenCall[]> {
  const rows = await db
    .selectFrom('adyen_calls')
    .select(['payment_id', 'operation', 'variant'])
    .where('answered_at', 'is', null)
    .where('started_at', '>', oldest())
    .where((eb) =>
      eb.or([
        eb.and([eb('unanswered', '=', 0), eb('leased_until', '<', sql<Date>`now()`)]),
        eb('leased_until', '<', new Date(Date.now() - 2 * REPEAT_MS_MAX)),
      ]),
    )
    .orderBy('leased_until')
    .limit(LOST_MAX)
    .execute()
  return rows.map(({ payment_id, operation, variant }) => ({ paymentId: payment_id, operation, variant }))
}

/** Ends the calls that are not repeated any more; what they were about is decided by time, or by an operator. */
export async function endOldCalls(db: Db): Promise<void> {
  await db
    .updateTable('adyen_calls')
    .set({ answered_at: new Date() })
    .where('answered_at', 'is', null)
    .where('started_at', '<=', lastOver())
    .execute()
}

/** No call is repeated that began before. */
function oldest(): Date {
  return new Date(Date.now() - KEY_LIFETIME_MS)
}

/** No call that began until then is being made any more, not even one that was repeated at the last moment. */
export function lastOver(): Date {
  return new Date(oldest().getTime() - LEASE_MS)
}
