import type { CallResult, ModificationResponse } from '@tael/adyen'
import { type CallEvent, eventOutcome, type Operation } from './call.ts'

/**
 * Asks Adyen to close an attempt: `POST /cancels`. It names our reference, because Adyen's own may
 * never have reached us.
 */
export const cancelAtAdyen: Operation = async ({ config, checkout }, { payment, idempotencyKey }) => {
  const { merchantAccount } = config.adyen
  const body = { merchantAccount, paymentReference: payment.id, reference: payment.id }
  return eventOutcome(readCancel(await checkout.technicalCancel(body, idempotencyKey), payment.id))
}

function readCancel(result: CallResult<ModificationResponse>, paymentId: string): CallEvent {
  if (result.kind === 'unknown') {
    const type = result.isFinal ? 'answer_unusable' : 'unanswered'
    return { type, operation: 'cancels', reason: result.reason }
  }
  if (result.kind === 'rejected') {
    return {
      type: 'cancel_answered',
      answer: 'rejected',
      reason: `HTTP ${result.status} ${result.errorCode}`.trim(),
    }
  }
  const { reference } = result.body
  if (reference !== undefined && reference !== paymentId) {
    return { type: 'answer_unusable', operation: 'cancels', reason: 'its reference differs from ours' }
  }
  return { type: 'cancel_answered', answer: 'received', reason: '' }
}
