import * as Type from '@sinclair/typebox'
import { Amount } from '@tael/contracts'

/**
 * One attempt to pay, stored from before its first request until the shopper has seen its outcome.
 * `paymentId` is set by the server's answer; `errMsg`, from wx.requestPayment, until the server has
 * it.
 */
export const Attempt = Type.Object({
  orderId: Type.String(),
  amount: Amount,
  payToken: Type.Optional(Type.String()),
  key: Type.String(),
  paymentId: Type.Optional(Type.String()),
  errMsg: Type.Optional(Type.String()),
})
export type Attempt = Type.Static<typeof Attempt>

/** The request to send next. No errMsg is invented for a cashier that never called back. */
export type NextRequest =
  | { readonly kind: 'start' }
  | { readonly kind: 'details'; readonly paymentId: string; readonly errMsg: string }
  | { readonly kind: 'read'; readonly paymentId: string }

export function nextRequest({ paymentId, errMsg }: Attempt): NextRequest {
  if (paymentId === undefined) return { kind: 'start' }
  return errMsg === undefined ? { kind: 'read', paymentId } : { kind: 'details', paymentId, errMsg }
}

/** The attempt once the server has the errMsg. */
export function withoutErrMsg(attempt: Attempt, paymentId: string): Attempt {
  const { errMsg: _, ...rest } = attempt
  return { ...rest, paymentId }
}

const ERR_MSG = /^requestPayment:/
const ERR_MSG_LENGTH_MAX = 256

/**
 * The errMsg of the `complete` callback as the contract accepts it: prefixed, short, without U+0000
 * and halves of surrogate pairs. What must go is replaced and not dropped, so that no errMsg
 * becomes an ok.
 */
export function paymentStatusOf(errMsg: string): string {
  const prefixed = ERR_MSG.test(errMsg) ? errMsg : `requestPayment:fail (${errMsg})`
  let status = ''
  for (const character of prefixed) {
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
