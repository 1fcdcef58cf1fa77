import type { FastifyBaseLogger } from 'fastify'
import { type AdyenCall, type AdyenCallDependencies, endCall, makeLater } from '../calls/calls.ts'
import { applyEvent } from './apply.ts'
import { lockPayment } from './store.ts'
import type { PaymentEvent } from './transition.ts'
import type { PaymentOfOrder } from './view.ts'
import { reached } from '../steps.ts'

/**
 * Writes down what a call led to: the event it is, and that it was answered, in one transaction. A call whose outcome
 * is unknown stays unanswered, and a job makes it again with its key after a pause that grows.
 */
export async function settleCall(
  { db, jobs, log }: AdyenCallDependencies,
  call: AdyenCall,
  event: PaymentEvent,
): Promise<PaymentOfOrder> {
  reached(`${call.operation} answered`)
  const settled = await db.transaction().execute(async (trx) => {
    const locked = await lockPayment(trx, call.paymentId)
    if (locked === undefined) throw new Error(`The payment ${call.paymentId} is gone.`)
    if (event.type === 'unanswered') await makeLater(trx, jobs, call)
    else await endCall(trx, call)
    return applyEvent({ trx, jobs }, locked, event, { source: 'adyen' })
  })
  reached(`${call.operation} settled`)
  tellOperators(log, call, event)
  return settled
}

/** What an operator must hear of: a refusal is a setting to mend, an unknown outcome may be an outage. */
function tellOperators(
  log: FastifyBaseLogger,
  { paymentId, operation }: AdyenCall,
  event: PaymentEvent,
): void {
  switch (event.type) {
    case 'unanswered':
      return log.warn({ paymentId, operation, reason: event.reason }, 'Adyen did not answer')
    case 'start_rejected':
    case 'details_rejected': {
      const { status, errorCode, message: reason } = event
      return log.error({ paymentId, operation, status, errorCode, reason }, 'Adyen refused the call')
    }
    case 'answer_unusable':
      return log.error({ paymentId, operation, reason: event.reason }, 'the answer of Adyen cannot be used')
    case 'cashier_unusable':
      return log.error({ paymentId, problems: event.problems }, 'Adyen gave nothing that opens a cashier')
    case 'cancel_news':
      if (event.heard === 'received') return undefined
      return log.error({ paymentId, operation, reason: event.reason }, 'Adyen refused the call')
    case 'refund_news':
      if (event.heard !== 'failed') return undefined
      return log.error(
        { paymentId, refundId: event.refundId },
        'a refund failed: send the money back by hand',
      )
    case 'started':
    case 'cashier_ready':
    case 'result':
    case 'shopper_returned':
    case 'authorisation':
    case 'offer_closed':
    case 'cancel_requested':
    case 'cancellation':
    case 'given_up':
    case 'reversal':
  }
}
