import type { AttentionItem, HandleAttention, RefundStatus } from '@tael/contracts'
import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../db/database.ts'
import { ProblemError } from '../http/problem.ts'
import { type OperatorAction, recordAction } from './audit.ts'

/** How many items of each kind are told; the oldest first, so that what was told gets done. */
const EACH_MAX = 100
/** Adyen takes up a refund, and tells the outcome of a payment, sooner than this. */
const LONG_AGO = sql<Date>`now() - interval '1 hour'`
/** WeChat gives back to a balance within minutes, to a bank card within three working days (pay.weixin.qq.com, refund FAQ). */
const DAYS_AGO = sql<Date>`now() - interval '5 days'`

/**
 * What a person must look at, oldest first, but for what an operator has dealt with since. Each kind has an index of its
 * own.
 */
export async function listAttention(db: Db): Promise<AttentionItem[]> {
  const found = await Promise.all(Object.values(readers).map((read) => read(db)))
  return found.flat().toSorted((left, right) => (left.since < right.since ? -1 : 1))
}

/**
 * Notes that what was shown was dealt with. Throws `attention_not_found` where nothing of the kind needs attention, and
 * `attention_changed` where something happened to it since it was shown.
 */
export async function handleAttention(db: Db, action: OperatorAction, body: HandleAttention): Promise<void> {
  const { kind, subject, since, note } = body
  const shown = (await readers[kind](db)).find((item) => item.subject === subject)
  if (shown === undefined) {
    throw new ProblemError(
      'attention_not_found',
      `${subject} does not show under ${kind}: read GET /ops/attention.`,
    )
  }
  if (Date.parse(shown.since) !== Date.parse(since)) {
    throw new ProblemError(
      'attention_changed',
      `It shows since ${shown.since}: read GET /ops/attention again.`,
    )
  }
  await db.transaction().execute(async (trx) => {
    await trx
      .insertInto('attention_handled')
      .values({ kind, subject, since: new Date(since), actor: action.actor, note })
      .onConflict((conflict) =>
        conflict.columns(['kind', 'subject']).doUpdateSet({
          since: sql<Date>`greatest(attention_handled.since, excluded.since)`,
          handled_at: sql<Date>`now()`,
          actor: action.actor,
          note,
        }),
      )
      .execute()
    await recordAction(trx, { ...action, subject, detail: { kind, note } })
  })
}

type Reader = (db: Db) => Promise<AttentionItem[]>

/** Nobody has dealt with it as it stands. What is shown has milliseconds, the database more. */
function unhandled(kind: AttentionItem['kind'], subject: string, since: string) {
  return sql<boolean>`not exists (
    select from attention_handled
    where kind = ${kind} and subject = ${sql.ref(subject)}::text
      and since >= date_trunc('milliseconds', ${sql.ref(since)})
  )`
}

const webhooks: Reader = async (db) => {
  const rows = await db
    .selectFrom('webhook_items')
    .leftJoin('payments', 'payments.id', 'merchant_reference')
    .select(['webhook_items.id', 'event_code', 'attention', 'received_at', 'payments.id as payment_id'])
    .where('state', '=', 'attention')
    .where(unhandled('webhook', 'webhook_items.id', 'received_at'))
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
    .where('value', '>', 0)
    .where(unhandled('refund_failed', 'refunds.id', 'refunds.updated_at'))
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

/** Refunds that were decided before a moment and still stand like this. */
function waitingRefunds(
  kind: AttentionItem['kind'],
  status: RefundStatus,
  before: RawBuilder<Date>,
  reason: string,
): Reader {
  return async (db) => {
    const rows = await db
      .selectFrom('refunds')
      .select(['id', 'payment_id', 'created_at'])
      .where('status', '=', status)
      .where('created_at', '<', before)
      .where(unhandled(kind, 'refunds.id', 'refunds.created_at'))
      .orderBy('created_at')
      .limit(EACH_MAX)
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

const unknownPayments: Reader = async (db) => {
  const rows = await db
    .selectFrom('payments')
    .select(['id', 'created_at', 'status'])
    .where('status', 'in', ['starting', 'processing'])
    .where('created_at', '<', LONG_AGO)
    .where(unhandled('payment_unknown', 'payments.id', 'payments.created_at'))
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
  const rows = await findReversed(db).orderBy('last.at').limit(EACH_MAX).execute()
  return rows.map((row) => ({
    kind: 'payment_reversed',
    subject: row.id,
    paymentId: row.id,
    since: row.at.toISOString(),
    reason: `paid, but Adyen said ${row.reversals.join(', ')}`,
  }))
}

/** What Adyen took back, or may take back, of what paid an order not yet shipped, where nobody has dealt with it. */
export async function findReversalsBeforeShipping(db: Db, orderId: string): Promise<readonly string[]> {
  const found = await findReversed(db)
    .where('order_id', '=', orderId)
    .where('pays_order', '=', true)
    .where((eb) =>
      eb.not(eb.exists(eb.selectFrom('shipments').select('id').where('shipments.order_id', '=', orderId))),
    )
    .executeTakeFirst()
  return found?.reversals ?? []
}

function findReversed(db: Db) {
  return db
    .selectFrom('payments')
    .innerJoinLateral(
      (eb) =>
        eb
          .selectFrom('payment_events')
          .select('payment_events.at')
          .whereRef('payment_events.payment_id', '=', 'payments.id')
          .where('payment_events.type', 'in', ['reversal', 'cancellation'])
          // A cancellation that failed takes nothing back.
          .where(sql<boolean>`coalesce(payment_events.detail ->> 'success', 'true') = 'true'`)
          .orderBy('payment_events.version', 'desc')
          .limit(1)
          .as('last'),
      (join) => join.onTrue(),
    )
    .select(['payments.id', 'reversals', 'last.at'])
    .where('status', '=', 'authorised')
    .where('reversals', '<>', sql<string[]>`'{}'`)
    .where(unhandled('payment_reversed', 'payments.id', 'last.at'))
}

const refundRequests: Reader = async (db) => {
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
    .where(unhandled('refund_requested', 'orders.id', 'refund_requested_at'))
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
    .where(unhandled('shipping_failed', 'shipments.order_id', 'recorded_at'))
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

const readers: Readonly<Record<AttentionItem['kind'], Reader>> = {
  webhook: webhooks,
  refund_failed: failedRefunds,
  refund_unsent: waitingRefunds('refund_unsent', 'requested', LONG_AGO, 'Adyen has not taken up this refund'),
  refund_unconfirmed: waitingRefunds(
    'refund_unconfirmed',
    'received',
    DAYS_AGO,
    'Adyen took this refund up and has not said how it ended',
  ),
  payment_unknown: unknownPayments,
  payment_reversed: reversedPayments,
  refund_requested: refundRequests,
  shipping_failed: failedShipping,
}
