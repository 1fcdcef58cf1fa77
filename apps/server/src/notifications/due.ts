import {
  attentionKinds,
  healthKinds,
  type NotificationChange,
  type NotificationFacts,
  severities,
  type Severity,
  type WatchedKind,
} from '@tael/contracts'
import { sql } from 'kysely'
import type { NotificationsConfig } from '../config.ts'
import { findAmount } from '../db/amount.ts'
import { currentTime, timeAgo } from '../db/clock.ts'
import type { Trx } from '../db/database.ts'

/** More items of one kind that change in one minute are one notification, of their number. */
const SINGLE_MAX = 5

/** What a channel must be notified of. */
export interface DueNotification {
  readonly channel: string
  readonly facts: NotificationFacts
}

interface DueRow {
  readonly channel: string
  readonly kind: WatchedKind
  readonly subject: string
  readonly since: Date | null
  readonly opened_at: Date
  readonly payment_id: string | null
  readonly order_id: string | null
  readonly currency: string | null
  readonly value: number | null
  readonly change: NotificationChange
}

const gravity: readonly Severity[] = ['critical', 'warning', 'info']
const isAsGrave = (severity: Severity, least: Severity): boolean =>
  gravity.indexOf(severity) <= gravity.indexOf(least)

/** The channels of each kind, by the rules. */
function findRoutes(rules: NotificationsConfig['rules']): readonly (readonly [WatchedKind, string])[] {
  return [...attentionKinds, ...healthKinds].flatMap((kind) => {
    const names = rules
      .filter(
        ({ kinds, severity = 'info' }) =>
          isAsGrave(severities[kind], severity) && (kinds?.includes(kind) ?? true),
      )
      .flatMap(({ channels }) => channels)
    return [...new Set(names)].map((channel) => [kind, channel] as const)
  })
}

/**
 * What each channel must be notified of now, and records that it is: what opened, unless it was
 * resolved only a moment before; what is open for long; what was resolved.
 */
export async function takeDueNotifications(
  trx: Trx,
  { rules, quietMs, repeatMs }: NotificationsConfig,
): Promise<readonly DueNotification[]> {
  const routes = findRoutes(rules)
  const { rows } = await sql<DueRow>`
    select route.channel, item.kind, item.subject, item.since, item.opened_at, item.payment_id, payments.order_id,
      coalesce(item.value, payments.value) as value, coalesce(item.currency, payments.currency) as currency,
      case
        when item.resolved_at is not null then 'resolved'
        when notified.since < item.since then 'opened'
        when notified.is_open then 'still_open'
        else 'opened'
      end as change
    from watched_items as item
      join unnest(${routes.map(([kind]) => kind)}::text[], ${routes.map(([, channel]) => channel)}::text[])
        as route (kind, channel) on route.kind = item.kind
      left join notified_items as notified
        on notified.kind = item.kind and notified.subject = item.subject and notified.channel = route.channel
      left join payments on payments.id = item.payment_id
    where case
      when item.resolved_at is not null then coalesce(notified.is_open, false)
      when notified.channel is null or notified.since < item.since then true
      when notified.is_open then ${repeatMs > 0} and notified.notified_at <= ${timeAgo(repeatMs)}
      else notified.notified_at <= ${timeAgo(quietMs)}
    end
    order by item.opened_at, item.subject`.execute(trx)
  await recordNotified(trx, rows)
  const groups = Map.groupBy(rows, ({ channel, kind, change }) => `${channel} ${kind} ${change}`)
  return [...groups.values()].flatMap((group) =>
    group.length > SINGLE_MAX ? summarise(group) : group.map(toNotification),
  )
}

async function recordNotified(trx: Trx, rows: readonly DueRow[]): Promise<void> {
  await sql`
    insert into notified_items as notified (channel, kind, subject, since, is_open, notified_at)
    select channel, kind, subject, since, is_open, ${currentTime} from unnest(
      ${rows.map(({ channel }) => channel)}::text[], ${rows.map(({ kind }) => kind)}::text[],
      ${rows.map(({ subject }) => subject)}::text[], ${rows.map(({ since }) => since)}::timestamptz[],
      ${rows.map(({ change }) => change !== 'resolved')}::boolean[]
    ) as one (channel, kind, subject, since, is_open)
    on conflict (kind, subject, channel) do update set since = excluded.since, is_open = excluded.is_open,
      notified_at = case when excluded.is_open then excluded.notified_at else notified.notified_at end`.execute(
    trx,
  )
}

function toNotification(row: DueRow): DueNotification {
  const { channel, kind, change, subject, since, opened_at: openedAt } = row
  return {
    channel,
    facts: {
      kind,
      change,
      severity: severities[kind],
      count: 1,
      subject: subject === '' ? null : subject,
      orderId: row.order_id,
      paymentId: row.payment_id,
      amount: findAmount(row),
      since: (since ?? openedAt).toISOString(),
      open: [],
    },
  }
}

function summarise(group: readonly DueRow[]): readonly DueNotification[] {
  return group.slice(0, 1).map((oldest) => {
    const { channel, facts } = toNotification(oldest)
    const of = { count: group.length, subject: null, orderId: null, paymentId: null, amount: null }
    return { channel, facts: { ...facts, ...of } }
  })
}
