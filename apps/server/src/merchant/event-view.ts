import type { MerchantEvent } from '@tael/contracts'
import type { Selectable } from 'kysely'
import type { Database } from '../db/tables.ts'

export type MerchantEventRow = Selectable<Database['merchant_events']>

/** An event as the merchant gets it. */
export function toMerchantEvent({ id, type, at, version, data }: MerchantEventRow): MerchantEvent {
  return { id, type, timestamp: at.toISOString(), version, data }
}
