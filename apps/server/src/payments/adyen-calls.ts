import { randomUUID } from 'node:crypto'
import type { CallResult, CheckoutClient, PaymentResponse } from '@tael/adyen'
import { ResultCode } from '@tael/contracts'
import { Check } from '@sinclair/typebox/value'
import { sql } from 'kysely'
import type { Db, Trx } from '../db/database.ts'
import type { AdyenOperation } from '../db/tables.ts'
import { applyEvent } from './apply.ts'
import { lockPayment } from './store.ts'
import type { AdyenResult, PaymentEvent } from './transition.ts'
import type { PaymentRow } from './view.ts'

/** The whole of one call to Adyen, retries included. Shorter than a phone waits for us. */
export const ADYEN_DEADLINE_MS = 12_000
/** One try of it. */
export const ADYEN_TRY_MS = 8_000
/** While a call is leased no other process makes it. Longer than the call can take. */
const LEASE_MS = ADYEN_DEADLINE_MS + 3_000

export interface AdyenCallDependencies {
  readonly db: Db
  readonly checkout: CheckoutClient
}

/** Names one call of one payment. `variant` tells apart details that say different things. */
export interface AdyenCall {
  readonly paymentId: string
  readonly operation: AdyenOperation
  readonly variant: string
}

/** The row of a call about to be made: its idempotency key is committed before the call leaves. */
export function newCall({ paymentId, operation, variant }: AdyenCall) {
  return {
    payment_id: paymentId,
    operation,
    variant,
    idempotency_key: randomUUID(),
    leased_until: new Date(Date.now() + LEASE_MS),
  }
}

/** What to do about a call: make it under this key, wait for the process that makes it, or nothing more. */
export type CallClaim = { readonly make: string } | 'in_flight' | 'answered'

/** Takes up a call whose answer never came, with the key it was made with, unless another process is at it. */
export async function reclaimCall(
  db: Db | Trx,
  { paymentId, operation, variant }: AdyenCall,
): Promise<CallClaim> {
  const taken = await db
    .updateTable('adyen_calls')
    .set({ leased_until: new Date(Date.now() + LEASE_MS) })
    .where('payment_id', '=', paymentId)
    .where('operation', '=', operation)
    .where('variant', '=', variant)
    .where('answered_at', 'is', null)
    .where('leased_until', '<', sql<Date>`now()`)
    .returning('idempotency_key')
    .executeTakeFirst()
  if (taken !== undefined) return { make: taken.idempotency_key }
  const { answered_at } = await db
    .selectFrom('adyen_calls')
    .select('answered_at')
    .where('payment_id', '=', paymentId)
    .where('operation', '=', operation)
    .where('variant', '=', variant)
    .executeTakeFirstOrThrow()
  return answered_at === null ? 'in_flight' : 'answered'
}

/**
 * Writes down what a call led to: the event it is, and that it was answered, in one transaction. A call whose outcome
 * is unknown stays unanswered and is free to be repeated with its key.
 */
export async function settleCall(db: Db, call: AdyenCall, event: PaymentEvent): Promise<PaymentRow> {
  return db.transaction().execute(async (trx) => {
    const locked = await lockPayment(trx, call.paymentId)
    if (locked === undefined) throw new Error(`The payment ${call.paymentId} is gone.`)
    await trx
      .updateTable('adyen_calls')
      .set(event.type === 'unanswered' ? { leased_until: new Date() } : { answered_at: new Date() })
      .where('payment_id', '=', call.paymentId)
      .where('operation', '=', call.operation)
      .where('variant', '=', call.variant)
      .execute()
    return applyEvent(trx, locked, event, { source: 'adyen' })
  })
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
