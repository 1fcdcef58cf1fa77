import { operatorRoutes, type SearchResult } from '@tael/contracts'
import { useTranslation } from 'react-i18next'
import { Redirect, useSearchParams } from 'wouter'
import { PageLink } from '../parts/link.tsx'
import { Empty, Failure, Loading, Page } from '../parts/page.tsx'
import { type Column, RecordTable } from '../parts/record-table.tsx'
import { OrderStatusBadge } from '../parts/status.tsx'
import { Money, Time } from '../parts/values.tsx'
import { useLive } from '../server/live.ts'

type Hit = SearchResult['hits'][number]

/** The orders that a reference leads to. One alone is opened at once. */
export default function SearchPage() {
  const { t } = useTranslation()
  const [params] = useSearchParams()
  const q = params.get('q') ?? ''
  if (q === '')
    return (
      <Page title={t('nav.search')}>{<Empty title={t('search.empty')} hint={t('search.noneHint')} />}</Page>
    )
  // The key: what was found for one reference is not shown for another meanwhile.
  return <Results key={q} q={q} />
}

function Results({ q }: { readonly q: string }) {
  const { t } = useTranslation()
  const { data, error, refetch } = useLive(operatorRoutes.search, { query: { q } })
  const columns: readonly Column<Hit>[] = [
    {
      label: t('orders.number'),
      show: ({ order }) => <PageLink to={`/orders/${order.id}`}>{order.number}</PageLink>,
    },
    { label: t('search.foundBy'), show: ({ match }) => t(`search.match.${match}`) },
    { label: t('orders.status'), show: ({ order }) => <OrderStatusBadge status={order.status} /> },
    { label: t('orders.amount'), numeric: true, show: ({ order }) => <Money amount={order.amount} /> },
    { label: t('orders.createdAt'), show: ({ order }) => <Time at={order.createdAt} /> },
  ]
  if (data === undefined && error === null) return <Loading />
  const [only, ...others] = data?.hits ?? []
  if (only !== undefined && others.length === 0) return <Redirect to={`/orders/${only.order.id}`} replace />
  return (
    <Page title={t('search.title', { q })}>
      {data === undefined ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : data.hits.length === 0 ? (
        <Empty title={t('search.none')} hint={t('search.noneHint')} />
      ) : (
        <RecordTable
          label={t('search.title', { q })}
          rows={data.hits}
          columns={columns}
          keyOf={({ order }) => order.id}
        />
      )}
    </Page>
  )
}
