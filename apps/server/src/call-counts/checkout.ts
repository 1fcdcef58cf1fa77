import type { CallResult, CheckoutClient } from '@tael/adyen'

/** Adyen refuses our key or its rights: no call of this kind succeeds until that is corrected. */
const refusedCredentials: ReadonlySet<number> = new Set([401, 403])

/** The same client, of which every call reports whether Adyen failed to serve us. */
export function countCheckoutCalls(
  client: CheckoutClient,
  onCall: (failed: boolean) => void,
): CheckoutClient {
  const counted = async <T>(call: Promise<CallResult<T>>): Promise<CallResult<T>> => {
    const result = await call
    onCall(isServiceFailure(result))
    return result
  }
  return {
    paymentMethods: (body) => counted(client.paymentMethods(body)),
    payments: (body, key) => counted(client.payments(body, key)),
    paymentDetails: (body, key) => counted(client.paymentDetails(body, key)),
    refund: (pspReference, body, key) => counted(client.refund(pspReference, body, key)),
    technicalCancel: (body, key) => counted(client.technicalCancel(body, key)),
    close: () => client.close(),
  }
}

function isServiceFailure(result: CallResult<unknown>): boolean {
  return result.kind === 'unknown' || (result.kind === 'rejected' && refusedCredentials.has(result.status))
}
