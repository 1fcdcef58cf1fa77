import type { MerchantEventList, MerchantEventQuery } from '@tael/contracts'
import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { placeEvents } from '../ledger/merchant-events.ts'
import { toMerchantEvent } from './event-view.ts'

const PAGE_SIZE = 100

/** A page of the feed of events. An event that commits later is on a later page. */
export async function listEvents(
  db: Db,
  { after = 0, limit = PAGE_SIZE }: MerchantEventQuery,
): Promise<MerchantEventList> {
  while (await inTransaction(db, placeEvents)) {
    // The next ones.
  }
  const rows = await db
    .selectFrom('merchant_events')
    .selectAll()
    .where('position', '>', after)
    .orderBy('position')
    .limit(limit)
    .execute()
  return { events: rows.map(toMerchantEvent), next: rows.at(-1)?.position ?? after }
}
