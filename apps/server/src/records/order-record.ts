import type { ActionRecord, AdyenCallRecord, OrderRecord, WebhookRecord } from '@tael/contracts'
import { sql } from 'kysely'
import type { Db, Trx } from '../db/database.ts'
import type { OrderRow } from '../db/rows.ts'
import { inSnapshot } from '../db/transaction.ts'
import { toRefundDecline } from '../orders/view.ts'
import { readPaymentRecords } from '../payments/record.ts'
import { toOperatorShipment } from '../shipping/view.ts'
import { recordColumns, toWebhookRecord } from '../webhooks/records.ts'
import { toOrderSummary } from './list.ts'

/** Everything about an order except secrets, read in one snapshot. */
export async function findOrderRecord(db: Db, orderId: string): Promise<OrderRecord | undefined> {
  return inSnapshot(db, async (trx) => {
    const order = await trx.selectFrom('orders').selectAll().where('id', '=', orderId).executeTakeFirst()
    return order === undefined ? undefined : readRecord(trx, order)
  })
}

async function readRecord(trx: Trx, order: OrderRow): Promise<OrderRecord> {
  const payments = await readPaymentRecords(trx, order)
  const paymentIds = payments.map(({ id }) => id)
  const refunds = payments.flatMap((payment) => payment.refunds)
  const shipment = await trx
    .selectFrom('shipments')
    .selectAll()
    .where('order_id', '=', order.id)
    .executeTakeFirst()
  const references = [...payments, ...refunds].flatMap(({ pspReference }) => pspReference ?? [])
  return {
    ...toOrderSummary(order),
    lines: order.lines,
    deliverTo: order.deliver_to,
    expiresAt: order.expires_at.toISOString(),
    cancelledAt: order.cancelled_at?.toISOString() ?? null,
    refundRequestedAt: order.refund_requested_at?.toISOString() ?? null,
    refundDecline: toRefundDecline(order),
    payments,
    calls: await readCalls(trx, paymentIds),
    webhooks: await readWebhooks(trx, [...paymentIds, ...refunds.map(({ id }) => id)], references),
    shipment: shipment === undefined ? null : toOperatorShipment(shipment),
    actions: await readActions(trx, [
      order.id,
      // What the merchant's backend does, names the order by its reference.
      ...(order.reference === null ? [] : [order.reference]),
      ...paymentIds,
      ...refunds.map(({ id }) => id),
    ]),
  }
}

async function readCalls(trx: Trx, paymentIds: readonly string[]): Promise<AdyenCallRecord[]> {
  const rows = await trx
    .selectFrom('adyen_calls')
    .select(['payment_id', 'operation', 'variant', 'started_at', 'answered_at', 'retry_at', 'unanswered'])
    .where('payment_id', '=', (eb) => eb.fn.any(eb.val(paymentIds)))
    .orderBy('started_at')
    .execute()
  return rows.map((call) => ({
    paymentId: call.payment_id,
    operation: call.operation,
    refundId: call.operation === 'refunds' ? call.variant : null,
    startedAt: call.started_at.toISOString(),
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
): Promise<WebhookRecord[]> {
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
  return rows.map(toWebhookRecord)
}

async function readActions(trx: Trx, subjects: readonly string[]): Promise<ActionRecord[]> {
  const rows = await trx
    .selectFrom('operator_actions')
    .select(['at', 'actor', 'action', 'subject'])
    .where('subject', '=', (eb) => eb.fn.any(eb.val(subjects)))
    .orderBy('id')
    .execute()
  return rows.map(({ at, ...action }) => ({ at: at.toISOString(), ...action }))
}
