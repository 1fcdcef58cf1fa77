import { Code, Text } from '@mantine/core'
import type { TimelineEntry, TimelineLane } from '@tael/contracts'
import { formatDay, formatDuration, formatTimeOfDay } from '../../format/time.ts'
import { useTranslation } from 'react-i18next'
import { PageLink } from '../../parts/link.tsx'
import { PaymentStatusBadge, WebhookStateBadge } from '../../parts/status.tsx'
import { Time } from '../../parts/values.tsx'
import { useEntryTitle } from './entry-title.ts'
import classes from './timeline.module.css'

/** Shown also where nothing happened in them: that is part of the story. */
const everyOrders: readonly TimelineLane[] = ['phone', 'shop', 'adyen', 'wechat']
const inOrder: readonly TimelineLane[] = ['phone', 'shop', 'adyen', 'wechat', 'merchant', 'operator']

const dayOf = (entry: TimelineEntry | undefined): string =>
  entry === undefined ? '' : new Date(entry.at).toDateString()

/** The story of an order: one line of time, and a lane for each party. */
export function Timeline({ entries }: { readonly entries: readonly TimelineEntry[] }) {
  const { t } = useTranslation()
  const lanes = inOrder.filter(
    (lane) => everyOrders.includes(lane) || entries.some((entry) => entry.lane === lane),
  )
  if (entries.length === 0) return <Text c="dimmed">{t('timeline.empty')}</Text>
  return (
    <div className={classes['timeline']} data-lanes={lanes.length}>
      <div className={classes['heads']} aria-hidden>
        <span />
        {lanes.map((lane) => (
          <span key={lane} data-lane={lane}>
            {t(`timeline.lanes.${lane}`)}
          </span>
        ))}
      </div>
      <ol className={classes['entries']}>
        {entries.map((entry, index) => (
          // Entries are only added, and two may be the same.
          // oxlint-disable-next-line react/no-array-index-key
          <Entry
            key={index}
            entry={entry}
            column={lanes.indexOf(entry.lane) + 2}
            beginsDay={index === 0 || dayOf(entry) !== dayOf(entries[index - 1])}
          />
        ))}
      </ol>
    </div>
  )
}

/** The lane is a column on a wide screen; the class of its number places it without inline styles. */
function Entry({
  entry,
  column,
  beginsDay,
}: {
  readonly entry: TimelineEntry
  readonly column: number
  readonly beginsDay: boolean
}) {
  const { t, i18n } = useTranslation()
  const title = useEntryTitle()(entry)
  return (
    <li className={classes['entry']} data-lane={entry.lane}>
      <div className={classes['at']}>
        {beginsDay ? <div className={classes['day']}>{formatDay(entry.at, i18n.language)}</div> : null}
        <time dateTime={entry.at}>{formatTimeOfDay(new Date(entry.at), i18n.language)}</time>
      </div>
      <div className={classes['card']} data-column={column}>
        <span className={classes['lane']}>{t(`timeline.lanes.${entry.lane}`)}</span>
        <div className={classes['title']}>{title}</div>
        <EntryFacts entry={entry} />
      </div>
    </li>
  )
}

function EntryFacts({ entry }: { readonly entry: TimelineEntry }) {
  const { t } = useTranslation()
  switch (entry.kind) {
    case 'payment':
      return (
        <>
          {entry.fromStatus === entry.toStatus ? null : <PaymentStatusBadge status={entry.toStatus} />}
          <Details value={entry.detail} />
        </>
      )
    case 'call':
      return <CallFacts entry={entry} />
    case 'webhook': {
      const { id, state, deliveries } = entry.webhook
      return (
        <div className={classes['facts']}>
          <WebhookStateBadge state={state} />
          {deliveries > 1 ? <Text size="xs">{t('timeline.repeated', { count: deliveries })}</Text> : null}
          <PageLink to={`/webhooks/${id}`}>{t('webhooks.item', { id })}</PageLink>
        </div>
      )
    }
    case 'shipment':
      return (
        <Text size="xs" c="dimmed">
          {[entry.shipment.carrier, entry.shipment.trackingNo, t(`ship.upload.${entry.shipment.upload}`)]
            .filter((one) => one !== null)
            .join(' · ')}
        </Text>
      )
    case 'merchant_event':
      return <DeliveryFacts delivery={entry.delivery} />
    case 'order':
    case 'action':
      return null
    default:
      return entry satisfies never
  }
}

function CallFacts({ entry }: { readonly entry: Extract<TimelineEntry, { kind: 'call' }> }) {
  const { t } = useTranslation()
  const { at, answeredAt, unanswered, retryAt } = entry
  const took = answeredAt === null ? undefined : Date.parse(answeredAt) - Date.parse(at)
  return (
    <Text size="xs" c="dimmed" component="div">
      {took === undefined
        ? t('timeline.notAnswered')
        : t('timeline.answered', { duration: formatDuration(took) })}
      {unanswered > 0 ? <div>{t('timeline.unanswered', { count: unanswered })}</div> : null}
      {retryAt === null ? null : <Time at={retryAt} />}
    </Text>
  )
}

type Delivery = Extract<TimelineEntry, { kind: 'merchant_event' }>['delivery']

function DeliveryFacts({ delivery }: { readonly delivery: Delivery }) {
  const { t } = useTranslation()
  if (delivery === null) return null
  const { deliveredAt, failedAt, failure, tries } = delivery
  return (
    <Text size="xs" c="dimmed" component="div">
      {deliveredAt === null ? t('timeline.undelivered', { count: tries }) : t('timeline.delivered')}{' '}
      {deliveredAt === null && failedAt === null ? null : <Time at={deliveredAt ?? failedAt} />}
      {failure === null || deliveredAt !== null ? null : <div>{failure}</div>}
    </Text>
  )
}

/** The facts that were recorded with an event, as they were. */
function Details({ value }: { readonly value: Readonly<Record<string, unknown>> }) {
  const { t } = useTranslation()
  if (Object.keys(value).length === 0) return null
  return (
    <details className={classes['details']}>
      <summary>{t('timeline.details')}</summary>
      <Code block>{JSON.stringify(value, null, 2)}</Code>
    </details>
  )
}
