import type { FastifyBaseLogger } from 'fastify'
import type { Db } from '../db/database.ts'
import type { AdyenCall, PaymentOfOrder, PaymentRow } from '../db/rows.ts'
import { inTransaction } from '../db/transaction.ts'
import { applyEvent, applyToUnchanged } from '../ledger/apply-event.ts'
import { endCall } from '../ledger/calls.ts'
import { detailsEvent } from '../ledger/cashier-return.ts'
import { changeRefund } from '../ledger/change-refund.ts'
import { lockExistingPayment } from '../ledger/lock.ts'
import { retryCall } from '../ledger/retry-calls.ts'
import { announceStep } from '../steps.ts'
import type { CallContext, CallOutcome } from './call.ts'

/**
 * Records what came of a call: its event or the update of its refund, and that it was answered, in
 * one transaction. A call whose outcome is unknown stays unanswered and is retried with its key.
 * `payment` is as it was when the call was made.
 */
export async function settleCall(
  { db, jobs, log }: Pick<CallContext, 'db' | 'jobs' | 'log'>,
  call: AdyenCall,
  payment: PaymentRow,
  outcome: CallOutcome,
): Promise<PaymentOfOrder> {
  announceStep(`${call.operation} answered`)
  const settled =
    (await settleUnchanged(db, call, payment, outcome)) ?? (await settleLocked({ db, jobs }, call, outcome))
  announceStep(`${call.operation} settled`)
  logOutcome(log, call, outcome)
  return settled
}

/** Settles the start of an attempt to which nothing else has happened: no lock is needed for that. */
async function settleUnchanged(
  db: Db,
  call: AdyenCall,
  payment: PaymentRow,
  outcome: CallOutcome,
): Promise<PaymentOfOrder | undefined> {
  if (outcome.kind !== 'event' || outcome.event.type !== 'cashier_ready') return undefined
  const { event } = outcome
  return inTransaction(db, (trx) =>
    applyToUnchanged(trx, payment, event, { source: 'adyen', answered: call }),
  )
}

function settleLocked(
  { db, jobs }: Pick<CallContext, 'db' | 'jobs'>,
  call: AdyenCall,
  outcome: CallOutcome,
): Promise<PaymentOfOrder> {
  const answer = { source: 'adyen', answered: call } as const
  return inTransaction(db, async (trx) => {
    const unit = { trx, jobs }
    const locked = await lockExistingPayment(trx, call.paymentId)
    switch (outcome.kind) {
      case 'obsolete':
        await endCall(trx, call)
        return locked
      case 'event':
        if (outcome.event.type !== 'unanswered')
          return applyEvent(unit, locked, outcome.event, answer, 'last')
        await retryCall(unit, call)
        return applyEvent(unit, locked, outcome.event, { source: 'adyen' }, 'last')
      case 'details':
        return applyEvent(unit, locked, detailsEvent(locked.payment, call, outcome.result), answer, 'last')
      case 'refund':
        await endCall(trx, call)
        await changeRefund(unit, locked, outcome.refundId, outcome.update, { source: 'adyen' })
        return locked
    }
  })
}

/** Logs what an operator must know: a refusal is a wrong setting, no answer may be an outage. */
function logOutcome(log: FastifyBaseLogger, call: AdyenCall, outcome: CallOutcome): void {
  const { paymentId, operation } = call
  const names = { paymentId, operation, ...(operation === 'refunds' ? { refundId: call.variant } : {}) }
  if (outcome.kind === 'obsolete' || outcome.kind === 'details') return
  if (outcome.kind === 'refund') {
    const { update, reason } = outcome
    if (update.status === 'failed')
      log.error({ ...names, reason }, 'Adyen refused a refund: return the money by hand')
    return
  }
  const { event } = outcome
  switch (event.type) {
    case 'unanswered':
      return log.warn({ ...names, reason: event.reason }, 'Adyen did not answer')
    case 'start_rejected':
    case 'details_rejected': {
      const { status, errorCode, message: reason } = event
      return log.error({ ...names, status, errorCode, reason }, 'Adyen refused the call')
    }
    case 'answer_unusable':
      return log.error({ ...names, reason: event.reason }, "Adyen's answer is unusable")
    case 'cashier_unusable':
      return log.error({ ...names, problems: event.problems }, 'Adyen returned no usable cashier parameters')
    case 'cancel_answered':
      if (event.answer === 'received') return undefined
      return log.error({ ...names, reason: event.reason }, 'Adyen refused the call')
    case 'cashier_ready':
    case 'result':
  }
}
