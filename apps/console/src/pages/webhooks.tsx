import { operatorRoutes, WebhookItemState, type WebhookRecord } from '@tael/contracts'
import { useTranslation } from 'react-i18next'
import { ChoiceFilter, FilterBar, oneOf, useFilters } from '../parts/filters.tsx'
import { PageLink } from '../parts/link.tsx'
import { Page } from '../parts/page.tsx'
import { type Column, RecordList } from '../parts/record-table.tsx'
import { WebhookStateBadge } from '../parts/status.tsx'
import { Copyable, Time } from '../parts/values.tsx'
import { call } from '../server/call.ts'
import { listState } from '../server/list-state.ts'
import { useLiveList } from '../server/live.ts'

const states = WebhookItemState.anyOf.map((literal) => literal.const)

const numberOf = (cursor: string | undefined): number | undefined =>
  cursor === undefined ? undefined : Number(cursor)

/** The inbox of Adyen's webhook items, newest first. */
export default function WebhooksPage() {
  const { t } = useTranslation()
  const { read } = useFilters()
  const query = { state: oneOf(states, read('state')) }
  const list = useLiveList(operatorRoutes.listWebhooks, query, (before) =>
    call(operatorRoutes.listWebhooks, { query: { ...query, before: numberOf(before) } }),
  )
  const columns: readonly Column<WebhookRecord>[] = [
    {
      label: t('webhooks.event'),
      show: ({ id, eventCode }) => <PageLink to={`/webhooks/${id}`}>{eventCode}</PageLink>,
    },
    { label: t('webhooks.state'), show: ({ state }) => <WebhookStateBadge state={state} /> },
    {
      label: t('webhooks.pspReference'),
      show: ({ pspReference }) => <Copyable text={pspReference} what={t('webhooks.pspReference')} />,
    },
    { label: t('webhooks.receivedAt'), show: ({ receivedAt }) => <Time at={receivedAt} /> },
    { label: t('webhooks.deliveries'), numeric: true, show: ({ deliveries }) => deliveries },
  ]
  return (
    <Page title={t('webhooks.title')} updatedAt={list.dataUpdatedAt}>
      <FilterBar>
        <ChoiceFilter
          name="state"
          label={t('filter.state')}
          values={states}
          describe={(state) => t(`webhooks.states.${state}`)}
        />
      </FilterBar>
      <RecordList
        list={listState(list, ({ webhooks }) => webhooks)}
        label={t('webhooks.title')}
        columns={columns}
        keyOf={({ id }) => id}
        none={t('webhooks.none')}
        noneHint={t('webhooks.noneHint')}
      />
    </Page>
  )
}
