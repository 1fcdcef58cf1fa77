import type { Actor } from '@tael/contracts'
import { currentTime } from '../db/clock.ts'
import { noteChange } from '../db/committed.ts'
import type { Trx } from '../db/database.ts'
import { newId } from '../db/ids.ts'
import type { PaymentRow, RefundRow } from '../db/rows.ts'
import type { StatedRefundReason } from '../db/tables.ts'
import { recordCall } from './calls.ts'
import type { LockedPayment } from './lock.ts'
import { recordRefundForMerchant } from './merchant-events.ts'
import type { UnitOfWork } from './unit-of-work.ts'

/**
 * The amount of a payment, in minor units, that can still be refunded: refunds that did not fail
 * count, also those without an outcome yet.
 */
export async function refundableValue(trx: Trx, payment: PaymentRow): Promise<number> {
  const { refunded } = await trx
    .selectFrom('refunds')
    .select((eb) => eb.fn.coalesce(eb.fn.sum<number>('value'), eb.val(0)).as('refunded'))
    .where('payment_id', '=', payment.id)
    .where('status', '<>', 'failed')
    .executeTakeFirstOrThrow()
  return payment.value - refunded
}

/** A refund that somebody, or something, requests of us. */
export interface RequestedRefund {
  readonly id: string
  /** In minor units of the payment's currency. */
  readonly value: number
  /** Why, and who requested it; null of an automatic one. */
  readonly stated: {
    readonly reason: StatedRefundReason
    readonly note: string | null
    readonly by: Actor
  } | null
}

/**
 * Inserts a refund of a locked payment, records its call to Adyen and enqueues it, and reports it to
 * the merchant of the order.
 */
export async function requestRefund(
  unit: UnitOfWork,
  locked: LockedPayment,
  { id, value, stated }: RequestedRefund,
): Promise<RefundRow> {
  const { payment } = locked
  const refund = await unit.trx
    .insertInto('refunds')
    .values({
      id,
      payment_id: payment.id,
      currency: payment.currency,
      value,
      reason: stated === null ? 'surplus' : 'operator',
      stated_reason: stated?.reason ?? null,
      note: stated?.note ?? null,
      requested_by: stated?.by.id ?? null,
      requested_by_name: stated?.by.name ?? null,
      status: 'requested',
      created_at: currentTime,
      updated_at: currentTime,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  noteChange(unit.trx, { kind: 'refund', status: 'requested' })
  await recordCall(unit, { paymentId: payment.id, operation: 'refunds', variant: refund.id })
  await recordRefundForMerchant(unit, locked, refund)
  return refund
}

/**
 * Refunds all that is left of a payment, in the transaction of the event that made it surplus. But
 * money that Adyen took back before is left to an operator, who finds the payment under attention.
 */
export async function refundSurplus(unit: UnitOfWork, locked: LockedPayment): Promise<void> {
  const { payment } = locked
  if (await wasTakenBack(unit.trx, payment.id)) return
  const left = await refundableValue(unit.trx, payment)
  if (left > 0) await requestRefund(unit, locked, { id: newId('rf'), value: left, stated: null })
}

async function wasTakenBack(trx: Trx, paymentId: string): Promise<boolean> {
  const found = await trx
    .selectFrom('payment_events')
    .select('id')
    .where('payment_id', '=', paymentId)
    .where('type', '=', 'reversal')
    .limit(1)
    .executeTakeFirst()
  return found !== undefined
}
