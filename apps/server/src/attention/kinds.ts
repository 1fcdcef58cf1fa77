import type { AttentionItem, AttentionKind, RefundStatus } from '@tael/contracts'
import { type RawBuilder, sql } from 'kysely'
import { describeAmount } from '../db/amount.ts'
import type { Db } from '../db/database.ts'
import { undecidedStatuses } from '../ledger/transition.ts'
import { isUnhandled } from './handled.ts'
import { findReversedPayments } from './reversed-payments.ts'

/** How many items of each kind are listed, the oldest first. */
const PAGE_SIZE = 100
/** Adyen accepts a refund, and reports the outcome of a payment, sooner than this. */
const AN_HOUR_AGO = sql<Date>`now() - interval '1 hour'`
/**
 * WeChat refunds a balance in minutes, a bank card in three working days (pay.weixin.qq.com, refund
 * FAQ).
 */
const FIVE_DAYS_AGO = sql<Date>`now() - interval '5 days'`

/** Finds the items of one kind. */
type Finder = (db: Db) => Promise<AttentionItem[]>

const findWebhooks: Finder = async (db) => {
  const rows = await db
    .selectFrom('webhook_items')
    .leftJoin('payments', 'payments.id', 'merchant_reference')
    .select(['webhook_items.id', 'event_code', 'attention', 'received_at', 'payments.id as payment_id'])
    .where('state', '=', 'attention')
    .where(isUnhandled('webhook', 'webhook_items.id', 'received_at'))
    .orderBy('webhook_items.id')
    .limit(PAGE_SIZE)
    .execute()
  return rows.map((row) => ({
    kind: 'webhook',
    subject: String(row.id),
    paymentId: row.payment_id,
    since: row.received_at.toISOString(),
    reason: `${row.event_code}: ${row.attention ?? ''}`,
  }))
}

const findFailedRefunds: Finder = async (db) => {
  const rows = await db
    .selectFrom('refunds')
    .select(['id', 'payment_id', 'updated_at', 'value', 'currency'])
    .where('status', '=', 'failed')
    .where('value', '>', 0)
    .where(isUnhandled('refund_failed', 'refunds.id', 'refunds.updated_at'))
    .orderBy('updated_at')
    .limit(PAGE_SIZE)
    .execute()
  return rows.map((row) => ({
    kind: 'refund_failed',
    subject: row.id,
    paymentId: row.payment_id,
    since: row.updated_at.toISOString(),
    reason: `${describeAmount(row)} was not refunded: refund it again, or return it by hand`,
  }))
}

/** Finds refunds that were requested before a moment and still have this status. */
function findWaitingRefunds(
  kind: AttentionKind,
  status: RefundStatus,
  before: RawBuilder<Date>,
  reason: string,
): Finder {
  return async (db) => {
    const rows = await db
      .selectFrom('refunds')
      .select(['id', 'payment_id', 'created_at'])
      .where('status', '=', status)
      .where('created_at', '<', before)
      .where(isUnhandled(kind, 'refunds.id', 'refunds.created_at'))
      .orderBy('created_at')
      .limit(PAGE_SIZE)
      .execute()
    return rows.map((row) => ({
      kind,
      subject: row.id,
      paymentId: row.payment_id,
      since: row.created_at.toISOString(),
      reason,
    }))
  }
}

const findUnknownPayments: Finder = async (db) => {
  const rows = await db
    .selectFrom('payments')
    .select(['id', 'created_at', 'status'])
    .where('status', 'in', undecidedStatuses)
    .where('created_at', '<', AN_HOUR_AGO)
    .where(isUnhandled('payment_unknown', 'payments.id', 'payments.created_at'))
    .orderBy('created_at')
    .limit(PAGE_SIZE)
    .execute()
  return rows.map((row) => ({
    kind: 'payment_unknown',
    subject: row.id,
    paymentId: row.id,
    since: row.created_at.toISOString(),
    reason: `the outcome is unknown: it is ${row.status}`,
  }))
}

const findReversed: Finder = async (db) => {
  const rows = await findReversedPayments(db).orderBy('last.at').limit(PAGE_SIZE).execute()
  return rows.map((row) => ({
    kind: 'payment_reversed',
    subject: row.id,
    paymentId: row.id,
    since: row.at.toISOString(),
    reason: `paid, but Adyen reported ${row.reversals.join(', ')}`,
  }))
}

const findRefundRequests: Finder = async (db) => {
  const rows = await db
    .selectFrom('orders')
    .innerJoin('payments', (join) =>
      join.onRef('payments.order_id', '=', 'orders.id').on('payments.pays_order', '=', true),
    )
    .select(['orders.id', 'payments.id as payment_id', 'refund_requested_at'])
    .where('refund_requested_at', 'is not', null)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('refunds')
            .select('refunds.id')
            .whereRef('refunds.payment_id', '=', 'payments.id')
            .whereRef('refunds.created_at', '>', 'orders.refund_requested_at'),
        ),
      ),
    )
    .where(isUnhandled('refund_requested', 'orders.id', 'refund_requested_at'))
    .orderBy('refund_requested_at')
    .limit(PAGE_SIZE)
    .$narrowType<{ refund_requested_at: Date }>()
    .execute()
  return rows.map((row) => ({
    kind: 'refund_requested',
    subject: row.id,
    paymentId: row.payment_id,
    since: row.refund_requested_at.toISOString(),
    reason: 'the shopper requested a refund',
  }))
}

const findFailedShipping: Finder = async (db) => {
  const rows = await db
    .selectFrom('shipments')
    .innerJoin('payments', (join) =>
      join.onRef('payments.order_id', '=', 'shipments.order_id').on('payments.pays_order', '=', true),
    )
    .select(['shipments.order_id', 'payments.id as payment_id', 'recorded_at', 'upload_reason'])
    .where('upload', 'in', ['requested', 'failed'])
    .where((eb) => eb.or([eb('upload', '=', 'failed'), eb('recorded_at', '<', AN_HOUR_AGO)]))
    .where(isUnhandled('shipping_failed', 'shipments.order_id', 'recorded_at'))
    .orderBy('recorded_at')
    .limit(PAGE_SIZE)
    .execute()
  return rows.map((row) => ({
    kind: 'shipping_failed',
    subject: row.order_id,
    paymentId: row.payment_id,
    since: row.recorded_at.toISOString(),
    reason: `WeChat has no shipping information: ${row.upload_reason ?? 'it was not uploaded yet'}`,
  }))
}

/** Every kind of item. Each query has an index of its own. */
export const finders: Readonly<Record<AttentionKind, Finder>> = {
  webhook: findWebhooks,
  refund_failed: findFailedRefunds,
  refund_unsent: findWaitingRefunds(
    'refund_unsent',
    'requested',
    AN_HOUR_AGO,
    'Adyen has not accepted this refund',
  ),
  refund_unconfirmed: findWaitingRefunds(
    'refund_unconfirmed',
    'received',
    FIVE_DAYS_AGO,
    'Adyen accepted this refund and has not reported its outcome',
  ),
  payment_unknown: findUnknownPayments,
  payment_reversed: findReversed,
  refund_requested: findRefundRequests,
  shipping_failed: findFailedShipping,
}
