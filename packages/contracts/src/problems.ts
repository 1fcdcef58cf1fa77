import * as Type from '@sinclair/typebox'
import { Amount } from './amount.ts'

/** Every problem this API answers, by its code: the HTTP status and a short title. */
export const problems = {
  validation_failed: { status: 400, title: 'Invalid request' },
  address_required: { status: 400, title: 'Delivery address required' },
  session_required: { status: 401, title: 'Login required' },
  login_code_invalid: { status: 401, title: 'Login code used, expired or from another app' },
  webhook_unauthenticated: { status: 401, title: 'Webhook authentication failed' },
  operator_unauthenticated: { status: 401, title: 'Missing or invalid key' },
  webhook_environment_mismatch: { status: 403, title: 'Webhook from the wrong environment' },
  request_forged: { status: 403, title: 'Request not sent by the console' },
  https_required: { status: 403, title: 'Sign-in without https' },
  scope_missing: { status: 403, title: 'Key without the required scope' },
  scope_not_held: { status: 403, title: 'Key may not give this scope' },
  second_operator_required: { status: 403, title: 'Second operator required' },
  refund_limit_exceeded: { status: 403, title: 'Refund exceeds the limit of the key' },
  login_blocked: { status: 403, title: 'Login blocked by WeChat' },
  route_not_found: { status: 404, title: 'Route not found' },
  order_not_found: { status: 404, title: 'Order not found' },
  payment_not_found: { status: 404, title: 'Payment not found' },
  refund_not_found: { status: 404, title: 'Refund not found' },
  refund_proposal_not_found: { status: 404, title: 'Proposed refund not found' },
  webhook_not_found: { status: 404, title: 'Webhook item not found' },
  product_not_found: { status: 404, title: 'Product not found' },
  settlement_not_found: { status: 404, title: 'Settlement result not found' },
  difference_not_found: { status: 404, title: 'Difference not found' },
  channel_not_found: { status: 404, title: 'Notification channel not found' },
  attention_not_found: { status: 404, title: 'Attention item not found' },
  shopper_not_found: { status: 404, title: 'Shopper not found' },
  key_not_found: { status: 404, title: 'Key not found' },
  webhook_not_applicable: { status: 409, title: 'Webhook item cannot be applied' },
  attention_changed: { status: 409, title: 'Attention item changed since it was read' },
  difference_handled: { status: 409, title: 'Difference already handled' },
  price_changed: { status: 409, title: 'Price changed since it was read' },
  attention_assigned: { status: 409, title: 'Attention item assigned to another operator' },
  out_of_stock: { status: 409, title: 'Insufficient stock' },
  too_many_open_orders: { status: 409, title: 'Too many open orders' },
  too_many_pieces: { status: 409, title: 'Too many pieces for one shopper' },
  amount_changed: { status: 409, title: 'Order total changed' },
  order_not_payable: { status: 409, title: 'Order cannot be paid' },
  order_not_changeable: { status: 409, title: 'Order cannot be changed' },
  order_not_cancellable: { status: 409, title: 'Order cannot be cancelled' },
  order_not_refundable: { status: 409, title: 'Order has nothing to refund' },
  refund_not_requested: { status: 409, title: 'No refund request to decline' },
  order_not_shippable: { status: 409, title: 'Order cannot be shipped' },
  payment_not_refundable: { status: 409, title: 'Payment has nothing to refund' },
  refund_not_resendable: { status: 409, title: 'Refund cannot be sent again' },
  shopper_not_erasable: { status: 409, title: 'Shopper cannot be erased yet' },
  refund_proposal_decided: { status: 409, title: 'Proposed refund already decided' },
  refund_exceeds_payment: { status: 409, title: 'Refund exceeds the remaining amount' },
  payload_too_large: { status: 413, title: 'Request body too large' },
  unsupported_media_type: { status: 415, title: 'Unsupported request body type' },
  report_unreadable: { status: 422, title: 'Settlement report cannot be read' },
  idempotency_key_reused: { status: 422, title: 'Idempotency-Key reused for a different request' },
  rate_limited: { status: 429, title: 'Too many requests' },
  login_rate_limited: { status: 429, title: 'WeChat login rate limit reached' },
  internal_error: { status: 500, title: 'Internal server error' },
  login_misconfigured: { status: 500, title: 'WeChat login misconfigured' },
  login_unavailable: { status: 503, title: 'WeChat login unavailable' },
  not_ready: { status: 503, title: 'Database unavailable' },
} as const satisfies Record<string, { status: number; title: string }>

export type ProblemCode = keyof typeof problems

/** When a request may be sent again: `later`, or `after_login` with a new `wx.login` code. */
export type Retry = 'later' | 'after_login'

/** Problems after which the same request may be sent again; after any other it must not be. */
export const problemRetries = {
  session_required: 'after_login',
  login_code_invalid: 'after_login',
  rate_limited: 'later',
  login_rate_limited: 'later',
  login_unavailable: 'later',
  not_ready: 'later',
} as const satisfies { readonly [code in ProblemCode]?: Retry }

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
 * Problems that an operators' route may answer besides its own: a browser sent the cookie of a session
 * with a change that the console did not ask for.
 */
export const sessionProblems = ['request_forged'] as const satisfies readonly ProblemCode[]

/**
 * The body of every failure, `application/problem+json` (RFC 9457). The optional members are set
 * where they help: the order's amount with `amount_changed`, the price with `price_changed`, the refundable amount with
 * `refund_exceeds_payment`, the product and its stock with `out_of_stock`, how many
 * pieces this shopper may still order with `too_many_pieces`, and the seconds to wait
 * where a retry makes sense.
 */
export const Problem = Type.Object(
  {
    type: Type.String({ description: 'A URI that names the problem: `urn:tael:problem:<code>`.' }),
    title: Type.String(),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    detail: Type.String({ description: 'What was wrong and how to fix it.' }),
    code: Type.String({ description: 'One of the codes this route lists.' }),
    requestId: Type.String({ description: 'Identifies this request in the server log.' }),
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
