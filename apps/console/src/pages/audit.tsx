import { TextInput } from '@mantine/core'
import { type AuditRecord, operatorRoutes } from '@tael/contracts'
import { useTranslation } from 'react-i18next'
import { startOfDay } from '../format/time.ts'
import { DayFilter, FilterBar, useFilters } from '../parts/filters.tsx'
import { PageLink } from '../parts/link.tsx'
import { Page } from '../parts/page.tsx'
import { type Column, RecordList } from '../parts/record-table.tsx'
import { Absent, Time } from '../parts/values.tsx'
import { call } from '../server/call.ts'
import { listState } from '../server/list-state.ts'
import { useLiveList } from '../server/live.ts'
import classes from './audit.module.css'

const filters = ['actor', 'action', 'subject'] as const

/** What operators and commands changed and read, newest first. */
export default function AuditPage() {
  const { t } = useTranslation()
  const { read, write } = useFilters()
  const whole = (name: (typeof filters)[number]): string | undefined =>
    read(name) === '' ? undefined : read(name)
  const query = {
    actor: whole('actor'),
    action: whole('action'),
    subject: whole('subject'),
    from: startOfDay(read('from')),
    to: startOfDay(read('to')),
  }
  const list = useLiveList(operatorRoutes.listAudit, query, (before) =>
    call(operatorRoutes.listAudit, {
      query: { ...query, before: before === undefined ? undefined : Number(before) },
    }),
  )
  const columns: readonly Column<AuditRecord>[] = [
    { label: t('audit.at'), show: ({ at }) => <Time at={at} /> },
    { label: t('audit.actor'), show: ({ actor, actorName }) => actorName ?? actor },
    { label: t('audit.action'), show: ({ action }) => action },
    {
      label: t('audit.subject'),
      show: ({ subject }) =>
        subject === null ? (
          <Absent text={t('state.none')} />
        ) : (
          <PageLink to={`/search?q=${encodeURIComponent(subject)}`}>{subject}</PageLink>
        ),
    },
    {
      label: t('audit.detail'),
      show: ({ detail }) =>
        Object.keys(detail).length === 0 ? (
          ''
        ) : (
          <span className={classes['detail']}>{JSON.stringify(detail)}</span>
        ),
    },
  ]
  return (
    <Page title={t('audit.title')} updatedAt={list.dataUpdatedAt}>
      <FilterBar>
        {filters.map((name) => (
          <TextInput
            key={name}
            label={t(`audit.${name}`)}
            value={read(name)}
            onChange={({ currentTarget }) => write(name, currentTarget.value)}
          />
        ))}
        <DayFilter name="from" label={t('filter.from')} />
        <DayFilter name="to" label={t('filter.to')} />
      </FilterBar>
      <RecordList
        list={listState(list, ({ actions }) => actions)}
        label={t('audit.title')}
        columns={columns}
        keyOf={({ id }) => id}
        none={t('audit.none')}
        noneHint={t('orders.noneHint')}
      />
    </Page>
  )
}
