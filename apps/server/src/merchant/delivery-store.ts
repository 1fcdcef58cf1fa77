import { sql } from 'kysely'
import { currentTime, timeIn } from '../db/clock.ts'
import type { Db, Trx } from '../db/database.ts'
import type { MerchantEventRow } from './event-view.ts'

/** How long an event is tried again after its first try, or after an operator had it sent again. */
const RETRY_MS = 3 * 24 * 3_600_000

interface EventToDeliver {
  readonly event: MerchantEventRow
  readonly now: Date
  /** How often it was tried. */
  readonly tries: number
}

/** An event that has to be delivered. Undefined: it was accepted, or is not tried any more. */
export async function findEventToDeliver(db: Db, eventId: string): Promise<EventToDeliver | undefined> {
  const row = await db
    .selectFrom('merchant_events')
    .leftJoin('merchant_deliveries', 'event_id', 'id')
    .selectAll('merchant_events')
    .select(['tries', 'delivered_at', 'failed_at'])
    .select(currentTime.as('now'))
    .where('id', '=', eventId)
    .executeTakeFirst()
  if (row === undefined) return undefined
  const { tries, delivered_at, failed_at, now, ...event } = row
  if (delivered_at !== null || failed_at !== null) return undefined
  return { event, now, tries: tries ?? 0 }
}

/** Records that the merchant accepted an event. */
export async function recordAcceptance(db: Db, eventId: string): Promise<void> {
  await db
    .insertInto('merchant_deliveries')
    .values({ event_id: eventId, tries: 1, retry_until: timeIn(RETRY_MS), delivered_at: currentTime })
    .onConflict((conflict) =>
      conflict.column('event_id').doUpdateSet((eb) => ({
        tries: eb('merchant_deliveries.tries', '+', 1),
        delivered_at: currentTime,
        failed_at: null,
        failure: null,
      })),
    )
    .execute()
}

/**
 * Records a try that failed. Returns whether it was the last one: after the next pause the time of
 * the event is over. An event that was accepted meanwhile stays accepted, and is tried no more.
 */
export async function recordFailure(
  trx: Trx,
  eventId: string,
  failure: string,
  pauseMs: number,
): Promise<boolean> {
  const isOver = sql<boolean>`merchant_deliveries.retry_until < ${timeIn(pauseMs)}`
  const recorded = await trx
    .insertInto('merchant_deliveries')
    .values({ event_id: eventId, tries: 1, retry_until: timeIn(RETRY_MS), failure })
    .onConflict((conflict) =>
      conflict
        .column('event_id')
        .doUpdateSet((eb) => ({
          tries: eb('merchant_deliveries.tries', '+', 1),
          failed_at: sql<Date | null>`case when ${isOver} then ${currentTime} end`,
          failure,
        }))
        .where('merchant_deliveries.delivered_at', 'is', null),
    )
    .returning('failed_at')
    .executeTakeFirst()
  return recorded !== undefined && recorded.failed_at !== null
}

/** Lets an event be delivered anew, whatever became of it, and be tried for three days from now. */
export async function resetDelivery(trx: Trx, eventId: string): Promise<void> {
  const anew = {
    tries: 0,
    retry_until: timeIn(RETRY_MS),
    delivered_at: null,
    failed_at: null,
    failure: null,
  }
  await trx
    .insertInto('merchant_deliveries')
    .values({ event_id: eventId, ...anew })
    .onConflict((conflict) => conflict.column('event_id').doUpdateSet(anew))
    .execute()
}
