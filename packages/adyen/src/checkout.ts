import { setTimeout } from 'node:timers/promises'
import type { Static, TSchema } from '@sinclair/typebox'
import { Check } from '@sinclair/typebox/value'
import { Agent, request, type Dispatcher } from 'undici'
import { withoutAbsent } from './absent.ts'
import {
  ModificationResponse,
  type PaymentDetailsRequest,
  type PaymentMethodsRequest,
  PaymentMethodsResponse,
  type PaymentRequest,
  PaymentResponse,
  type RefundRequest,
  type TechnicalCancelRequest,
} from './wire.ts'

/** Adyen answered as documented. */
export interface Answered<T> {
  readonly kind: 'answered'
  readonly body: T
}

/** Adyen refused the request: nothing happened, and a retry will be refused too. */
export interface Rejected {
  readonly kind: 'rejected'
  readonly status: number
  readonly errorCode: string
  readonly errorType: string
  readonly message: string
}

/**
 * It is unknown whether Adyen processed the call: no answer, an unreadable one, an ambiguous error,
 * or "in progress" (704). Only a retry with the same idempotency key, or a webhook, can tell.
 */
export interface Unknown {
  readonly kind: 'unknown'
  readonly reason: string
  /** Adyen's own error, which it keeps for the key: a retry with the key gets it again. */
  readonly isFinal: boolean
}

export type CallResult<T> = Answered<T> | Rejected | Unknown

export interface CheckoutOptions {
  /** Up to and including the version: `https://checkout-test.adyen.com/v72`. */
  readonly baseUrl: string
  readonly apiKey: string
  /** For the whole call, including its retries. */
  readonly deadlineMs: number
  /** For each try. */
  readonly tryTimeoutMs: number
}

export interface CheckoutClient {
  /** Changes nothing at Adyen, and so has no idempotency key. */
  paymentMethods(body: PaymentMethodsRequest): Promise<CallResult<PaymentMethodsResponse>>
  payments(body: PaymentRequest, idempotencyKey: string): Promise<CallResult<PaymentResponse>>
  paymentDetails(body: PaymentDetailsRequest, idempotencyKey: string): Promise<CallResult<PaymentResponse>>
  refund(
    pspReference: string,
    body: RefundRequest,
    idempotencyKey: string,
  ): Promise<CallResult<ModificationResponse>>
  technicalCancel(
    body: TechnicalCancelRequest,
    idempotencyKey: string,
  ): Promise<CallResult<ModificationResponse>>
  close(): Promise<void>
}

const TRIES_MAX = 4
const BACKOFF_MS = 150
const ANSWER_BYTES_MAX = 1_000_000

/** The result of one try, and whether a retry may improve it. */
interface Try<T> {
  readonly result: CallResult<T>
  readonly isRetryable: boolean
}

/**
 * A client of Adyen's Checkout API with keep-alive connections and one deadline per call. It
 * retries with the same idempotency key only where Adyen says that this is safe (docs.adyen.com,
 * API idempotency): no answer, 429, 502, 503, 504, 704, and any error marked `transient-error`.
 */
