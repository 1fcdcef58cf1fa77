import { type PaymentStatus, ResultCode } from '@tael/contracts'
import * as Type from '@sinclair/typebox'
import { Check } from '@sinclair/typebox/value'
import { type Claim, isDecidedBy, transition } from '../ledger/transition.ts'
import type { Account, Mismatch } from './account.ts'

const WithResult = Type.Object({ result: Type.Object({ resultCode: ResultCode }) })
const WithSuccess = Type.Object({ success: Type.Boolean() })

/** Rebuilds a payment from its events and reports where it, or an event, does not match. */
export function checkHistory({ payment, events }: Account): Mismatch[] {
  const found: Mismatch[] = []
  const report = (problem: string): void => void found.push({ subject: payment.id, problem })
  let status: PaymentStatus = 'starting'
  let version = 0
  for (const event of events) {
    version += 1
    if (event.version !== version)
      report(`event ${event.id} has the version ${event.version}, not ${version}`)
    if (version > 1 && event.from_status !== status) {
      report(`event ${event.id} starts from ${String(event.from_status)}, not from ${status}`)
    }
    const claim = claimOf(event.type, event.detail)
    if (claim === undefined) report(`event ${event.id} (${event.type}) cannot be read`)
    else status = transition(status, claim)
    if (event.to_status !== status) report(`event ${event.id} leads to ${event.to_status}, not to ${status}`)
  }
  if (payment.status !== status) report(`it is ${payment.status}, but its events lead to ${status}`)
  if (payment.version !== version) report(`it has the version ${payment.version}, but ${version} events`)
  return found
}

/** The claim of a recorded event. Undefined: its type or detail is not one of ours. */
function claimOf(type: string, detail: Record<string, unknown>): Claim | undefined {
  if (isDecidedBy(type, 'type')) return { type }
  if (isDecidedBy(type, 'resultCode') && Check(WithResult, detail)) return { type, result: detail.result }
  if (isDecidedBy(type, 'success') && Check(WithSuccess, detail)) return { type, success: detail.success }
  return undefined
}
