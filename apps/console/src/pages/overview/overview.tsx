import { Paper, SegmentedControl, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { type Currency, operatorRoutes, type Overview } from '@tael/contracts'
import { lazy, type ReactNode, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { describeMoney } from '../../format/money.ts'
import { oneOf, useFilters } from '../../parts/filters.tsx'
import { PageLink } from '../../parts/link.tsx'
import { Failure, Loading, Page } from '../../parts/page.tsx'
import { PaymentStatusBadge } from '../../parts/status.tsx'
import { Absent, Money, Time } from '../../parts/values.tsx'
import { useLive } from '../../server/live.ts'
import { Health } from './health.tsx'

// The library of charts is as large as the rest of the page, which does not wait for it.
const Charts = lazy(() => import('./charts.tsx'))

const periods = ['day', 'week', 'month'] as const
type Period = (typeof periods)[number]
const DAY_MS = 86_400_000
const DAYS_OF_MONTH = 30

/** The query of a period. Its beginning is a whole day, so that it is the same from one reading to the next. */
function queryOf(period: Period) {
  // Minutes ahead of UTC: the viewer's days, as every time of the page.
  const offset = -new Date().getTimezoneOffset()
  if (period === 'day') return { interval: 'hour' as const, offset }
  if (period === 'week') return { interval: 'day' as const, offset }
  const from = new Date(Date.now() - (DAYS_OF_MONTH - 1) * DAY_MS).toISOString().slice(0, 'YYYY-MM-DD'.length)
  return { interval: 'day' as const, offset, from }
}

/** How the shop does: what was paid, refused and refunded, and what waits. */
export default function OverviewPage() {
  const { t } = useTranslation()
  const { read, write } = useFilters()
  const period = oneOf(periods, read('period')) ?? 'week'
  const { data, error, refetch, dataUpdatedAt } = useLive(operatorRoutes.getOverview, {
    query: queryOf(period),
  })
  return (
    <Page
      title={t('overview.title')}
      updatedAt={dataUpdatedAt}
      aside={
        <SegmentedControl
          size="xs"
          aria-label={t('overview.period')}
          value={period}
          onChange={(value) => write('period', value)}
          data={periods.map((value) => ({ value, label: t(`overview.periods.${value}`) }))}
        />
      }
    >
      {error === null ? null : <Failure error={error} onRetry={() => void refetch()} />}
      {data === undefined ? error === null ? <Loading /> : null : <Content overview={data} />}
    </Page>
  )
}

function Content({ overview }: { readonly overview: Overview }) {
  const { t } = useTranslation()
  return (
    <Stack gap="md">
      <Totals overview={overview} />
      <Suspense fallback={<Loading />}>
        <Charts overview={overview} />
      </Suspense>
      <Health overview={overview} />
      <Paper component="section" withBorder p="md">
        <Title order={2} size="h5" mb="xs">
          {t('overview.stuck', { count: overview.stuck.count })}
        </Title>
        {overview.stuck.payments.length === 0 ? (
          <Text size="sm" c="dimmed">
            {t('overview.noneStuck')}
          </Text>
        ) : null}
        <Stack gap={6}>
          {overview.stuck.payments.map((payment) => (
            <Text key={payment.id} size="sm" component="div">
              <PageLink to={`/orders/${payment.orderId}`}>{payment.orderNumber}</PageLink>{' '}
              <PaymentStatusBadge status={payment.status} /> <Money amount={payment.amount} />{' '}
              <Time at={payment.createdAt} />
            </Text>
          ))}
        </Stack>
      </Paper>
    </Stack>
  )
}

const flows = ['paid', 'refused', 'refunded'] as const

function Totals({ overview }: { readonly overview: Overview }) {
  const { t } = useTranslation()
  const steps = sumSteps(overview)
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }} spacing="sm">
      {flows.map((flow) => (
        <Tile key={flow} name={t(`overview.flows.${flow}`)}>
          {totalsOf(overview, flow).map(({ currency, count, value }) => (
            <div key={currency}>
              <Text fw={700} size="lg">
                {describeMoney({ currency, value })}
              </Text>
              <Text size="xs" c="dimmed">
                {t(`overview.counts.${flow}`, { count })}
              </Text>
            </div>
          ))}
        </Tile>
      ))}
      <Tile name={t('overview.conversion')}>
        <Text fw={700} size="lg">
          {steps.orders === 0 ? (
            <Absent text={t('state.unknown')} />
          ) : (
            `${Math.round((100 * steps.paid) / steps.orders)} %`
          )}
        </Text>
        <Text size="xs" c="dimmed">
          {t('overview.ofOrders', { paid: steps.paid, orders: steps.orders })}
        </Text>
      </Tile>
    </SimpleGrid>
  )
}

function Tile({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <Paper component="section" withBorder p="md" aria-label={name}>
      <Text size="sm" c="dimmed">
        {name}
      </Text>
      {children}
    </Paper>
  )
}

interface Total {
  readonly currency: Currency
  readonly count: number
  readonly value: number
}

/** The money of a flow in the whole period, in each currency that moved; where none did, an empty list is shown as none. */
function totalsOf({ buckets }: Overview, flow: (typeof flows)[number]): readonly Total[] {
  const totals = new Map<Currency, Total>()
  for (const { money } of buckets)
    for (const each of money) {
      const { currency } = each
      const before = totals.get(currency) ?? { currency, count: 0, value: 0 }
      const { count, value } = each[flow]
      totals.set(currency, { currency, count: before.count + count, value: before.value + value })
    }
  return [...totals.values()]
}

function sumSteps({ buckets }: Overview) {
  return {
    orders: buckets.reduce((sum, { steps }) => sum + steps.orders, 0),
    paid: buckets.reduce((sum, { steps }) => sum + steps.paid, 0),
  }
}
