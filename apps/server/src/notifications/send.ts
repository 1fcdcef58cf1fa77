import type { Channel, Sent } from '../channels/channel.ts'
import type { Context } from '../context.ts'
import { inTransaction } from '../db/transaction.ts'
import type { JobData } from '../jobs/register.ts'
import { announceStep } from '../steps.ts'
import { findWaiting, type NotificationRow, recordFailure, recordSent } from './outbox.ts'
import { toEvent } from './render.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** The pauses after the first tries; the last one repeats until the day is over. */
const PAUSES_MS = [5_000, 30_000, 2 * MINUTE_MS, 10 * MINUTE_MS, 30 * MINUTE_MS, HOUR_MS]
const PAUSE_MS_MAX = 2 * HOUR_MS

/**
 * Sends a notification to its channel, and records whether it was accepted. A job tries again after
 * a pause that grows, for a day; then it has failed. Whoever dies in between sends it once more.
 */
export async function sendNotification(
  { config, channels, db, jobs, log }: Pick<Context, 'config' | 'channels' | 'db' | 'jobs' | 'log'>,
  { notificationId, tries }: JobData['send-notification'],
): Promise<void> {
  const found = await findWaiting(db, notificationId)
  // Another job tries it.
  if (found === undefined || found.tries !== tries) return
  const channel = channels.find(({ name }) => name === found.channel)
  const sent = channel === undefined ? unknownChannel : await sendRow(channel, config, found, found.now)
  announceStep('notification sent')
  const names = { notificationId, channel: found.channel, kind: found.kind }
  if (sent.accepted) {
    await recordSent(db, notificationId)
    log.info(names, 'a channel accepted a notification')
    return
  }
  const { reason } = sent
  const pauseMs = PAUSES_MS[tries] ?? PAUSE_MS_MAX
  const isLast = await inTransaction(db, (trx) =>
    recordFailure({ trx, jobs }, notificationId, reason, pauseMs),
  )
  if (isLast) log.error({ ...names, reason }, 'a channel did not accept a notification for a day')
  else log.warn({ ...names, reason, pauseMs }, 'a channel did not accept a notification yet')
}

/** While the configuration changes, the servers may know different channels. */
const unknownChannel: Sent = { accepted: false, reason: 'the server has no such channel' }

function sendRow(
  channel: Channel,
  config: Context['config'],
  { id, facts, created_at: createdAt }: NotificationRow,
  at: Date,
): Promise<Sent> {
  const event = toEvent(facts, createdAt, config.notifications)
  return channel.send({ id: `notification_${id}_${createdAt.getTime()}`, at, event })
}