export function createCheckoutClient({
  baseUrl,
  apiKey,
  deadlineMs,
  tryTimeoutMs,
}: CheckoutOptions): CheckoutClient {
  const agent = new Agent({
    keepAliveTimeout: 30_000,
    connect: { timeout: 5_000 },
    maxResponseSize: ANSWER_BYTES_MAX,
  })

  async function tryOnce<S extends TSchema>(
    path: string,
    body: object,
    idempotencyKey: string | undefined,
    schema: S,
    signal: AbortSignal,
  ): Promise<Try<Static<S>>> {
    let answer: Dispatcher.ResponseData
    let text: string
    try {
      answer = await request(baseUrl + path, {
        method: 'POST',
        dispatcher: agent,
        signal,
        headers: {
          'content-type': 'application/json',
          'x-api-key': apiKey,
          ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
        },
        body: JSON.stringify(body),
      })
      text = await answer.body.text()
    } catch (error) {
      return {
        result: { kind: 'unknown', reason: `no answer (${codeOf(error)})`, isFinal: false },
        isRetryable: true,
      }
    }
    return readAnswer(answer, text, schema)
  }

  async function post<S extends TSchema>(
    path: string,
    body: object,
    idempotencyKey: string | undefined,
    schema: S,
  ): Promise<CallResult<Static<S>>> {
    const deadline = AbortSignal.timeout(deadlineMs)
    for (let tries = 1; ; tries += 1) {
      const signal = AbortSignal.any([deadline, AbortSignal.timeout(tryTimeoutMs)])
      const { result, isRetryable } = await tryOnce(path, body, idempotencyKey, schema, signal)
      if (!isRetryable || tries === TRIES_MAX || deadline.aborted) return result
      const backoffMs = BACKOFF_MS * 2 ** tries * (0.5 + Math.random())
      // It rejects only when the deadline passes.
      const isOver = await setTimeout(backoffMs, false, { signal: deadline }).catch(() => true)
      if (isOver) return result
    }
  }

  return {
    paymentMethods: (body) => post('/paymentMethods', body, undefined, PaymentMethodsResponse),
    payments: (body, key) => post('/payments', body, key, PaymentResponse),
    paymentDetails: (body, key) => post('/payments/details', body, key, PaymentResponse),
    refund: (psp, body, key) =>
      post(`/payments/${encodeURIComponent(psp)}/refunds`, body, key, ModificationResponse),
    technicalCancel: (body, key) => post('/cancels', body, key, ModificationResponse),
    close: () => agent.close(),
  }
}

function readAnswer<S extends TSchema>(
  answer: Dispatcher.ResponseData,
  text: string,
  schema: S,
): Try<Static<S>> {
  const status = answer.statusCode
  const body = parse(text)
  if (status >= 200 && status < 300) {
    return Check(schema, body)
      ? { result: { kind: 'answered', body }, isRetryable: false }
      : {
          result: { kind: 'unknown', reason: `unreadable answer with HTTP ${status}`, isFinal: false },
          isRetryable: true,
        }
  }
  const { errorCode, errorType, message } = readError(body)
  const unknown = (isFinal: boolean): Unknown => ({
    kind: 'unknown',
    reason: `HTTP ${status} ${errorCode}`.trim(),
    isFinal,
  })
  const transient = answer.headers['transient-error'] === 'true'
  const busy = errorCode === '704' || errorCode === '703' || [429, 502, 503, 504].includes(status)
  if (transient || busy || isRateLimit(errorCode, message)) {
    return { result: unknown(false), isRetryable: true }
  }
  // Only Adyen's own error proves that nothing happened: a proxy's error page does not.
  const isAdyenError = errorCode !== '' || errorType !== ''
  if (isAdyenError && ((status >= 400 && status < 500) || permanentErrorTypes.has(errorType))) {
    return { result: { kind: 'rejected', status, errorCode, errorType, message }, isRetryable: false }
  }
  return { result: unknown(isAdyenError), isRetryable: false }
}

/**
 * A 500 of these types is not about a payment: 500/905 "Payment details are not supported" is
 * configuration.
 */
const permanentErrorTypes: ReadonlySet<string> = new Set(['configuration', 'validation', 'security'])

/** Adyen's error body, classic (`ServiceError`) or RFC 7807 (`DefaultErrorResponseEntity`). */
function readError(body: unknown): { errorCode: string; errorType: string; message: string } {
  const fields = new Map<string, unknown>(
    typeof body === 'object' && body !== null ? Object.entries(body) : [],
  )
  const text = (name: string): string => {
    const value = fields.get(name)
    return typeof value === 'string' ? value : ''
  }
  return {
    errorCode: text('errorCode'),
    errorType: text('errorType'),
    message: text('message') || text('detail') || text('title'),
  }
}

/** docs.adyen.com, internal errors: `00_500` with "too many requests" is Adyen's rate limit. */
function isRateLimit(errorCode: string, message: string): boolean {
  return errorCode === '00_500' && /too many requests/i.test(message)
}

function parse(text: string): unknown {
  try {
    return withoutAbsent(JSON.parse(text))
  } catch {
    // Not JSON, such as a proxy's error page: the schema check rejects it.
    return undefined
  }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
