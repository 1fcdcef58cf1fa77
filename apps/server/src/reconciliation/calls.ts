import type { Account, Mismatch } from './account.ts'

/**
 * Reports the calls to Adyen without a stored key: the start of a payment, each refund that we
 * requested, each result that a phone reported, each request to close it.
 */
export function checkCalls({ payment, refunds, events, calls }: Account): Mismatch[] {
  const made = new Set(
    calls.flatMap(({ operation, variant, payment_status }) => [
      `${operation} ${variant}`,
      `${operation} reported ${payment_status ?? ''}`,
    ]),
  )
  const missing = (subject: string, call: string): Mismatch[] =>
    made.has(call) ? [] : [{ subject, problem: 'its call to Adyen has no stored key' }]
  return [
    ...missing(payment.id, 'payments '),
    ...refunds
      .filter(({ reason }) => reason !== 'external')
      .flatMap(({ id }) => missing(id, `refunds ${id}`)),
    ...events
      .filter(({ type }) => type === 'shopper_returned' || type === 'returned_unpaid')
      .flatMap(({ detail }) =>
        missing(payment.id, `payments/details reported ${String(detail['paymentStatus'])}`),
      ),
    ...events
      .filter(({ type }) => type === 'cancel_requested')
      .flatMap(({ from_status }) => missing(payment.id, `cancels ${String(from_status)}`)),
  ]
}
