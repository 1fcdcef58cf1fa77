import type { CallResult, CheckoutClient } from '@tael/adyen'
import { type CallOutcome, isTimeout, type Metrics, type Service } from '../metrics/metrics.ts'
import { inSpan } from '../traces/spans.ts'

/** Adyen refuses our key or its rights: no call of this kind succeeds until that is corrected. */
const refusedCredentials: ReadonlySet<number> = new Set([401, 403])

/** A call that has ended: the `operation` is Adyen's name of it, or WeChat's path. */
export interface EndedCall {
  readonly service: Service
  readonly operation: string
  readonly outcome: CallOutcome
}

/** Makes a call, which is counted, measured and traced. */
export type ObserveCall = <R>(
  call: {
    readonly service: Service
    readonly operation: string
    readonly outcomeOf: (result: R) => CallOutcome
  },
  make: () => Promise<R>,
) => Promise<R>

/** Observes every call to Adyen and WeChat, and reports its end. */
export function observeCalls(
  { calls, callSeconds }: Pick<Metrics, 'calls' | 'callSeconds'>,
  onEnd: (call: EndedCall) => void,
): ObserveCall {
  return ({ service, operation, outcomeOf }, make) =>
    inSpan({ name: `${service} ${operation}`, kind: 'client' }, async (span) => {
      const start = performance.now()
      const result = await make()
      const outcome = outcomeOf(result)
      calls.inc({ service, operation, outcome })
      callSeconds.observe({ service, operation }, (performance.now() - start) / 1000)
      span.set({ 'tael.outcome': outcome })
      if (hasFailed(outcome)) span.fail()
      onEnd({ service, operation, outcome })
      return result
    })
}

/** Whether the service failed to serve us, rather than refused what was sent. */
export function hasFailed(outcome: CallOutcome): boolean {
  return outcome !== 'answered' && outcome !== 'refused'
}

/** The same client, whose calls are observed. */
export function observeCheckout(client: CheckoutClient, observe: ObserveCall): CheckoutClient {
  const call = <T>(operation: string, make: () => Promise<CallResult<T>>): Promise<CallResult<T>> =>
    observe({ service: 'adyen', operation, outcomeOf: outcomeAtAdyen }, make)
  return {
    paymentMethods: (body) => call('paymentMethods', () => client.paymentMethods(body)),
    payments: (body, key) => call('payments', () => client.payments(body, key)),
    paymentDetails: (body, key) => call('payments/details', () => client.paymentDetails(body, key)),
    refund: (pspReference, body, key) => call('refunds', () => client.refund(pspReference, body, key)),
    technicalCancel: (body, key) => call('cancels', () => client.technicalCancel(body, key)),
    close: () => client.close(),
  }
}

function outcomeAtAdyen(result: CallResult<unknown>): CallOutcome {
  switch (result.kind) {
    case 'answered':
      return 'answered'
    case 'rejected':
      return refusedCredentials.has(result.status) ? 'denied' : 'refused'
    case 'unknown':
      return isTimeout(result.reason) ? 'timeout' : 'unknown'
  }
}
