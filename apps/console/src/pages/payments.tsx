import { operatorRoutes, PaymentStatus, type PaymentSummary } from '@tael/contracts'
import { Group, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { fromMajorUnits } from '../format/money.ts'
import { startOfDay } from '../format/time.ts'
import { ChoiceFilter, DayFilter, exportAddress, FilterBar, oneOf, useFilters } from '../parts/filters.tsx'
import { PageLink } from '../parts/link.tsx'
import { Page } from '../parts/page.tsx'
import { type Column, RecordList } from '../parts/record-table.tsx'
import { PaymentStatusBadge } from '../parts/status.tsx'
import { Absent, Copyable, Money, Time } from '../parts/values.tsx'
import { call } from '../server/call.ts'
import { listState } from '../server/list-state.ts'
import { useLiveList } from '../server/live.ts'
import { useSession } from '../server/session.tsx'

const statuses = PaymentStatus.anyOf.map((literal) => literal.const)

/** Every attempt to pay, newest first. */
export default function PaymentsPage() {
  const { t } = useTranslation()
  const { currency } = useSession()
  const { read, write } = useFilters()
  const query = {
    status: oneOf(statuses, read('status')),
    from: startOfDay(read('from')),
    to: startOfDay(read('to')),
    value: fromMajorUnits(read('amount'), currency)?.value,
  }
  const list = useLiveList(operatorRoutes.listPaymentRecords, query, (before) =>
    call(operatorRoutes.listPaymentRecords, { query: { ...query, before } }),
  )
  return (
    <Page title={t('payments.title')} updatedAt={list.dataUpdatedAt}>
      <FilterBar csv={exportAddress(operatorRoutes.exportPayments, query)}>
        <ChoiceFilter
          name="status"
          label={t('filter.status')}
          values={statuses}
          describe={(status) => t(`paymentStatus.${status}`)}
        />
        <DayFilter name="from" label={t('filter.from')} />
        <DayFilter name="to" label={t('filter.to')} />
        <TextInput
          label={t('filter.amount', { currency })}
          inputMode="decimal"
          w={140}
          value={read('amount')}
          onChange={({ currentTarget }) => write('amount', currentTarget.value)}
        />
      </FilterBar>
      <RecordList
        list={listState(list, ({ payments }) => payments)}
        label={t('payments.title')}
        columns={useColumns()}
        keyOf={({ id }) => id}
        none={t('payments.none')}
        noneHint={t('orders.noneHint')}
      />
    </Page>
  )
}

function useColumns(): readonly Column<PaymentSummary>[] {
  const { t } = useTranslation()
  return [
    {
      label: t('payments.order'),
      show: ({ orderId, orderNumber }) => <PageLink to={`/orders/${orderId}`}>{orderNumber}</PageLink>,
    },
    {
      label: t('payments.status'),
      show: ({ status, surplus }) => (
        <Group gap={6}>
          <PaymentStatusBadge status={status} />
          {surplus ? t('payments.surplus') : null}
        </Group>
      ),
    },
    { label: t('payments.amount'), numeric: true, show: ({ amount }) => <Money amount={amount} /> },
    { label: t('payments.createdAt'), show: ({ createdAt }) => <Time at={createdAt} /> },
    {
      label: t('payments.pspReference'),
      show: ({ pspReference }) =>
        pspReference === null ? (
          <Absent text={t('state.none')} />
        ) : (
          <Copyable text={pspReference} what={t('payments.pspReference')} />
        ),
    },
  ]
}
