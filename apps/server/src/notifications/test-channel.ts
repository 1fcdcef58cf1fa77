import { randomUUID } from 'node:crypto'
import type { NotificationFacts } from '@tael/contracts'
import { sql } from 'kysely'
import type { Channel } from '../channels/channel.ts'
import type { NotificationsConfig } from '../config.ts'
import { currentTime } from '../db/clock.ts'
import type { Db } from '../db/database.ts'
import { type NotificationRow, recordTest } from './outbox.ts'
import { toEvent } from './render.ts'

const facts: NotificationFacts = {
  kind: 'test',
  change: null,
  severity: 'info',
  count: 0,
  subject: null,
  orderId: null,
  paymentId: null,
  amount: null,
  since: null,
  open: [],
}

/** Sends a test to a channel once, and records whether it was accepted. */
export async function testChannel(
  db: Db,
  config: NotificationsConfig,
  channel: Channel,
): Promise<NotificationRow> {
  const { rows } = await sql<{ now: Date }>`select ${currentTime} as now`.execute(db)
  const now = rows[0]?.now
  if (now === undefined) throw new Error('PostgreSQL returned no time.')
  const id = `test_${randomUUID()}`
  const sent = await channel.send({ id, at: now, event: toEvent(facts, now, config) })
  return recordTest(db, channel.name, facts, sent)
}
