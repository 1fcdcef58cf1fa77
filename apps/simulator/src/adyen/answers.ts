import { newPspReference } from '../ledger.ts'

/** What a call to Adyen answers. `transient` becomes the header `transient-error: true`. */
export interface Answer {
  readonly status: number
  readonly body: object
  readonly transient?: true
}

/**
 * Adyen's error body (`ServiceError`). Codes and words of 000, 901, 702, 14_030, 905, 703 and 704 are Adyen's
 * (adyen-openapi, examples; docs.adyen.com, API idempotency); the other words are the simulator's own.
 */
export function refuse(status: number, errorCode: string, errorType: string, message: string): Answer {
  return { status, body: { status, errorCode, message, errorType, pspReference: newPspReference() } }
}

/** HTTP 422: the request is well-formed and wrong. */
export function invalid(errorCode: string, message: string): Answer {
  return refuse(422, errorCode, 'validation', message)
}

/** HTTP 400/702: the body is not what can be read at all. */
export function unexpectedInput(message: string): Answer {
  return refuse(400, '702', 'validation', `Unexpected input: ${message}`)
}

export const unauthorised: Answer = {
  status: 401,
  body: {
    status: 401,
    errorCode: '000',
    message: 'HTTP Status Response - Unauthorized',
    errorType: 'security',
  },
}

export const notFound: Answer = {
  status: 404,
  body: { status: 404, errorCode: '000', message: 'HTTP Status Response - Not Found', errorType: 'internal' },
}

export function wrongMerchantAccount(): Answer {
  return refuse(403, '901', 'security', 'Invalid Merchant Account')
}

/** A twin of this request is under way, or was answered before: never a failure of the payment. */
export function inProgress(): Answer {
  return invalid('704', 'request already processed or in progress')
}

/** Adyen's rate limit, as RFC 7807 (docs.adyen.com, errors/internal: `00_500`, "too many requests"). */
export function rateLimited(): Answer {
  const body = {
    type: 'https://docs.adyen.com/errors/internal',
    title: 'Too many requests',
    status: 429,
    detail: 'too many requests',
    errorCode: '00_500',
  }
  return { status: 429, body }
}

/** Not transient: Adyen keeps it for its idempotency key, and says nothing about what happened. */
export function internalError(): Answer {
  return refuse(500, '000', 'internal', 'Internal error')
}

export function transientError(): Answer {
  return { ...internalError(), transient: true }
}

export function idempotencyUnavailable(): Answer {
  return {
    ...refuse(503, '703', 'internal', 'Required resource temporarily unavailable'),
    transient: true,
  }
}
