import { sql } from 'kysely'
import { prepared } from '../db/prepared.ts'
import type { WebhookItemRow } from '../db/rows.ts'
import { refundCodes } from './meaning.ts'

/** The columns of a stored item that applying it needs. */
export const storedColumns = [
  'id',
  'event_code',
  'psp_reference',
  'success',
  'event_date',
  'received_at',
] as const
export type StoredRow = Pick<WebhookItemRow, (typeof storedColumns)[number]>

/** An item about a refund of a payment that came before its money. */
export type WaitingItem = StoredRow & Pick<WebhookItemRow, 'item' | 'state'>

/** The statement that locks the items about refunds of a locked payment that came before its money. */
export const waitingItemsToLock = prepared<{ paymentId: string; pspReference: string }, WaitingItem>(
  (db, value) =>
    db
      .selectFrom('webhook_items')
      .select([...storedColumns, 'item', 'state'])
      .where('event_code', 'in', refundCodes)
      .where((eb) =>
        eb.or([
          eb('merchant_reference', '=', value('paymentId')),
          // The index holds no empty references: without this condition it is not used.
          sql<boolean>`original_reference <> '' and original_reference = ${value('pspReference')}`,
        ]),
      )
      .where((eb) =>
        eb.or([eb('state', 'in', ['attention', 'stored']), eb('event_code', '=', 'CANCEL_OR_REFUND')]),
      )
      .orderBy('id')
      // One that is locked is being retried, and will find the money.
      .forUpdate()
      .skipLocked(),
)
