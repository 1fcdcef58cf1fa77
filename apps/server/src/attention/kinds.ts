import type { AttentionAction, AttentionKind } from '@tael/contracts'
import { type RawBuilder, sql } from 'kysely'
import { describeAmount } from '../db/amount.ts'
import type { Db, Trx } from '../db/database.ts'
import { undecidedStatuses } from '../ledger/transition.ts'
import { isUnhandled } from './handled.ts'
import { describeReversals } from './reversal-words.ts'
import { findReversedPayments } from './reversed-payments.ts'

/** Adyen accepts a refund, and reports the outcome of a payment, sooner than this. */
const AN_HOUR_AGO = sql<Date>`now() - interval '1 hour'`
/**
 * WeChat refunds a balance in minutes, a bank card in three working days (pay.weixin.qq.com, refund
 * FAQ).
 */
const FIVE_DAYS_AGO = sql<Date>`now() - interval '5 days'`

/** In hours. */
const DAY = 24

/** An item that no operator has handled. `detail` and the money are what its reason names. */
export interface ItemRow {
  readonly subject: string
  readonly payment_id: string | null
  readonly order_id: string | null
  readonly shopper_id: string | null
  /** When it last changed, as the API shows it: in whole milliseconds. */
  readonly since: Date
  readonly detail: string | null
  readonly value: number | null
  readonly currency: string | null
}

/** The columns of `items`, in their order. */
export const itemColumns = sql.join(
  ['subject', 'payment_id', 'order_id', 'shopper_id', 'since', 'detail', 'value', 'currency'].map((name) =>
    sql.ref(name),
  ),
)

interface Kind {
  /** The items of this kind: one row each, its columns those of ItemRow and in their order. */
  readonly items: (db: Db | Trx) => RawBuilder<ItemRow>
  readonly reason: (item: ItemRow) => string
  /** How many hours after `since` it should be handled. docs/operating.md says why. */
  readonly dueAfterHours: number
  readonly actions: (item: ItemRow) => AttentionAction[]
}

const amountOf = ({ value, currency }: ItemRow): string =>
  describeAmount({ value: value ?? 0, currency: currency ?? '' })

const refundAgain = ({ payment_id: paymentId }: ItemRow): AttentionAction[] =>
  paymentId === null ? [] : [{ route: 'createRefund', params: { paymentId } }]

/** The amount of a webhook item, which Adyen signs; null where it has none. */
const itemValue = sql`case when webhook_items.item -> 'amount' ->> 'value' ~ '^\\d{1,15}$'
  then (webhook_items.item -> 'amount' ->> 'value')::bigint end`
const itemCurrency = sql`webhook_items.item -> 'amount' ->> 'currency'`

const webhook: Kind = {
  items: () => sql`
    select webhook_items.id::text, payments.id, payments.order_id, payments.shopper_id, received_at,
      event_code || ': ' || coalesce(attention, ''), ${itemValue}, ${itemCurrency}
    from webhook_items left join payments on payments.id = merchant_reference
    where state = 'attention' and ${isUnhandled('webhook', 'webhook_items.id', 'received_at')}`,
  reason: ({ detail }) => detail ?? '',
  dueAfterHours: DAY,
  actions: ({ subject }) => [{ route: 'replayWebhook', params: { webhookId: Number(subject) } }],
}

/** The newest results of their batches with a difference that no operator has handled. */
const settlementDifference: Kind = {
  items: () => sql`
    select settlements.id, null, null, null, settlements.created_at,
      (differences - handled.count)::text || ' open in ' || settlement_reports.name, null::bigint, null
    from settlements join settlement_reports on settlement_reports.id = report_id
      cross join lateral (
        select count(*) as count from settlement_handled join settlement_differences using (identity)
        where settlement_handled.series = settlements.series and settlement_id = settlements.id
      ) as handled
    where differences > 0 and differences > handled.count
      and not exists (select from settlements as later where later.previous_id = settlements.id)
      and ${isUnhandled('settlement_difference', 'settlements.id', 'settlements.created_at')}`,
  reason: ({ detail }) => `Adyen's settlement report and our records differ: ${detail ?? ''}`,
  dueAfterHours: 2 * DAY,
  actions: () => [],
}

