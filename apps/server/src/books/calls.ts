import type { Account, Difference } from './reconcile.ts'

/** Every call to Adyen has its row with its key: the start of a payment, and each refund that we asked for. */
export function wrongCalls({ payment, refunds, calls }: Account): Difference[] {
  const made = new Set(calls.map(({ operation, variant }) => `${operation} ${variant}`))
  const missing = (subject: string, call: string): Difference[] =>
    made.has(call) ? [] : [{ subject, problem: 'its call to Adyen has no stored key' }]
  return [
    ...missing(payment.id, 'payments '),
    ...refunds
      .filter(({ reason }) => reason !== 'external')
      .flatMap(({ id }) => missing(id, `refunds ${id}`)),
  ]
}
