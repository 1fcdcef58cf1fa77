import { readItem } from '@tael/adyen'
import type { PaymentStatus } from '@tael/contracts'
import { knowsAsMuch, transition } from '../ledger/transition.ts'
import type { RefundRow } from '../db/rows.ts'
import { overrides, type RefundUpdate } from '../ledger/change-refund.ts'
import { timeOfItem } from '../webhooks/event-date.ts'
import { meaningOf } from '../webhooks/meaning.ts'
import type { Account, Mismatch } from './account.ts'

type Outcome = Pick<RefundRow, 'status' | 'outcome_code' | 'outcome_at'>

/** A refund before any webhook. */
const noOutcome: Outcome = { status: 'requested', outcome_code: null, outcome_at: null }

/**
 * Folds the webhooks of a payment and reports what is missing: each
 * item has an event, the payment knows at least as much, each refund has the outcome of its last
 * webhook.
 */
export function checkWebhooks({ payment, refunds, events, webhooks }: Account): Mismatch[] {
  const found: Mismatch[] = []
  const recorded = new Set(events.map(({ webhook_id }) => webhook_id))
  const folded = new Map(refunds.map(({ id }) => [id, noOutcome]))
  let status: PaymentStatus = 'starting'
  for (const { id, item: stored, event_date, received_at } of webhooks) {
    const item = readItem(stored)
    if (item === undefined) {
      found.push({ subject: `webhook ${id}`, problem: 'applied, but it cannot be read' })
      continue
    }
    const meaning = meaningOf(item)
    if (meaning.about === 'nothing') continue
    for (const event of [meaning.event, meaning.unpaid])
      if (event !== undefined) status = transition(status, event)
    const refund =
      refunds.find((one) => one.id === item.merchantReference) ??
      refunds.find((one) => one.psp_reference === item.pspReference)
    const known = refund === undefined ? undefined : folded.get(refund.id)
    if (meaning.refund !== undefined && refund !== undefined && known !== undefined) {
      const eventDate = timeOfItem({ event_date, received_at })
      const update: RefundUpdate = {
        status: meaning.refund,
        webhook: { eventCode: item.eventCode, eventDate },
      }
      if (overrides(update, known)) {
        folded.set(refund.id, {
          status: meaning.refund,
          outcome_code: item.eventCode,
          outcome_at: eventDate,
        })
      }
    }
    if (!recorded.has(id)) {
      found.push({ subject: `webhook ${id}`, problem: `applied, but ${payment.id} has no event of it` })
    }
  }
  if (!knowsAsMuch(payment.status, status)) {
    found.push({
      subject: payment.id,
      problem: `it is ${payment.status}, but its webhooks lead to ${status}`,
    })
  }
  for (const refund of refunds) {
    const known = folded.get(refund.id)
    if (known === undefined || known.outcome_code === null || known.status === refund.status) continue
    found.push({
      subject: refund.id,
      problem: `it is ${refund.status}, but its webhooks lead to ${known.status}`,
    })
  }
  return found
}
