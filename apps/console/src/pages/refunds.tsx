import { Group, Stack, Text, Title } from '@mantine/core'
import {
  operatorRefundReasons,
  operatorRoutes,
  type RefundProposal,
  RefundStatus,
  type RefundSummary,
} from '@tael/contracts'
import { useTranslation } from 'react-i18next'
import { ActionButton } from '../actions/action-button.tsx'
import { ConfirmRefundDialog } from '../actions/confirm-refund-dialog.tsx'
import { RejectDialog } from '../actions/note-dialogs.tsx'
import { startOfDay } from '../format/time.ts'
import { ChoiceFilter, DayFilter, FilterBar, oneOf, useFilters } from '../parts/filters.tsx'
import { PageLink } from '../parts/link.tsx'
import { Page } from '../parts/page.tsx'
import { type Column, RecordList, RecordTable } from '../parts/record-table.tsx'
import { RefundStatusBadge } from '../parts/status.tsx'
import { Absent, Money, Time } from '../parts/values.tsx'
import { call } from '../server/call.ts'
import { listState } from '../server/list-state.ts'
import { useLive, useLiveList } from '../server/live.ts'
import { useMay, useSession } from '../server/session.tsx'

const statuses = RefundStatus.anyOf.map((literal) => literal.const)

/** The refunds that wait for a second operator, and every refund, newest first. */
export default function RefundsPage() {
  const { t } = useTranslation()
  const { read } = useFilters()
  const query = {
    status: oneOf(statuses, read('status')),
    reason: oneOf(operatorRefundReasons, read('reason')),
    from: startOfDay(read('from')),
    to: startOfDay(read('to')),
  }
  const list = useLiveList(operatorRoutes.listRefundRecords, query, (before) =>
    call(operatorRoutes.listRefundRecords, { query: { ...query, before } }),
  )
  return (
    <Page title={t('refunds.title')} updatedAt={list.dataUpdatedAt}>
      <Proposals />
      <FilterBar>
        <ChoiceFilter
          name="status"
          label={t('filter.status')}
          values={statuses}
          describe={(status) => t(`refundStatus.${status}`)}
        />
        <ChoiceFilter
          name="reason"
          label={t('refunds.reason')}
          values={operatorRefundReasons}
          describe={(reason) => t(`refunds.reasons.${reason}`)}
        />
        <DayFilter name="from" label={t('filter.from')} />
        <DayFilter name="to" label={t('filter.to')} />
      </FilterBar>
      <RecordList
        list={listState(list, ({ refunds }) => refunds)}
        label={t('refunds.title')}
        columns={useColumns()}
        keyOf={({ id }) => id}
        none={t('refunds.none')}
        noneHint={t('orders.noneHint')}
      />
    </Page>
  )
}

function useColumns(): readonly Column<RefundSummary>[] {
  const { t } = useTranslation()
  return [
    {
      label: t('orders.number'),
      show: ({ orderId, orderNumber }) => <PageLink to={`/orders/${orderId}`}>{orderNumber}</PageLink>,
    },
    { label: t('filter.status'), show: ({ status }) => <RefundStatusBadge status={status} /> },
    { label: t('orders.amount'), numeric: true, show: ({ amount }) => <Money amount={amount} /> },
    {
      label: t('refunds.reason'),
      show: ({ reason, note }) => (
        <Stack gap={0}>
          <span>{t(`refunds.reasons.${reason}`)}</span>
          {note === null ? null : (
            <Text size="xs" c="dimmed">
              {note}
            </Text>
          )}
        </Stack>
      ),
    },
    {
      label: t('refunds.by'),
      show: ({ requestedBy }) => requestedBy?.name ?? <Absent text={t('refunds.automatic')} />,
    },
    { label: t('orders.createdAt'), show: ({ createdAt }) => <Time at={createdAt} /> },
  ]
}

/** What waits for a second operator; nothing is shown where nothing does. */
function Proposals() {
  const { t } = useTranslation()
  const { data } = useLive(operatorRoutes.listRefundProposals, { query: { state: 'awaiting' } })
  const columns = useProposalColumns()
  if (data === undefined || data.proposals.length === 0) return null
  return (
    <Stack component="section" gap="xs" aria-label={t('refunds.awaiting')}>
      <Title order={2} size="h5">
        {t('refunds.awaiting')}
      </Title>
      <RecordTable
        label={t('refunds.awaiting')}
        rows={data.proposals}
        columns={columns}
        keyOf={({ refundId }) => refundId}
      />
    </Stack>
  )
}

function useProposalColumns(): readonly Column<RefundProposal>[] {
  const { t } = useTranslation()
  const { operator } = useSession()
  const mayRefund = useMay('refunds:write')
  return [
    {
      label: t('orders.number'),
      show: ({ orderId, orderNumber }) => <PageLink to={`/orders/${orderId}`}>{orderNumber}</PageLink>,
    },
    { label: t('orders.amount'), numeric: true, show: ({ amount }) => <Money amount={amount} /> },
    {
      label: t('refunds.reason'),
      show: ({ reason, note }) =>
        [t(`refunds.reasons.${reason}`), note].filter((one) => one !== null).join(': '),
    },
    { label: t('refunds.by'), show: ({ proposedBy }) => proposedBy.name },
    { label: t('refunds.expiresAt'), show: ({ expiresAt }) => <Time at={expiresAt} /> },
    {
      label: t('order.actions'),
      show: (proposal) =>
        !mayRefund ? null : (
          <Group gap="xs">
            {proposal.proposedBy.id === operator.id ? (
              <Text size="xs" c="dimmed">
                {t('refunds.ownProposal')}
              </Text>
            ) : (
              <ActionButton
                isMain
                label={t('refunds.confirm')}
                dialog={(close) => <ConfirmRefundDialog proposal={proposal} onClose={close} />}
              />
            )}
            <ActionButton
              label={t('refunds.reject')}
              dialog={(close) => <RejectDialog refundId={proposal.refundId} onClose={close} />}
            />
          </Group>
        ),
    },
  ]
}
