import type { Context } from '../context.ts'
import { inTransaction } from '../db/transaction.ts'
import type { JobData } from '../jobs/register.ts'
import { announceStep } from '../steps.ts'
import { findEventToDeliver, recordAcceptance, recordFailure } from './delivery-store.ts'
import { toMerchantEvent } from './event-view.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** The pauses after the first tries; the last one repeats until three days are over. */
const PAUSES_MS = [
  5_000,
  30_000,
  2 * MINUTE_MS,
  10 * MINUTE_MS,
  30 * MINUTE_MS,
  HOUR_MS,
  2 * HOUR_MS,
  4 * HOUR_MS,
]
const PAUSE_MS_MAX = 8 * HOUR_MS

/**
 * Delivers an event to the merchant's backend, and records whether it was accepted. A job tries again
 * after a pause that grows, for three days; then an operator must look. Whoever dies in between
 * delivers it once more.
 */
export async function deliverEvent(
  { db, jobs, log, merchantWebhook }: Pick<Context, 'db' | 'jobs' | 'log' | 'merchantWebhook'>,
  { eventId, tries }: JobData['deliver-event'],
): Promise<void> {
  if (merchantWebhook === undefined) throw new Error('This server has no address to deliver events to.')
  const found = await findEventToDeliver(db, eventId)
  // Another job tries it: an operator had it delivered again.
  if (found === undefined || found.tries !== tries) return
  const { event, now: at } = found
  const payload = JSON.stringify(toMerchantEvent(event))
  const delivered = await merchantWebhook.deliver({ id: eventId, at, payload })
  announceStep('event delivered')
  const names = { eventId, orderId: event.order_id, type: event.type }
  if (delivered.accepted) {
    await recordAcceptance(db, eventId)
    log.info(names, 'the merchant accepted an event')
    return
  }
  const { reason } = delivered
  const pauseMs = PAUSES_MS[tries] ?? PAUSE_MS_MAX
  const isLast = await inTransaction(db, async (trx) => {
    const hasFailed = await recordFailure(trx, eventId, reason, pauseMs)
    if (!hasFailed) await jobs.send(trx, 'deliver-event', { eventId, tries: tries + 1 }, pauseMs)
    return hasFailed
  })
  if (isLast) log.error({ ...names, reason }, 'the merchant did not accept an event for three days')
  else log.warn({ ...names, reason, pauseMs }, 'the merchant did not accept an event yet')
}