/** Failed refunds, while any of the payment's money was neither refunded otherwise nor is about to be. */
const refundFailed: Kind = {
  items: () => sql`
    select refunds.id, payment_id, order_id, shopper_id, refunds.updated_at, null, refunds.value, refunds.currency
    from refunds join payments on payments.id = payment_id
    where refunds.status = 'failed' and refunds.value > 0
      and payments.value > (
        select coalesce(sum(value), 0) from refunds as other
        where other.payment_id = refunds.payment_id and other.status <> 'failed'
      )
      and ${isUnhandled('refund_failed', 'refunds.id', 'refunds.updated_at')}`,
  reason: (item) => `${amountOf(item)} was not refunded: refund it again, or return it by hand`,
  dueAfterHours: DAY,
  actions: refundAgain,
}

/**
 * Refunds that Adyen has not accepted: for an hour, or its answer ended the call, so that nothing
 * retries it.
 */
const refundUnsent: Kind = {
  items: () => sql`
    select unsent.id, payment_id, order_id, shopper_id, since, ended_at::text, unsent.value, unsent.currency
    from (
      select refunds.*, answered_at as ended_at, coalesce(answered_at, created_at) as since
      from refunds left join adyen_calls as call
        on call.payment_id = refunds.payment_id and operation = 'refunds' and variant = refunds.id
      where status = 'requested' and (answered_at is not null or created_at < ${AN_HOUR_AGO})
    ) as unsent join payments on payments.id = payment_id
    where ${isUnhandled('refund_unsent', 'unsent.id', 'unsent.since')}`,
  reason: (item) =>
    item.detail === null
      ? `Adyen has not accepted the refund of ${amountOf(item)}: it is retried`
      : `Adyen answered the refund of ${amountOf(item)} with an error: look it up, and send it again if it was not made`,
  dueAfterHours: DAY,
  // While it is retried, its own key guards it.
  actions: ({ subject: refundId, detail }) =>
    detail === null ? [] : [{ route: 'resendRefund', params: { refundId } }],
}

/** Refunds that Adyen has accepted long ago, without an outcome. */
const refundUnconfirmed: Kind = {
  items: () => sql`
    select refunds.id, payment_id, order_id, shopper_id, refunds.created_at, null, refunds.value, refunds.currency
    from refunds join payments on payments.id = payment_id
    where refunds.status = 'received' and refunds.created_at < ${FIVE_DAYS_AGO}
      and ${isUnhandled('refund_unconfirmed', 'refunds.id', 'refunds.created_at')}`,
  reason: (item) => `Adyen accepted the refund of ${amountOf(item)} and has not reported its outcome`,
  dueAfterHours: 7 * DAY,
  actions: () => [],
}

/** Events that the merchant's backend did not accept, and that are not tried any more. */
const eventUndelivered: Kind = {
  items: () => sql`
    select event_id, null, orders.id, orders.shopper_id, failed_at,
      merchant_events.type || ' of ' || reference || ': ' || coalesce(failure, ''), orders.value, orders.currency
    from merchant_deliveries join merchant_events on merchant_events.id = event_id
      join orders on orders.id = order_id
    where failed_at is not null and ${isUnhandled('event_undelivered', 'event_id', 'failed_at')}`,
  reason: ({ detail }) => `the merchant's backend did not accept ${detail ?? ''}`,
  dueAfterHours: DAY,
  actions: () => [],
}

/** Written out, so that a prepared statement uses the index of these statuses. */
const undecided = sql.join(undecidedStatuses.map((status) => sql.lit(status)))

const paymentUnknown: Kind = {
  items: () => sql`
    select id, id, order_id, shopper_id, created_at, status, value, currency from payments
    where status in (${undecided}) and created_at < ${AN_HOUR_AGO}
      and ${isUnhandled('payment_unknown', 'payments.id', 'payments.created_at')}`,
  reason: ({ detail }) => `the outcome is unknown: it is ${detail}`,
  dueAfterHours: 4,
  actions: () => [],
}

/** Written out, so that a prepared statement uses the index of paid payments that were reversed. */
const isPaid = sql<boolean>`payments.status = 'authorised'`

