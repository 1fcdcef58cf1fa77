import type {
  NotificationChannel,
  NotificationRecord,
  Notifications,
  NotificationsQuery,
} from '@tael/contracts'
import { sql } from 'kysely'
import type { NotificationsConfig } from '../config.ts'
import type { Db } from '../db/database.ts'
import { cutPage } from '../db/pages.ts'
import type { NotificationRow } from './outbox.ts'
import { render } from './render.ts'

const PAGE_SIZE = 50

/** The channels of this server, and a page of notifications, newest first. */
export async function listNotifications(
  db: Db,
  config: NotificationsConfig,
  { state, before, limit = PAGE_SIZE }: NotificationsQuery,
): Promise<Notifications> {
  const rows = await db
    .selectFrom('notifications')
    .selectAll()
    .where((eb) => eb.and(state === undefined ? {} : { state }))
    .where((eb) => (before === undefined ? eb.lit(true) : eb('id', '<', before)))
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
  const { page, next } = cutPage(rows, limit)
  return {
    channels: await listChannels(db, config),
    notifications: page.map((row) => toNotificationRecord(row, config)),
    next,
  }
}

/** A notification as operators see it. */
export function toNotificationRecord(
  row: NotificationRow,
  { language }: Pick<NotificationsConfig, 'language'>,
): NotificationRecord {
  return {
    ...row.facts,
    id: row.id,
    channel: row.channel,
    title: render(row.facts, language).title,
    state: row.state,
    tries: row.tries,
    createdAt: row.created_at.toISOString(),
    sentAt: row.sent_at?.toISOString() ?? null,
    nextTryAt: row.next_try_at?.toISOString() ?? null,
    failure: row.failure,
  }
}

interface ChannelRow {
  readonly name: string
  readonly sent_at: Date | null
  readonly failed_at: Date | null
  readonly failure: string | null
}

/** Without address and secrets. */
async function listChannels(
  db: Db,
  { channels }: Pick<NotificationsConfig, 'channels'>,
): Promise<NotificationChannel[]> {
  const { rows } = await sql<ChannelRow>`
    select name, sent.sent_at, failed.failed_at, failed.failure
    from unnest(${channels.map(({ name }) => name)}::text[]) as channel (name)
      left join lateral (
        select sent_at from notifications where channel = name and sent_at is not null
        order by sent_at desc limit 1
      ) as sent on true
      left join lateral (
        select failed_at, failure from notifications where channel = name and failed_at is not null
        order by failed_at desc limit 1
      ) as failed on true`.execute(db)
  const found = new Map(rows.map((row) => [row.name, row]))
  return channels.map(({ name, type }) => {
    const row = found.get(name)
    return {
      name,
      type,
      sentAt: row?.sent_at?.toISOString() ?? null,
      failedAt: row?.failed_at?.toISOString() ?? null,
      failure: row?.failure ?? null,
    }
  })
}
