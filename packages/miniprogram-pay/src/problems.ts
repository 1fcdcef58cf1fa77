import { ProblemError, problemRetries, type ProblemCode, type Retry } from '@tael/contracts'

export function isProblem(error: unknown, code: ProblemCode): error is ProblemError {
  return error instanceof ProblemError && error.problem.code === code
}

const refusals: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'validation_failed',
  'address_required',
  'order_not_found',
  'payment_not_found',
  'product_not_found',
  'out_of_stock',
  'too_many_open_orders',
  'too_many_pieces',
  'amount_changed',
  'order_not_payable',
  'idempotency_key_reused',
  'payload_too_large',
  'unsupported_media_type',
  'route_not_found',
])

/**
 * Whether the server refused a request for good: it did nothing, so the request's key may be
 * dropped. After any other error, a code this version does not know included, it may have acted.
 */
export function isRefusal(error: unknown): boolean {
  const codes: ReadonlySet<string> = refusals
  return error instanceof ProblemError && codes.has(error.problem.code)
}

/** When the request that failed may be sent again; undefined where it must not be. */
export function retryOf(error: ProblemError): Retry | undefined {
  const retries: Readonly<Record<string, Retry | undefined>> = problemRetries
  return retries[error.problem.code]
}
