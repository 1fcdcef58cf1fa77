import { type NotificationFacts, severities } from '@tael/contracts'
import { sql } from 'kysely'
import type { NotificationsConfig } from '../config.ts'
import type { Context } from '../context.ts'
import { currentTime } from '../db/clock.ts'
import type { Trx } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { announceStep } from '../steps.ts'
import { findConditions } from './conditions.ts'
import { takeDueNotifications } from './due.ts'
import { enqueueLost, writeNotification } from './outbox.ts'
import { countOpenItems, recordItems } from './watched-items.ts'

/**
 * Compares what needs attention with what was found last, and writes the notifications of what has
 * changed, in one transaction. Only one server does so at a time. Without channels it does nothing.
 */
export async function watch({ config, db, jobs }: Pick<Context, 'config' | 'db' | 'jobs'>): Promise<void> {
  const { notifications } = config
  if (notifications.channels.length === 0) return
  await inTransaction(db, async (trx) => {
    await sql`select pg_advisory_xact_lock(hashtext('notifications'))`.execute(trx)
    await recordItems(trx, await findConditions(trx))
    const due = [
      ...(await takeDueNotifications(trx, notifications)),
      ...(await findDueDigests(trx, notifications.digest)),
    ]
    for (const { channel, facts } of due) await writeNotification({ trx, jobs }, channel, facts)
    await enqueueLost({ trx, jobs })
  })
  announceStep('notifications written')
}

/** The digest of what is open, for each channel that has not had one in this hour or day. */
async function findDueDigests(
  trx: Trx,
  digest: NotificationsConfig['digest'],
): Promise<readonly { readonly channel: string; readonly facts: NotificationFacts }[]> {
  if (digest === undefined) return []
  const { every, hour = 0, channels } = digest
  const offset = sql`make_interval(hours => ${every === 'day' ? hour : 0})`
  const { rows } = await sql<{ channel: string }>`
    select channel from unnest(${channels}::text[]) as one (channel) where not exists (
      select from notifications where notifications.channel = one.channel and kind = 'digest'
        and created_at >= date_trunc(${every}, ${currentTime} - ${offset}, 'UTC') + ${offset}
    )`.execute(trx)
  if (rows.length === 0) return []
  const open = await countOpenItems(trx)
  // A daily one also shows that the channel works.
  if (open.length === 0 && every === 'hour') return []
  const grave = new Set(open.map(({ kind }) => severities[kind]))
  const facts: NotificationFacts = {
    kind: 'digest',
    change: null,
    severity: (['critical', 'warning'] as const).find((one) => grave.has(one)) ?? 'info',
    count: open.reduce((sum, { count }) => sum + count, 0),
    subject: null,
    orderId: null,
    paymentId: null,
    amount: null,
    since: null,
    open: [...open],
  }
  return rows.map(({ channel }) => ({ channel, facts }))
}
