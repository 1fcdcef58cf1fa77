import type { AttentionItem } from '@tael/contracts'
import { type Kysely, sql } from 'kysely'
import type { Db } from '../db/database.ts'
import type { Database } from '../db/tables.ts'

/** How many items of each kind are told; the oldest first, so that what was told gets done. */
const EACH_MAX = 100
/** Adyen takes up a refund, and tells the outcome of a payment, sooner than this. */
const LONG_AGO = sql<Date>`now() - interval '1 hour'`

/** What a person must look at, oldest first. Each kind has an index of its own. */
export async function listAttention(db: Db): Promise<AttentionItem[]> {
  const kinds = [
    webhooks,
    failedRefunds,
    unsentRefunds,
    unknownPayments,
    reversedPayments,
    refundRequests,
    failedShipping,
  ]
  const found = await Promise.all(kinds.map((kind) => kind(db)))
  return found.flat().toSorted((left, right) => (left.since < right.since ? -1 : 1))
}

type Reader = (db: Kysely<Database>) => Promise<AttentionItem[]>

const webhooks: Reader = async (db) => {
  const rows = await db
    .selectFrom('webhook_items')
    .leftJoin('payments', 'payments.id', 'merchant_reference')
    .select(['webhook_items.id', 'event_code', 'attention', 'received_at', 'payments.id as payment_id'])
    .where('state', '=', 'attention')
    .orderBy('webhook_items.id')
    .limit(EACH_MAX)
    .execute()
  return rows.map((row) => ({
    kind: 'webhook',
    subject: String(row.id),
    paymentId: row.payment_id,
    since: row.received_at.toISOString(),
    reason: `${row.event_code}: ${row.attention ?? ''}`,
  }))
}

const failedRefunds: Reader = async (db) => {
  const rows = await db
    .selectFrom('refunds')
    .select(['id', 'payment_id', 'updated_at', 'value', 'currency'])
    .where('status', '=', 'failed')
    // Made good by another refund since.
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('refunds as later')
            .select('later.id')
            .whereRef('later.payment_id', '=', 'refunds.payment_id')
            .whereRef('later.created_at', '>', 'refunds.updated_at'),
        ),
      ),
    )
    .orderBy('updated_at')
    .limit(EACH_MAX)
    .execute()
  return rows.map((row) => ({
    kind: 'refund_failed',
    subject: row.id,
    paymentId: row.payment_id,
    since: row.updated_at.toISOString(),
    reason: `${row.value} ${row.currency} did not go back: try again, or send it by hand`,
  }))
}

const unsentRefunds: Reader = async (db) => {
  const rows = await db
    .selectFrom('refunds')
    .select(['id', 'payment_id', 'created_at'])
    .where('status', '=', 'requested')
    .where('created_at', '<', LONG_AGO)
    .orderBy('created_at')
    .limit(EACH_MAX)
    .execute()
  return rows.map((row) => ({
    kind: 'refund_unsent',
    subject: row.id,
    paymentId: row.payment_id,
    since: row.created_at.toISOString(),
    reason: 'Adyen has not taken up this refund',
  }))
}

const unknownPayments: Reader = async (db) => {
  const rows = await db
    .selectFrom('payments')
    .select(['id', 'created_at', 'status'])
    .where('status', 'in', ['starting', 'processing'])
    .where('created_at', '<', LONG_AGO)
    .orderBy('created_at')
    .limit(EACH_MAX)
    .execute()
  return rows.map((row) => ({
    kind: 'payment_unknown',
    subject: row.id,
    paymentId: row.id,
    since: row.created_at.toISOString(),
    reason: `it is ${row.status}: nobody knows whether it took money`,
  }))
}

const reversedPayments: Reader = async (db) => {
  const rows = await db
    .selectFrom('payments')
    .select(['id', 'updated_at', 'reversals'])
    .where('status', '=', 'authorised')
    .where('reversals', '<>', sql<string[]>`'{}'`)
    .orderBy('updated_at')
    .limit(EACH_MAX)
    .execute()
  return rows.map((row) => ({
    kind: 'payment_reversed',
    subject: row.id,
    paymentId: row.id,
    since: row.updated_at.toISOString(),
    reason: `paid, but Adyen said ${row.reversals.join(', ')}`,
  }))
}

const refundRequests: Reader = async (db) => {
  const rows = await db
    .selectFrom('orders')
    .innerJoin('payments', (join) =>
      join.onRef('payments.order_id', '=', 'orders.id').on('payments.pays_order', '=', true),
    )
    .select(['orders.id', 'payments.id as payment_id', 'refund_requested_at'])
    .where('refund_requested_at', 'is not', null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('refunds')
            .select('refunds.id')
            .whereRef('refunds.payment_id', '=', 'payments.id')
            .whereRef('refunds.created_at', '>', 'orders.refund_requested_at'),
        ),
      ),
    )
    .orderBy('refund_requested_at')
    .limit(EACH_MAX)
    .$narrowType<{ refund_requested_at: Date }>()
    .execute()
  return rows.map((row) => ({
    kind: 'refund_requested',
    subject: row.id,
    paymentId: row.payment_id,
    since: row.refund_requested_at.toISOString(),
    reason: 'the shopper asks for the money back',
  }))
}

const failedShipping: Reader = async (db) => {
  const rows = await db
    .selectFrom('shipments')
    .innerJoin('payments', (join) =>
      join.onRef('payments.order_id', '=', 'shipments.order_id').on('payments.pays_order', '=', true),
    )
    .select(['shipments.order_id', 'payments.id as payment_id', 'recorded_at', 'upload_reason'])
    .where('upload', 'in', ['requested', 'failed'])
    .where((eb) => eb.or([eb('upload', '=', 'failed'), eb('recorded_at', '<', LONG_AGO)]))
    .orderBy('recorded_at')
    .limit(EACH_MAX)
    .execute()
  return rows.map((row) => ({
    kind: 'shipping_failed',
    subject: row.order_id,
    paymentId: row.payment_id,
    since: row.recorded_at.toISOString(),
    reason: `WeChat does not know that it was shipped: ${row.upload_reason ?? 'it was not told yet'}`,
  }))
}
