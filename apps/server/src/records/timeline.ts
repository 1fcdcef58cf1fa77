import type { OperatorPayment, TimelineEntry, TimelineLane, WebhookRecord } from '@tael/contracts'
import { sql } from 'kysely'
import type { Trx } from '../db/database.ts'
import type { OrderRow, RefundProposalRow, ShipmentRow } from '../db/rows.ts'
import { toOperatorShipment } from '../shipping/view.ts'
import { recordColumns, toWebhookRecord } from '../webhooks/records.ts'

/** What else belongs to an order. */
interface Parts {
  readonly payments: readonly OperatorPayment[]
  readonly proposals: readonly RefundProposalRow[]
  readonly shipment: ShipmentRow | undefined
}

/** What happened to an order, with its payments as their record has them, oldest first. */
export async function readTimeline(
  trx: Trx,
  order: OrderRow,
  { payments, proposals, shipment }: Parts,
): Promise<TimelineEntry[]> {
  const paymentIds = payments.map(({ id }) => id)
  const refunds = payments.flatMap((payment) => payment.refunds)
  const refundIds = refunds.map(({ id }) => id)
  const proposedIds = proposals.map(({ refund_id }) => refund_id).filter((id) => !refundIds.includes(id))
  const references = [...payments, ...refunds].flatMap(({ pspReference }) => pspReference ?? [])
  // Of what happened in one millisecond, causes come before what they caused.
  const entries = [
    ...changesOf(order),
    ...(await readActions(trx, [
      order.id,
      // What the merchant's backend does, names the order by its reference.
      ...(order.reference === null ? [] : [order.reference]),
      ...paymentIds,
      ...refundIds,
      ...proposedIds,
    ])),
    ...(await readCalls(trx, paymentIds)),
    ...(await readWebhooks(trx, [...paymentIds, ...refundIds], references)),
    ...payments.flatMap(eventsOf),
    ...(shipment === undefined ? [] : [toShipmentEntry(shipment)]),
    ...(await readMerchantEvents(trx, order.id)),
  ]
  return entries.toSorted((one, other) => one.at.localeCompare(other.at))
}

/** What happened to the order itself. What its shopper does comes from the phone. */
function changesOf(order: OrderRow): TimelineEntry[] {
  const isOwn = order.reference === null
  return [
    ...change('created', isOwn ? 'phone' : 'merchant', order.created_at),
    ...change('paid', 'shop', order.paid_at),
    ...change('expired', 'shop', order.status === 'expired' ? order.expires_at : null),
    // One of a merchant is cancelled by either.
    ...change('cancelled', isOwn ? 'phone' : 'shop', order.cancelled_at),
    ...change('refund_requested', 'phone', order.refund_requested_at),
    ...change('refund_declined', 'operator', order.refund_declined_at),
  ]
}

type ChangeEntry = Extract<TimelineEntry, { readonly kind: 'order' }>

function change(what: ChangeEntry['change'], lane: TimelineLane, at: Date | null): ChangeEntry[] {
  return at === null ? [] : [{ at: at.toISOString(), lane, kind: 'order', change: what }]
}

function eventsOf({ id, events }: OperatorPayment): TimelineEntry[] {
  return events.map((event) => ({ ...event, kind: 'payment', lane: laneOf(event), paymentId: id }))
}

/** Events by which the phone passes on what WeChat's cashier returned. */
const fromCashier: ReadonlySet<string> = new Set(['shopper_returned', 'returned_unpaid'])

const lanes: Readonly<Record<string, TimelineLane>> = {
  shopper: 'phone',
  adyen: 'adyen',
  webhook: 'adyen',
  operator: 'operator',
  job: 'shop',
}

function laneOf({ source, type }: OperatorPayment['events'][number]): TimelineLane {
  return fromCashier.has(type) ? 'wechat' : (lanes[source] ?? 'shop')
}

async function readCalls(trx: Trx, paymentIds: readonly string[]): Promise<TimelineEntry[]> {
  const rows = await trx
    .selectFrom('adyen_calls')
    .select(['payment_id', 'operation', 'variant', 'started_at', 'answered_at', 'retry_at', 'unanswered'])
    .where('payment_id', '=', (eb) => eb.fn.any(eb.val(paymentIds)))
    .orderBy('started_at')
    .execute()
  return rows.map((call) => ({
    at: call.started_at.toISOString(),
    lane: 'shop',
    kind: 'call',
    paymentId: call.payment_id,
    operation: call.operation,
    refundId: call.operation === 'refunds' ? call.variant : null,
    answeredAt: call.answered_at?.toISOString() ?? null,
    unanswered: call.unanswered,
    retryAt: call.answered_at === null ? call.retry_at.toISOString() : null,
  }))
}

/** The items about these payments and refunds: they name them, or what Adyen calls them. */
async function readWebhooks(
  trx: Trx,
  ids: readonly string[],
  pspReferences: readonly string[],
): Promise<TimelineEntry[]> {
  const rows = await trx
    .selectFrom('webhook_items')
    .select(recordColumns)
    .where((eb) =>
      eb.or([
        eb('merchant_reference', '=', eb.fn.any(eb.val(ids))),
        // The index holds no empty references: without this condition it is not used.
        sql<boolean>`original_reference <> '' and original_reference = any(${pspReferences})`,
      ]),
    )
    .orderBy('id')
    .execute()
  return rows.map(toWebhookRecord).map(toWebhookEntry)
}

function toWebhookEntry(webhook: WebhookRecord): TimelineEntry {
  return { at: webhook.receivedAt, lane: 'adyen', kind: 'webhook', webhook }
}

function toShipmentEntry(row: ShipmentRow): TimelineEntry {
  const shipment = toOperatorShipment(row)
  return { at: shipment.at, lane: 'operator', kind: 'shipment', shipment }
}

/** The events for the merchant of an order, each with its delivery. */
async function readMerchantEvents(trx: Trx, orderId: string): Promise<TimelineEntry[]> {
  const rows = await trx
    .selectFrom('merchant_events')
    .leftJoin('merchant_deliveries', 'event_id', 'merchant_events.id')
    .select(['id', 'at', 'type', 'version', 'tries', 'delivered_at', 'failed_at', 'failure'])
    .where('order_id', '=', orderId)
    .orderBy('version')
    .execute()
  return rows.map(({ id, at, type, version, tries, delivered_at, failed_at, failure }) => ({
    at: at.toISOString(),
    lane: 'merchant',
    kind: 'merchant_event',
    eventId: id,
    type,
    version,
    delivery:
      tries === null
        ? null
        : {
            tries,
            deliveredAt: delivered_at?.toISOString() ?? null,
            failedAt: failed_at?.toISOString() ?? null,
            failure,
          },
  }))
}

async function readActions(trx: Trx, subjects: readonly string[]): Promise<TimelineEntry[]> {
  const rows = await trx
    .selectFrom('operator_actions')
    .leftJoin('operator_keys', 'operator_keys.id', 'actor')
    .select(['at', 'actor', 'name', 'action', 'subject'])
    .where('subject', '=', (eb) => eb.fn.any(eb.val(subjects)))
    .orderBy('operator_actions.id')
    .execute()
  return rows.map(({ at, name, ...action }) => ({
    at: at.toISOString(),
    lane: action.action.startsWith('merchant.') ? 'merchant' : 'operator',
    kind: 'action',
    actorName: name,
    ...action,
  }))
}