/** Adyen names the payment or the part of it that it takes back. */
const paymentReversed: Kind = {
  items: (db) => sql`
    select reversed.id, reversed.id, reversed.order_id, reversed.shopper_id, reversed.at,
      array_to_string(reversed.event_codes, ' '), ${itemValue}, ${itemCurrency}
    from (${findReversedPayments(db).where(isPaid)}) as reversed
      left join webhook_items on webhook_items.id = reversed.webhook_id`,
  reason: (item) => {
    const amount = item.value === null ? '' : ` of ${amountOf(item)}`
    return `paid, but Adyen reported ${describeReversals(eventCodesOf(item))}${amount}`
  },
  dueAfterHours: DAY,
  actions: () => [],
}

/** The events by which Adyen took money of a payment back, or may, in the order of their arrival. */
export function eventCodesOf({ detail }: Pick<ItemRow, 'detail'>): readonly string[] {
  return detail === null ? [] : detail.split(' ')
}

const refundRequested: Kind = {
  items: () => sql`
    select orders.id, payments.id, orders.id, orders.shopper_id, refund_requested_at, returned.value::text,
      payments.value - returned.value, payments.currency
    from orders join payments on payments.order_id = orders.id and pays_order
      cross join lateral (
        select coalesce(sum(value), 0)::bigint as value from refunds
        where payment_id = payments.id and status <> 'failed'
      ) as returned
    where refund_requested_at is not null and refund_declined_at is null and returned.value < payments.value
      and not exists (
        select from refunds where payment_id = payments.id and refunds.created_at > refund_requested_at
      )
      and ${isUnhandled('refund_requested', 'orders.id', 'refund_requested_at')}`,
  reason: ({ detail, currency }) => {
    const returned = Number(detail)
    if (returned === 0) return 'the shopper requested a refund'
    const amount = describeAmount({ value: returned, currency: currency ?? '' })
    return `the shopper requested a refund; ${amount} went back before, or is on its way`
  },
  dueAfterHours: 2 * DAY,
  actions: (item) => [...refundAgain(item), { route: 'declineRefund', params: { orderId: item.subject } }],
}

/** Refunds above the limit of a key that nobody has decided and that have not expired. */
const refundProposed: Kind = {
  items: () => sql`
    select refund_id, payment_id, order_id, shopper_id, proposed_at, proposed_by_name, refund_proposals.value,
      refund_proposals.currency
    from refund_proposals join payments on payments.id = payment_id
    where decision is null and expires_at > now()
      and ${isUnhandled('refund_proposed', 'refund_id', 'proposed_at')}`,
  reason: (item) => `${item.detail} proposed to refund ${amountOf(item)}: another operator has to confirm it`,
  dueAfterHours: DAY,
  actions: ({ subject: refundId }) => [
    { route: 'confirmRefund', params: { refundId } },
    { route: 'rejectRefund', params: { refundId } },
  ],
}

const shippingFailed: Kind = {
  items: () => sql`
    select shipments.order_id, payments.id, shipments.order_id, shopper_id, recorded_at,
      coalesce(upload_reason, 'it was not uploaded yet'), payments.value, payments.currency
    from shipments join payments on payments.order_id = shipments.order_id and pays_order
    where (upload = 'failed' or upload = 'requested' and recorded_at < ${AN_HOUR_AGO})
      and ${isUnhandled('shipping_failed', 'shipments.order_id', 'recorded_at')}`,
  reason: ({ detail }) => `WeChat has no shipping information: ${detail}`,
  dueAfterHours: DAY,
  actions: ({ subject: orderId }) => [{ route: 'createShipment', params: { orderId } }],
}

/** Every kind of item. Each query has an index of its own. */
export const kinds: Readonly<Record<AttentionKind, Kind>> = {
  refund_failed: refundFailed,
  payment_reversed: paymentReversed,
  settlement_difference: settlementDifference,
  webhook,
  event_undelivered: eventUndelivered,
  payment_unknown: paymentUnknown,
  refund_unsent: refundUnsent,
  refund_unconfirmed: refundUnconfirmed,
  shipping_failed: shippingFailed,
  refund_proposed: refundProposed,
  refund_requested: refundRequested,
}
