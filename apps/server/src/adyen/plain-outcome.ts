import { plainText } from '../external-text.ts'
import type { AdyenResult } from '../ledger/transition.ts'
import type { CallEvent, CallOutcome } from './call.ts'

/** An outcome as it may be recorded and logged: each text of Adyen's in it passes `plainText`. */
export function plainOutcome(outcome: CallOutcome, secrets: readonly string[]): CallOutcome {
  const plain = (text: string): string => plainText(text, secrets)
  switch (outcome.kind) {
    case 'obsolete':
      return outcome
    case 'event':
      return { ...outcome, event: plainEvent(outcome.event, plain) }
    case 'details':
      return { ...outcome, result: plainResult(outcome.result, plain) }
    case 'refund': {
      const { update, reason } = outcome
      const { pspReference } = update
      return {
        ...outcome,
        update: pspReference === undefined ? update : { ...update, pspReference: plain(pspReference) },
        reason: plain(reason),
      }
    }
  }
}

function plainEvent(event: CallEvent, plain: (text: string) => string): CallEvent {
  switch (event.type) {
    case 'start_rejected':
    case 'details_rejected':
      return { ...event, errorCode: plain(event.errorCode), message: plain(event.message) }
    case 'answer_unusable':
    case 'unanswered':
    case 'cancel_answered':
      return { ...event, reason: plain(event.reason) }
    case 'cashier_ready':
    case 'cashier_unusable':
    case 'result':
      return { ...event, result: plainResult(event.result, plain) }
  }
}

function plainResult(result: AdyenResult, plain: (text: string) => string): AdyenResult {
  const { pspReference, refusalReason } = result
  return {
    ...result,
    ...(pspReference === undefined ? {} : { pspReference: plain(pspReference) }),
    ...(refusalReason === undefined ? {} : { refusalReason: plain(refusalReason) }),
  }
}
