import { newPspReference } from '../references.ts'
import type { AdyenAnswer } from '../state/idempotency-keys.ts'

/**
 * Adyen's error body (`ServiceError`). Codes and texts of 000, 901, 702, 14_030, 905, 703 and 704
 * are Adyen's (adyen-openapi, examples; docs.adyen.com, API idempotency); the other texts are ours.
 */
export function refuse(status: number, errorCode: string, errorType: string, message: string): AdyenAnswer {
  return { status, body: { status, errorCode, message, errorType, pspReference: newPspReference() } }
}

/** HTTP 422: the request is readable but invalid. */
export function invalid(errorCode: string, message: string): AdyenAnswer {
  return refuse(422, errorCode, 'validation', message)
}

/** HTTP 400/702: the body cannot be read. */
export function unexpectedInput(message: string): AdyenAnswer {
  return refuse(400, '702', 'validation', `Unexpected input: ${message}`)
}

export const unauthorised: AdyenAnswer = {
  status: 401,
  body: {
    status: 401,
    errorCode: '000',
    message: 'HTTP Status Response - Unauthorized',
    errorType: 'security',
  },
}

export const notFound: AdyenAnswer = {
  status: 404,
  body: { status: 404, errorCode: '000', message: 'HTTP Status Response - Not Found', errorType: 'internal' },
}

export function wrongMerchantAccount(): AdyenAnswer {
  return refuse(403, '901', 'security', 'Invalid Merchant Account')
}

/**
 * The same request is in progress or was already answered. It does not mean that the payment
 * failed.
 */
export function inProgress(): AdyenAnswer {
  return invalid('704', 'request already processed or in progress')
}

/**
 * Adyen's rate limit, as RFC 7807 (docs.adyen.com, errors/internal: `00_500`, "too many requests").
 */
export function rateLimited(): AdyenAnswer {
  const body = {
    type: 'https://docs.adyen.com/errors/internal',
    title: 'Too many requests',
    status: 429,
    detail: 'too many requests',
    errorCode: '00_500',
  }
  return { status: 429, body }
}

/**
 * Not transient: Adyen stores it for the idempotency key. It leaves open whether anything happened.
 */
export function internalError(): AdyenAnswer {
  return refuse(500, '000', 'internal', 'Internal error')
}

export function transientError(): AdyenAnswer {
  return { ...internalError(), transient: true }
}

export function idempotencyUnavailable(): AdyenAnswer {
  return {
    ...refuse(503, '703', 'internal', 'Required resource temporarily unavailable'),
    transient: true,
  }
}
