import type { CallResult, ModificationResponse, RefundRequest } from '@tael/adyen'
import { describeAmount } from '../db/amount.ts'
import { type CallOutcome, eventOutcome, type Operation } from './call.ts'

/**
 * Asks Adyen for a refund: `POST /payments/{pspReference}/refunds`. An unanswered call is retried:
 * Adyen makes one refund for each key. After an answer that a retry would get again the refund stays
 * requested, and an operator decides whether to send it under a new key.
 */
export const refundAtAdyen: Operation = async (
  { db, config, checkout },
  { payment, variant, idempotencyKey },
) => {
  const { psp_reference: pspReference } = payment
  // The answer that authorised it left the reference out; the webhook will name it.
  if (pspReference === null) return unanswered('the pspReference of the payment is not known yet')
  const amount = await db
    .selectFrom('refunds')
    .select(['currency', 'value'])
    .where('id', '=', variant)
    .executeTakeFirstOrThrow()
  const body = { merchantAccount: config.adyen.merchantAccount, amount, reference: variant }
  return readRefund(await checkout.refund(pspReference, body, idempotencyKey), body, pspReference)
}

function readRefund(
  result: CallResult<ModificationResponse>,
  asked: Required<RefundRequest>,
  askedOf: string,
): CallOutcome {
  const describe = (reason: string): string => `${describeAmount(asked.amount)}: ${reason}`
  if (result.kind === 'unknown')
    return result.isFinal ? unusable(describe(result.reason)) : unanswered(result.reason)
  const refundId = asked.reference
  if (result.kind === 'rejected') {
    const { status, errorCode, message } = result
    const reason = describe(`HTTP ${status} ${errorCode} ${message}`)
    // Our API key was refused, but an earlier request may have succeeded: marked as failed, the
    // refund could be made twice. It is retried until the API key is fixed; operators are notified.
    if (status === 401 || status === 403) return unanswered(reason)
    return { kind: 'refund', refundId, update: { status: 'failed' }, reason }
  }
  const {
    pspReference,
    reference = refundId,
    amount = asked.amount,
    paymentPspReference = askedOf,
  } = result.body
  // A retry would get the same answer; the webhook will name the right refund.
  if (reference !== refundId || paymentPspReference !== askedOf)
    return unusable(describe('its reference differs from ours'))
  if (amount.currency !== asked.amount.currency || amount.value !== asked.amount.value) {
    return unusable(describe('its amount differs from ours'))
  }
  return { kind: 'refund', refundId, update: { status: 'received', pspReference }, reason: '' }
}

function unanswered(reason: string): CallOutcome {
  return eventOutcome({ type: 'unanswered', operation: 'refunds', reason })
}

function unusable(reason: string): CallOutcome {
  return eventOutcome({ type: 'answer_unusable', operation: 'refunds', reason })
}
