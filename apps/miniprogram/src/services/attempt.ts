import * as Type from '@sinclair/typebox'
import { Amount, ProblemError, type Payment } from '@tael/contracts'

/**
 * One attempt to pay, as the phone keeps it from before its first request until a shopper has read its end.
 * `paymentId` is there once the server has answered; `errMsg` is what wx.requestPayment said, until the server has it.
 */
export const Attempt = Type.Object({
  orderId: Type.String(),
  amount: Amount,
  key: Type.String(),
  paymentId: Type.Optional(Type.String()),
  errMsg: Type.Optional(Type.String()),
})
export type Attempt = Type.Static<typeof Attempt>

/** The call that brings a stored attempt nearer to the truth. Nothing is ever made up for a cashier that died. */
export type NextCall =
  | { readonly kind: 'start' }
  | { readonly kind: 'details'; readonly paymentId: string; readonly errMsg: string }
  | { readonly kind: 'read'; readonly paymentId: string }

export function nextCall({ paymentId, errMsg }: Attempt): NextCall {
  if (paymentId === undefined) return { kind: 'start' }
  return errMsg === undefined ? { kind: 'read', paymentId } : { kind: 'details', paymentId, errMsg }
}

/** The attempt once the server has taken what the cashier said. */
export function withoutErrMsg({ orderId, amount, key }: Attempt, payment: Payment): Attempt {
  return { orderId, amount, key, paymentId: payment.id }
}

/**
 * True where the server refused the attempt itself: with this key nothing was started, so the key may be dropped.
 * After every other error the attempt may exist at the server and its key is kept.
 */
export function startedNothing(error: unknown): boolean {
  return error instanceof ProblemError && refusals.has(error.problem.code)
}

const refusals: ReadonlySet<string> = new Set([
  'validation_failed',
  'order_not_found',
  'payment_not_found',
  'amount_changed',
  'order_not_payable',
  'idempotency_key_reused',
])

const ERR_MSG = /^requestPayment:/
const ERR_MSG_LENGTH_MAX = 256

/**
 * The errMsg of the `complete` callback in the form the contract takes: it starts with `requestPayment:` and is
 * short. Whatever does not start so is a failure without a known reason, never an ok.
 */
export function paymentStatusOf(errMsg: string): string {
  const status = ERR_MSG.test(errMsg) ? errMsg : `requestPayment:fail (${errMsg})`
  return status.slice(0, ERR_MSG_LENGTH_MAX)
}
