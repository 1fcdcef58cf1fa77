import '@mantine/charts/styles.css'
import { BarChart } from '@mantine/charts'
import { Paper, SimpleGrid, Table, Title } from '@mantine/core'
import { type Currency, currencyExponents, type Overview } from '@tael/contracts'
import { useTranslation } from 'react-i18next'
import classes from './charts.module.css'
import { describeMoney } from '../../format/money.ts'
import { useSession } from '../../server/session.tsx'

interface Series {
  readonly name: string
  readonly label: string
  readonly color: string
}

interface Row {
  readonly at: string
  readonly [series: string]: string | number
}

/** What was paid and refunded, and how far orders came, by hour or day. */
export default function Charts({ overview }: { readonly overview: Overview }) {
  const { t, i18n } = useTranslation()
  const { currency } = useSession()
  const format = new Intl.DateTimeFormat(
    i18n.language,
    overview.interval === 'hour'
      ? { hour: '2-digit', minute: '2-digit' }
      : { month: 'short', day: 'numeric' },
  )
  const at = (from: string): string => format.format(new Date(from))
  const money = overview.buckets.map((bucket) => ({ at: at(bucket.from), ...moneyOf(bucket, currency) }))
  const steps = overview.buckets.map(({ from, steps: reached }) => ({ at: at(from), ...reached }))
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
      <Chart
        title={t('overview.money', { currency })}
        rows={money}
        series={[
          { name: 'paid', label: t('overview.flows.paid'), color: 'indigo.6' },
          { name: 'refused', label: t('overview.flows.refused'), color: 'gray.6' },
          { name: 'refunded', label: t('overview.flows.refunded'), color: 'orange.6' },
        ]}
        show={(value) =>
          describeMoney({ currency, value: Math.round(value * 10 ** currencyExponents[currency]) })
        }
      />
      <Chart
        title={t('overview.stepsTitle')}
        rows={steps}
        series={[
          { name: 'orders', label: t('overview.steps.orders'), color: 'gray.5' },
          { name: 'started', label: t('overview.steps.started'), color: 'indigo.3' },
          { name: 'cashier', label: t('overview.steps.cashier'), color: 'indigo.5' },
          { name: 'paid', label: t('overview.steps.paid'), color: 'indigo.8' },
        ]}
        show={String}
      />
    </SimpleGrid>
  )
}

/** Major units, for the axis only: money that is shown is formatted from minor units. */
function moneyOf({ money }: Overview['buckets'][number], currency: Currency) {
  const own = money.find((each) => each.currency === currency)
  const major = (value = 0): number => value / 10 ** currencyExponents[currency]
  return {
    paid: major(own?.paid.value),
    refused: major(own?.refused.value),
    refunded: major(own?.refunded.value),
  }
}

/** A chart, and the same as a table: a picture says nothing to a screen reader. */
function Chart({
  title,
  rows,
  series,
  show,
}: {
  readonly title: string
  readonly rows: readonly Row[]
  readonly series: readonly Series[]
  readonly show: (value: number) => string
}) {
  const { t, i18n } = useTranslation()
  const compact = new Intl.NumberFormat(i18n.language, { notation: 'compact' })
  return (
    <Paper component="section" withBorder p="md" aria-label={title}>
      <Title order={2} size="h5" mb="xs">
        {title}
      </Title>
      <div aria-hidden>
        <BarChart
          h={220}
          data={rows.map((row) => ({ ...row }))}
          dataKey="at"
          series={[...series]}
          withLegend
          // In the order of the bars, not of the names.
          legendProps={{ itemSorter: null }}
          valueFormatter={show}
          yAxisProps={{ tickFormatter: (value: number) => compact.format(value) }}
          barChartProps={{ accessibilityLayer: false }}
        />
      </div>
      <details>
        <summary className={classes['summary']}>{t('overview.asTable')}</summary>
        <Table aria-label={title} fz="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t('overview.at')}</Table.Th>
              {series.map(({ name, label }) => (
                <Table.Th key={name} scope="col">
                  {label}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={row.at}>
                <Table.Th scope="row">{row.at}</Table.Th>
                {series.map(({ name }) => (
                  <Table.Td key={name}>{show(Number(row[name]))}</Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </details>
    </Paper>
  )
}
