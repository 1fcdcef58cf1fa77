import { type CallResult, type ModificationResponse, PREPAY_LIFETIME_MS } from '@tael/adyen'
import { sql } from 'kysely'
import { type AdyenCall, type AdyenCallDependencies, endCall, orderCall, startCall } from '../calls/calls.ts'
import type { Db } from '../db/database.ts'
import type { JobQueue } from '../jobs/jobs.ts'
import { applyEvent, type Books, type Cause } from './apply.ts'
import { settleCall } from './settle.ts'
import { type LockedPayment, lockPayment } from './store.ts'
import { isOpen, type PaymentEvent } from './transition.ts'
import type { PaymentOfOrder, PaymentRow } from './view.ts'

/** How long Adyen's webhook may take to say that an attempt is closed, once Adyen took up the request. */
const WEBHOOK_GRACE_MS = 10 * 60_000
/** How long Adyen may take to take it up. */
const ANSWER_GRACE_MS = 60 * 60_000
const LOOK_AGAIN_MS = 60_000

/** Whether an attempt may be closed: one that its shopper came back from, only when nobody can pay it any more. */
export function mayClose({ status, created_at }: PaymentRow): boolean {
  return status !== 'processing' || Date.now() >= created_at.getTime() + PREPAY_LIFETIME_MS
}

/**
 * The call that closes an attempt. It names our reference: Adyen's own may never have reached us. One for each status:
 * a start that was under way when Adyen knew of nothing to close is closed once it has arrived.
 */
function cancelCall({ id, status }: PaymentRow): AdyenCall {
  return { paymentId: id, operation: 'cancels', variant: status }
}

/**
 * Decides that Adyen is asked to close an attempt, and when it is given up should nobody say anything. Until Adyen's
 * webhook says that it is closed it may still be paid; then the money is honoured or goes back.
 */
export async function requestCancel(
  { trx, jobs }: Books,
  locked: LockedPayment,
  why: string,
  cause: Cause,
): Promise<void> {
  const { id: paymentId } = locked.payment
  if (!(await orderCall(trx, jobs, cancelCall(locked.payment)))) return
  // What would start the attempt at Adyen after all is not sent again.
  await endCall(trx, startCall(paymentId))
  await applyEvent({ trx, jobs }, locked, { type: 'cancel_requested', why }, cause)
  await jobs.send(trx, 'give-up-payment', { paymentId }, new Date(Date.now() + WEBHOOK_GRACE_MS))
}

/** Asks Adyen to close an attempt (`POST /cancels`), under the stored key, and writes down what came of it. */
export async function cancelAtAdyen(
  dependencies: AdyenCallDependencies,
  call: AdyenCall,
  idempotencyKey: string,
): Promise<PaymentOfOrder> {
  const { checkout, config } = dependencies
  const { paymentId } = call
  const { merchantAccount } = config.adyen
  const body = { merchantAccount, paymentReference: paymentId, reference: paymentId }
  const result = await checkout.technicalCancel(body, idempotencyKey)
  return settleCall(dependencies, call, cancelEvent(result, paymentId))
}

function cancelEvent(result: CallResult<ModificationResponse>, paymentId: string): PaymentEvent {
  if (result.kind === 'unknown') return { type: 'unanswered', operation: 'cancels', reason: result.reason }
  if (result.kind === 'rejected') {
    return {
      type: 'cancel_news',
      heard: 'rejected',
      reason: `HTTP ${result.status} ${result.errorCode}`.trim(),
    }
  }
  const { reference } = result.body
  if (reference !== undefined && reference !== paymentId) {
    return { type: 'answer_unusable', operation: 'cancels', reason: 'it is about another reference' }
  }
  return { type: 'cancel_news', heard: 'received', reason: '' }
}

/**
 * Gives an attempt up that should be closed and of which nothing was heard in time, so that nothing waits for ever. While
 * Adyen has not even taken up the request it is given longer. An attempt that went on since it was asked for is closed
 * anew, when that may be.
 */
export async function giveUpPayment(db: Db, jobs: JobQueue, paymentId: string): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const locked = await lockPayment(trx, paymentId)
    if (locked === undefined || !isOpen(locked.payment.status)) return
    const { status, created_at } = locked.payment
    if (!mayClose(locked.payment)) {
      await jobs.send(
        trx,
        'give-up-payment',
        { paymentId },
        new Date(created_at.getTime() + PREPAY_LIFETIME_MS),
      )
      return
    }
    const call = await trx
      .selectFrom('adyen_calls')
      .select([
        'answered_at',
        sql<boolean>`started_at < now() - make_interval(secs => ${ANSWER_GRACE_MS / 1000})`.as('overdue'),
      ])
      .where('payment_id', '=', paymentId)
      .where('operation', '=', 'cancels')
      .where('variant', '=', cancelCall(locked.payment).variant)
      .executeTakeFirst()
    if (call === undefined) {
      const why = `it became ${status} while it was being closed`
      await requestCancel({ trx, jobs }, locked, why, { source: 'job' })
      return
    }
    if (call.answered_at === null && !call.overdue) {
      await jobs.send(trx, 'give-up-payment', { paymentId }, new Date(Date.now() + LOOK_AGAIN_MS))
      return
    }
    await applyEvent({ trx, jobs }, locked, { type: 'given_up' }, { source: 'job' })
  })
}
