import { randomUUID } from 'node:crypto'
import type { CallResult, CheckoutClient, PaymentResponse } from '@tael/adyen'
import { ResultCode } from '@tael/contracts'
import { Check } from '@sinclair/typebox/value'
import type { FastifyBaseLogger } from 'fastify'
import { type ExpressionBuilder, sql } from 'kysely'
import type { Db, Trx } from '../db/database.ts'
import type { AdyenOperation, Database } from '../db/tables.ts'
import { applyEvent } from './apply.ts'
import type { Listener } from './changes.ts'
import { lockPayment } from './store.ts'
import type { AdyenResult, PaymentEvent } from './transition.ts'
import type { PaymentOfOrder, PaymentRow } from './view.ts'

/** The whole of one call to Adyen, retries included. Shorter than a phone waits for us. */
export const ADYEN_DEADLINE_MS = 12_000
/** One try of it. */
export const ADYEN_TRY_MS = 8_000
/** While a call is leased no other process makes it. Longer than the call can take. */
const LEASE_MS = ADYEN_DEADLINE_MS + 3_000

export interface AdyenCallDependencies {
  readonly db: Db
  readonly checkout: CheckoutClient
  readonly log: FastifyBaseLogger
}

/** Names one call of one payment. `variant` tells apart details that say different things. */
export interface AdyenCall {
  readonly paymentId: string
  readonly operation: AdyenOperation
  readonly variant: string
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

/**
 * Writes down what a call led to: the event it is, and that it was answered, in one transaction. A call whose outcome
 * is unknown stays unanswered and is free to be repeated with its key.
 */
export async function settleCall(
  { db, log }: AdyenCallDependencies,
  call: AdyenCall,
  event: PaymentEvent,
): Promise<PaymentOfOrder> {
  const settled = await db.transaction().execute(async (trx) => {
    const locked = await lockPayment(trx, call.paymentId)
    if (locked === undefined) throw new Error(`The payment ${call.paymentId} is gone.`)
    await trx
      .updateTable('adyen_calls')
      .set(event.type === 'unanswered' ? { leased_until: new Date() } : { answered_at: new Date() })
      .where(isCall(call))
      .execute()
    return applyEvent(trx, locked, event, { source: 'adyen' })
  })
  tellOperators(log, call, event)
  return settled
}

/** What an operator must hear of: a refusal is a setting to mend, an unknown outcome may be an outage. */
function tellOperators(
  log: FastifyBaseLogger,
  { paymentId, operation }: AdyenCall,
  event: PaymentEvent,
): void {
  if (event.type === 'unanswered')
    log.warn({ paymentId, operation, reason: event.reason }, 'Adyen did not answer')
  if (event.type === 'start_rejected') {
    const { status, errorCode, message } = event
    log.error({ paymentId, operation, status, errorCode, reason: message }, 'Adyen refused the call')
  }
  if (event.type === 'cashier_unusable') {
    log.error({ paymentId, problems: event.problems }, 'Adyen gave nothing that opens a cashier')
  }
}

/** What an answer must agree with to be about this payment. */
export type ExpectedPayment = Pick<PaymentRow, 'id' | 'currency' | 'value'>

/** The answer Adyen gave, or why there is none that can be used. */
export type ReadAnswer =
  | { readonly kind: 'answer'; readonly body: PaymentResponse; readonly result: AdyenResult }
  | { readonly kind: 'unusable'; readonly event: PaymentEvent }

/**
 * Reads the outcome of a call. An answer about another payment, another amount or with a resultCode Adyen does not
 * document tells nothing about ours: the outcome stays unknown, and Adyen's webhook decides.
 */
export function readAnswer(
  operation: AdyenOperation,
  call: CallResult<PaymentResponse>,
  expected: ExpectedPayment,
): ReadAnswer {
  if (call.kind === 'unknown') return unusable(operation, call.reason)
  if (call.kind === 'rejected') {
    const { status, errorCode, message } = call
    if (operation === 'payments')
      return { kind: 'unusable', event: { type: 'start_rejected', status, errorCode, message } }
    return unusable(operation, `HTTP ${status} ${errorCode} ${message}`)
  }
  const {
    resultCode,
    merchantReference = expected.id,
    amount = expected,
    pspReference,
    refusalReason,
  } = call.body
  if (merchantReference !== expected.id) return unusable(operation, 'the answer is about another reference')
  if (amount.currency !== expected.currency || amount.value !== expected.value) {
    return unusable(operation, 'the answer is about another amount')
  }
  if (!Check(ResultCode, resultCode)) return unusable(operation, 'the answer has an unknown resultCode')
  const result = {
    resultCode,
    ...(pspReference === undefined ? {} : { pspReference }),
    ...(refusalReason === undefined ? {} : { refusalReason }),
  }
  return { kind: 'answer', body: call.body, result }
}

function unusable(operation: AdyenOperation, reason: string): ReadAnswer {
  return { kind: 'unusable', event: { type: 'unanswered', operation, reason } }
}
