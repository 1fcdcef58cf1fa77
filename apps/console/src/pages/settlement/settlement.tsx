import { Alert, Stack, Text } from '@mantine/core'
import { operatorRoutes, type Settlement, type SettlementDifference } from '@tael/contracts'
import { useTranslation } from 'react-i18next'
import { useParams } from 'wouter'
import { ActionButton } from '../../actions/action-button.tsx'
import { DifferenceDialog } from '../../actions/note-dialogs.tsx'
import { ChoiceFilter, FilterBar, oneOf, useFilters } from '../../parts/filters.tsx'
import { Facts } from '../../parts/facts.tsx'
import { PageLink } from '../../parts/link.tsx'
import { Page } from '../../parts/page.tsx'
import { type Column, RecordList } from '../../parts/record-table.tsx'
import { Absent, Money, Time } from '../../parts/values.tsx'
import { call } from '../../server/call.ts'
import { listState } from '../../server/list-state.ts'
import { useLiveList } from '../../server/live.ts'
import { useMay } from '../../server/session.tsx'

const shows = ['all', 'open', 'added', 'gone'] as const

/** The result of one report: its totals, and each difference with what was done about it. */
export default function SettlementPage() {
  const { t } = useTranslation()
  const { settlementId = '' } = useParams()
  const { read } = useFilters()
  const show = oneOf(shows, read('show')) ?? 'all'
  const list = useLiveList(operatorRoutes.getSettlement, { settlementId, show }, (after) =>
    call(operatorRoutes.getSettlement, {
      params: { settlementId },
      query: { show, after: after === undefined ? undefined : Number(after) },
    }),
  )
  const settlement = list.data?.pages[0]?.settlement
  return (
    <Page title={settlement?.report.name ?? t('settlement.title')} updatedAt={list.dataUpdatedAt}>
      {settlement === undefined ? null : <Result settlement={settlement} />}
      <FilterBar>
        <ChoiceFilter
          name="show"
          label={t('settlement.differences')}
          values={shows}
          fallback="all"
          describe={(each) => t(`settlement.shows.${each}`)}
        />
      </FilterBar>
      <RecordList
        list={listState(list, ({ differences }) => differences)}
        label={t('settlement.differences')}
        columns={useColumns(settlementId)}
        keyOf={({ number }) => number}
        none={t('settlement.agree')}
        noneHint={t('settlement.agreeHint')}
      />
    </Page>
  )
}

function Result({ settlement }: { readonly settlement: Settlement }) {
  const { t } = useTranslation()
  const { report, totals, open, differences, nextId } = settlement
  const amounts = (sums: Settlement['totals']['settled']['sums']) =>
    sums.length === 0 ? (
      <Absent text={t('state.none')} />
    ) : (
      <Stack gap={0}>
        {sums.map((amount) => (
          <Money key={amount.currency} amount={amount} />
        ))}
      </Stack>
    )
  return (
    <Stack gap="sm">
      {nextId === null ? null : (
        <Alert color="yellow">
          <PageLink to={`/settlement/${nextId}`}>{t('settlement.newer')}</PageLink>
        </Alert>
      )}
      <Facts
        facts={[
          [t('settlement.batch'), report.batch ?? <Absent text={t('state.unknown')} />],
          [t('settings.merchantAccount'), settlement.merchantAccount],
          [t('settlement.comparedAt'), <Time at={settlement.comparedAt} />],
          [t('settlement.settled'), amounts(totals.settled.sums)],
          [t('settlement.refunded'), amounts(totals.refunded.sums)],
          [t('settlement.differences'), t('settlement.openOf', { open, differences })],
        ]}
      />
    </Stack>
  )
}

function useColumns(settlementId: string): readonly Column<SettlementDifference>[] {
  const { t } = useTranslation()
  const mayHandle = useMay('settlement:write')
  return [
    {
      label: t('settlement.what'),
      show: ({ kind, text, line }) => (
        <Stack gap={2}>
          <Text size="sm" fw={600}>
            {t(`settlement.kinds.${kind}`)}
          </Text>
          <Text size="sm">{text}</Text>
          {line === null ? null : (
            <Text size="xs" c="dimmed">
              {t('settlement.line', { line })}
            </Text>
          )}
        </Stack>
      ),
    },
    {
      label: t('orders.number'),
      show: ({ orderId }) =>
        orderId === null ? (
          <Absent text={t('state.none')} />
        ) : (
          <PageLink to={`/orders/${orderId}`}>{t('attention.toOrder')}</PageLink>
        ),
    },
    {
      label: t('settlement.ours'),
      numeric: true,
      show: ({ ours }) => (ours === null ? <Absent text={t('state.none')} /> : <Money amount={ours} />),
    },
    {
      label: t('filter.state'),
      show: ({ handled, number }) =>
        handled === null ? (
          mayHandle ? (
            <ActionButton
              label={t('attention.handle')}
              dialog={(close) => (
                <DifferenceDialog settlementId={settlementId} number={number} onClose={close} />
              )}
            />
          ) : (
            t('settlement.shows.open')
          )
        ) : (
          t('settlement.handled', { note: handled.note })
        ),
    },
  ]
}
