import type { WebhookRecord, WebhookRecordInFull, WebhookRecords, WebhookRecordsQuery } from '@tael/contracts'
import type { Db } from '../db/database.ts'
import { cutPage } from '../db/pages.ts'
import type { WebhookItemRow } from '../db/rows.ts'

const PAGE_SIZE = 50

/** The columns of `toWebhookRecord`. */
export const recordColumns = [
  'id',
  'event_code',
  'success',
  'psp_reference',
  'merchant_reference',
  'state',
  'attention',
  'deliveries',
  'event_date',
  'received_at',
] as const

/** An item of the inbox as an operator sees it. */
export function toWebhookRecord(item: Pick<WebhookItemRow, (typeof recordColumns)[number]>): WebhookRecord {
  return {
    id: item.id,
    eventCode: item.event_code,
    success: item.success,
    pspReference: item.psp_reference,
    merchantReference: item.merchant_reference,
    state: item.state,
    attention: item.attention,
    deliveries: item.deliveries,
    eventAt: item.event_date?.toISOString() ?? null,
    receivedAt: item.received_at.toISOString(),
  }
}

/** A page of the inbox, newest first. */
export async function listWebhooks(
  db: Db,
  { state, before, limit = PAGE_SIZE }: WebhookRecordsQuery,
): Promise<WebhookRecords> {
  const rows = await db
    .selectFrom('webhook_items')
    .select(recordColumns)
    .where((eb) => eb.and(state === undefined ? {} : { state }))
    .where((eb) => (before === undefined ? eb.lit(true) : eb('id', '<', before)))
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
  const { page, next } = cutPage(rows, limit)
  return { webhooks: page.map(toWebhookRecord), next }
}

/** An item with what Adyen sent, but for `additionalData`. */
export async function findWebhook(db: Db, id: number): Promise<WebhookRecordInFull | undefined> {
  const row = await db
    .selectFrom('webhook_items')
    .select([...recordColumns, 'item'])
    .where('id', '=', id)
    .executeTakeFirst()
  if (row === undefined) return undefined
  const { additionalData: _, ...item } = row.item
  return { ...toWebhookRecord(row), item }
}
