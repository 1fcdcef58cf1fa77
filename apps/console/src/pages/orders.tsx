import { operatorRoutes, OrderStatus, type OrderSummary } from '@tael/contracts'
import { useTranslation } from 'react-i18next'
import { startOfDay } from '../format/time.ts'
import { ChoiceFilter, DayFilter, exportAddress, FilterBar, oneOf, useFilters } from '../parts/filters.tsx'
import { PageLink } from '../parts/link.tsx'
import { Page } from '../parts/page.tsx'
import { type Column, RecordList } from '../parts/record-table.tsx'
import { OrderStatusBadge } from '../parts/status.tsx'
import { Absent, Money, Time } from '../parts/values.tsx'
import { call } from '../server/call.ts'
import { useLiveList } from '../server/live.ts'
import { listState } from '../server/list-state.ts'

const statuses = OrderStatus.anyOf.map((literal) => literal.const)

/** Every order, newest first. */
export default function OrdersPage() {
  const { t } = useTranslation()
  const { read } = useFilters()
  const query = {
    status: oneOf(statuses, read('status')),
    from: startOfDay(read('from')),
    to: startOfDay(read('to')),
    shopperId: read('shopper') === '' ? undefined : read('shopper'),
  }
  const list = useLiveList(operatorRoutes.listOrderRecords, query, (before) =>
    call(operatorRoutes.listOrderRecords, { query: { ...query, before } }),
  )
  const columns: readonly Column<OrderSummary>[] = [
    {
      label: t('orders.number'),
      show: ({ id, number }) => <PageLink to={`/orders/${id}`}>{number}</PageLink>,
    },
    { label: t('orders.status'), show: ({ status }) => <OrderStatusBadge status={status} /> },
    { label: t('orders.amount'), numeric: true, show: ({ amount }) => <Money amount={amount} /> },
    { label: t('orders.createdAt'), show: ({ createdAt }) => <Time at={createdAt} /> },
    { label: t('orders.paidAt'), show: ({ paidAt }) => <Time at={paidAt} /> },
    {
      label: t('orders.reference'),
      show: ({ reference }) => reference ?? <Absent text={t('state.none')} />,
    },
  ]
  return (
    <Page title={t('orders.title')} updatedAt={list.dataUpdatedAt}>
      <FilterBar csv={exportAddress(operatorRoutes.exportOrders, query)}>
        <ChoiceFilter
          name="status"
          label={t('filter.status')}
          values={statuses}
          describe={(status) => t(`orderStatus.${status}`)}
        />
        <DayFilter name="from" label={t('filter.from')} />
        <DayFilter name="to" label={t('filter.to')} />
      </FilterBar>
      <RecordList
        list={listState(list, ({ orders }) => orders)}
        label={t('orders.title')}
        columns={columns}
        keyOf={({ id }) => id}
        none={t('orders.none')}
        noneHint={t('orders.noneHint')}
      />
    </Page>
  )
}
