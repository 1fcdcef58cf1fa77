import { type PaymentStatus, ResultCode } from '@tael/contracts'
import * as Type from '@sinclair/typebox'
import { Check } from '@sinclair/typebox/value'
import { type Claim, transition } from '../payments/transition.ts'
import type { Account, Difference } from './reconcile.ts'

/** What is kept of an event, as far as it moves a payment. */
const Moved = Type.Union([
  Type.Object({ type: Type.Literal('result'), result: Type.Object({ resultCode: ResultCode }) }),
  Type.Object({
    type: Type.Union([Type.Literal('authorisation'), Type.Literal('cancellation')]),
    success: Type.Boolean(),
  }),
])
/** Every other event: its type says all. */
const Other = Type.Object({
  type: Type.Union([
    Type.Literal('started'),
    Type.Literal('cashier_ready'),
    Type.Literal('cashier_unusable'),
    Type.Literal('start_rejected'),
    Type.Literal('details_rejected'),
    Type.Literal('answer_unusable'),
    Type.Literal('unanswered'),
    Type.Literal('shopper_returned'),
    Type.Literal('offer_closed'),
    Type.Literal('cancel_requested'),
    Type.Literal('cancel_news'),
    Type.Literal('given_up'),
    Type.Literal('reversal'),
    Type.Literal('refund_news'),
  ]),
})

/** Rebuilds a payment from its events, one after the other, and says where it is not what they make of it. */
export function wrongHistory({ payment, events }: Account): Difference[] {
  const found: Difference[] = []
  const tell = (problem: string): void => void found.push({ subject: payment.id, problem })
  let status: PaymentStatus = 'starting'
  let version = 0
  for (const event of events) {
    version += 1
    if (event.version !== version) tell(`event ${event.id} is number ${event.version}, not ${version}`)
    if (version > 1 && event.from_status !== status) {
      tell(`event ${event.id} left from ${String(event.from_status)}, not from ${status}`)
    }
    const claim = claimOf(event.type, event.detail)
    if (claim === undefined) tell(`event ${event.id} (${event.type}) cannot be read`)
    else status = transition(status, claim)
    if (event.to_status !== status) tell(`event ${event.id} led to ${event.to_status}, not to ${status}`)
  }
  if (payment.status !== status) tell(`it is ${payment.status}, its events make it ${status}`)
  if (payment.version !== version) tell(`it is version ${payment.version}, its events are ${version}`)
  return found
}

function claimOf(type: string, detail: Record<string, unknown>): Claim | undefined {
  const kept = { ...detail, type }
  if (Check(Moved, kept)) return kept
  return Check(Other, kept) ? kept : undefined
}
