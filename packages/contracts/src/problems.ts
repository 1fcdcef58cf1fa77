import * as Type from '@sinclair/typebox'
import { Amount } from './amount.ts'

/**
 * Every problem this API answers, by its code: the HTTP status, a short title, and whether the same request may be
 * sent again (`retry`). `after_login` means: call `wx.login`, log in, then send it again.
 */
export const problems = {
  validation_failed: { status: 400, title: 'The request is not what this route takes', retry: 'never' },
  session_required: { status: 401, title: 'Log in first', retry: 'after_login' },
  login_code_invalid: {
    status: 401,
    title: 'The login code is used, expired or of another app',
    retry: 'after_login',
  },
  webhook_unauthenticated: { status: 401, title: 'The webhook could not be authenticated', retry: 'never' },
  operator_unauthenticated: {
    status: 401,
    title: 'The operator key is missing or no longer valid',
    retry: 'never',
  },
  webhook_environment_mismatch: {
    status: 403,
    title: 'A live webhook reached a test server, or the reverse',
    retry: 'never',
  },
  scope_missing: { status: 403, title: 'The operator key does not allow this', retry: 'never' },
  login_blocked: { status: 403, title: 'WeChat does not let this account log in', retry: 'never' },
  route_not_found: { status: 404, title: 'There is no such route', retry: 'never' },
  order_not_found: { status: 404, title: 'There is no such order', retry: 'never' },
  payment_not_found: { status: 404, title: 'There is no such payment', retry: 'never' },
  product_not_found: { status: 404, title: 'There is no such product', retry: 'never' },
  attention_changed: { status: 409, title: 'Something happened to it since it was shown', retry: 'never' },
  attention_not_found: { status: 404, title: 'Nothing of this kind needs attention', retry: 'never' },
  out_of_stock: { status: 409, title: 'There is not enough stock left', retry: 'never' },
  amount_changed: { status: 409, title: 'The order costs another amount', retry: 'never' },
  order_not_payable: { status: 409, title: 'The order can no longer be paid', retry: 'never' },
  order_not_cancellable: { status: 409, title: 'The order cannot be cancelled', retry: 'never' },
  order_not_refundable: { status: 409, title: 'The order has nothing to give back', retry: 'never' },
  order_not_shippable: { status: 409, title: 'The order is not paid', retry: 'never' },
  payment_not_refundable: { status: 409, title: 'The payment holds no money to give back', retry: 'never' },
  refund_exceeds_payment: { status: 409, title: 'More than is left of the payment', retry: 'never' },
  payload_too_large: { status: 413, title: 'The request body is too large', retry: 'never' },
  unsupported_media_type: { status: 415, title: 'The request body is not JSON', retry: 'never' },
  idempotency_key_reused: {
    status: 422,
    title: 'This Idempotency-Key was used for another request',
    retry: 'never',
  },
  rate_limited: { status: 429, title: 'Too many requests', retry: 'later' },
  login_rate_limited: { status: 429, title: 'WeChat limits how often one may log in', retry: 'later' },
  internal_error: { status: 500, title: 'Something broke on our side', retry: 'never' },
  login_misconfigured: { status: 500, title: 'The shop is not set up to log shoppers in', retry: 'never' },
  login_unavailable: { status: 503, title: 'WeChat does not answer logins right now', retry: 'later' },
  not_ready: { status: 503, title: 'The server cannot reach its database', retry: 'later' },
} as const satisfies Record<
  string,
  { status: number; title: string; retry: 'never' | 'later' | 'after_login' }
>

export type ProblemCode = keyof typeof problems

/** Problems that any route may answer. */
export const commonProblems = [
  'validation_failed',
  'payload_too_large',
  'unsupported_media_type',
  'rate_limited',
  'internal_error',
  'not_ready',
] as const satisfies readonly ProblemCode[]

/**
 * The body of every failure, `application/problem+json` (RFC 9457). `code` names the problem and `detail` says what
 * to do; the members after it are there where they help: the order's amount with `amount_changed`, what may still be
 * refunded with `refund_exceeds_payment`, the product and
 * what is left of it with `out_of_stock`, the seconds to wait where a retry makes sense.
 */
export const Problem = Type.Object(
  {
    type: Type.String({ description: 'A URI that names the problem: `urn:tael:problem:<code>`.' }),
    title: Type.String(),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    detail: Type.String({ description: 'What was wrong and what to do.' }),
    code: Type.String({ description: 'One of the codes this route lists.' }),
    requestId: Type.String({ description: 'Names this request in the server log.' }),
    retryAfterSeconds: Type.Optional(Type.Integer({ minimum: 1 })),
    amount: Type.Optional(Amount),
    productId: Type.Optional(Type.String()),
    available: Type.Optional(Type.Integer({ minimum: 0 })),
    errors: Type.Optional(
      Type.Array(
        Type.Object({ path: Type.String(), message: Type.String() }, { additionalProperties: false }),
      ),
    ),
  },
  { title: 'Problem', additionalProperties: false },
)
export type Problem = Type.Static<typeof Problem>
