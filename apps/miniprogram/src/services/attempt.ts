import * as Type from '@sinclair/typebox'
import { Amount } from '@tael/contracts'

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

/** The attempt once there is nothing more to tell of what the cashier said. */
export function withoutErrMsg({ orderId, amount, key }: Attempt, paymentId: string): Attempt {
  return { orderId, amount, key, paymentId }
}

const ERR_MSG = /^requestPayment:/
const ERR_MSG_LENGTH_MAX = 256

/**
 * The errMsg of the `complete` callback in the form the contract takes: it starts with `requestPayment:`, is short, and
 * holds neither U+0000 nor half a surrogate pair. Such a one is replaced and not left out, so that nothing turns into
 * an ok. Whatever does not start so is a failure without a known reason, never an ok.
 */
export function paymentStatusOf(errMsg: string): string {
  const said = ERR_MSG.test(errMsg) ? errMsg : `requestPayment:fail (${errMsg})`
  let status = ''
  for (const character of said) {
    const sendable = isSendable(character) ? character : '\uFFFD'
    if (status.length + sendable.length > ERR_MSG_LENGTH_MAX) break
    status += sendable
  }
  return status
}

function isSendable(character: string): boolean {
  const code = character.codePointAt(0) ?? 0
  return code !== 0 && (code < 0xd800 || code > 0xdfff)
}
