import {
  ContractError,
  NoAnswerError,
  ProblemError,
  problemRetries,
  type ProblemCode,
  type Retry,
} from '@tael/contracts'

/** The phone could not store something: its storage, or WeChat's 10 MB share of it, is full. */
export class StorageError extends Error {
  override readonly name = 'StorageError'
}

/** The code to look a text up by: a problem's, or one of the phone's own. Undefined for a bug. */
function codeOf(error: unknown): string | undefined {
  if (error instanceof NoAnswerError) return 'offline'
  if (error instanceof ContractError) return 'unreadable'
  if (error instanceof StorageError) return 'storage_full'
  if (error instanceof ProblemError) return error.problem.code
  return undefined
}

/** The code to look a text up by. Throws on an error that is a bug. */
export function problemCodeOf(error: unknown): string {
  const code = codeOf(error)
  if (code === undefined) throw error
  return code
}

/** Whether a request may end with this error. Any other is a bug, which must be thrown on. */
export function isExpected(error: unknown): boolean {
  return codeOf(error) !== undefined
}

/** For `catch`, where a failed request leaves something unknown. Throws a bug on. */
export function nullIfExpected(error: unknown): null {
  if (isExpected(error)) return null
  throw error
}

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
