import type { RefundStatus } from '@tael/contracts'
import { currentTime } from '../db/clock.ts'
import { noteChange } from '../db/committed.ts'
import type { Trx } from '../db/database.ts'
import { newId } from '../db/ids.ts'
import type { PaymentRow, RefundRow } from '../db/rows.ts'
import { applyEvent } from './apply-event.ts'
import type { LockedPayment } from './lock.ts'
import { recordRefundForMerchant } from './merchant-events.ts'
import { failedAfterSuccess, reversalValues } from './reversals.ts'
import type { Revalued } from './transition.ts'
import type { Cause, UnitOfWork } from './unit-of-work.ts'

/** An update of a refund: from Adyen's answer, or from a webhook with its code and date. */
export interface RefundUpdate {
  readonly status: Exclude<RefundStatus, 'requested'>
  readonly pspReference?: string
  readonly webhook?: { readonly eventCode: string; readonly eventDate: Date }
}

/**
 * How much each status knows. A refund that Adyen reported as made counts as made, whatever else it
 * reported of the request.
 */
const rank: Readonly<Record<RefundStatus, number>> = { requested: 0, received: 1, failed: 2, refunded: 3 }

/**
 * Whether an update overrides what is known. Webhooks override answers, a success overrides a
 * failed request, and a failure after a success (REFUND_FAILED, REFUNDED_REVERSED) overrides both.
 * No date decides a status, because Adyen does not sign it. This is a total order: the result does
 * not depend on the order or number of updates.
 */
export function overrides(
  { status, webhook }: RefundUpdate,
  known: Pick<RefundRow, 'status' | 'outcome_code' | 'outcome_at'>,
): boolean {
  const updated = weigh(webhook?.eventCode ?? null, webhook?.eventDate ?? null, status)
  const current = weigh(known.outcome_code, known.outcome_at, known.status)
  const decisive = updated.findIndex((weight, index) => weight !== current[index])
  return decisive !== -1 && (updated[decisive] ?? 0) > (current[decisive] ?? 0)
}

/** The weight of an update: its kind, its status, its date, compared in this order. */
function weigh(code: string | null, at: Date | null, status: RefundStatus): readonly number[] {
  const kind = code === null ? 0 : failedAfterSuccess.has(code) ? 2 : 1
  return [kind, rank[status], at?.getTime() ?? 0]
}

/**
 * Applies an update to a refund of a locked payment, with the event of the payment. Only this
 * function changes a refund. Returns whether the refund has failed by this update.
 */
export async function changeRefund(
  unit: UnitOfWork,
  locked: LockedPayment,
  refundId: string,
  update: RefundUpdate,
  cause: Cause,
): Promise<{ readonly failed: boolean }> {
  const { trx } = unit
  const refund = await trx
    .selectFrom('refunds')
    .selectAll()
    .where('id', '=', refundId)
    .executeTakeFirstOrThrow()
  const { status, pspReference, webhook } = update
  const isOverridden = overrides(update, refund)
  const reversedAt = laterOf(
    refund.reversed_at,
    webhook?.eventCode === 'CANCEL_OR_REFUND' && status === 'refunded' ? webhook.eventDate : null,
  )
  const changes = {
    ...(isOverridden
      ? { status, outcome_code: webhook?.eventCode ?? null, outcome_at: webhook?.eventDate ?? null }
      : {}),
    ...(refund.psp_reference === null && pspReference !== undefined ? { psp_reference: pspReference } : {}),
    ...(reversedAt?.getTime() === refund.reversed_at?.getTime() ? {} : { reversed_at: reversedAt }),
  } satisfies Partial<RefundRow>
  // One made in the Customer Area has no status before its first report.
  const isFirst = refund.reason === 'external' && refund.outcome_at === null
  if (isOverridden && (isFirst || status !== refund.status)) noteChange(trx, { kind: 'refund', status })
  const hasChanged = Object.keys(changes).length > 0
  const isReplayed = cause.source === 'webhook' && cause.replayed
  if (!hasChanged && isReplayed) return { failed: false }
  const reversals = hasChanged ? await writeRefund(trx, locked.payment, refund, changes) : []
  await applyEvent(
    unit,
    locked,
    { type: 'refund_updated', refundId, status, ...(reversals.length === 0 ? {} : { reversals }) },
    cause,
  )
  if (hasChanged && locked.order.reference !== null) await reportToMerchant(unit, locked, refund, reversals)
  return { failed: isOverridden && status === 'failed' }
}

/** Reports to the merchant of the order the refunds that an update of one of them changed. */
async function reportToMerchant(
  unit: UnitOfWork,
  locked: LockedPayment,
  before: RefundRow,
  reversals: readonly Revalued[],
): Promise<void> {
  const ids = [before.id, ...reversals.map(({ refundId }) => refundId)]
  const refunds = await unit.trx
    .selectFrom('refunds')
    .selectAll()
    .where('id', 'in', ids)
    .orderBy('id')
    .execute()
  for (const refund of refunds)
    if (refund.id !== before.id || isReported(before, refund))
      await recordRefundForMerchant(unit, locked, refund)
}

/** One made in the Customer Area is new to the merchant with its first update. */
function isReported(before: RefundRow, now: RefundRow): boolean {
  const isNew = now.reason === 'external' && before.outcome_at === null
  return isNew || before.status !== now.status || before.value !== now.value
}

function laterOf(one: Date | null, other: Date | null): Date | null {
  if (one === null || other === null) return one ?? other
  return one > other ? one : other
}

/**
 * Writes the changes of a refund and the new amounts of the payment's reversals that follow from
 * them: those that shrink before it and those that grow after it, so that at no moment more goes
 * back than was paid. Returns the other reversals that changed.
 */
async function writeRefund(
  trx: Trx,
  payment: PaymentRow,
  refund: RefundRow,
  changes: Partial<RefundRow>,
): Promise<readonly Revalued[]> {
  const others = await trx
    .selectFrom('refunds')
    .selectAll()
    .where('payment_id', '=', payment.id)
    .where('id', '<>', refund.id)
    .execute()
  const values = reversalValues(payment.value, [...others, { ...refund, ...changes }])
  const changed = others
    .map(({ id, value: before }) => ({ refundId: id, value: values.get(id) ?? before, before }))
    .filter(({ value, before }) => value !== before)
  const write = (id: string, set: Partial<RefundRow>): Promise<unknown> =>
    trx.updateTable('refunds').set(set).where('id', '=', id).execute()
  for (const { refundId, value, before } of changed) if (value < before) await write(refundId, { value })
  const value = values.get(refund.id) ?? refund.value
  await trx
    .updateTable('refunds')
    .set({ ...changes, value, updated_at: currentTime })
    .where('id', '=', refund.id)
    .execute()
  for (const { refundId, value: grown, before } of changed)
    if (grown > before) await write(refundId, { value: grown })
  return changed.map(({ refundId, value: current }) => ({ refundId, value: current }))
}

/**
 * Inserts a refund that was made in the Customer Area. It counts as failed, which gives nothing
 * back, until its update is applied. Returns its id.
 */
export async function insertExternalRefund(
  trx: Trx,
  payment: PaymentRow,
  amount: { readonly currency: string; readonly value: number },
  pspReference: string,
): Promise<string> {
  const id = newId('rf')
  await trx
    .insertInto('refunds')
    .values({
      id,
      payment_id: payment.id,
      currency: amount.currency,
      value: amount.value,
      reason: 'external',
      status: 'failed',
      psp_reference: pspReference,
    })
    .execute()
  return id
}
