import { Paper, Title } from '@mantine/core'
import type { Overview } from '@tael/contracts'
import { useTranslation } from 'react-i18next'
import { formatDuration } from '../../format/time.ts'
import { Facts } from '../../parts/facts.tsx'
import { PageLink } from '../../parts/link.tsx'
import { Absent, Time } from '../../parts/values.tsx'

/** What waits, and since when: payments, webhooks, jobs, and what needs attention. */
export function Health({ overview }: { readonly overview: Overview }) {
  const { t } = useTranslation()
  const { oldest, webhooks, jobs, attention } = overview
  const open = Object.values(attention).reduce((sum, count) => sum + count, 0)
  const lag = (took: { readonly median: number; readonly max: number } | null) =>
    took === null ? (
      <Absent text={t('state.unknown')} />
    ) : (
      t('overview.lag', { median: formatDuration(took.median), max: formatDuration(took.max) })
    )
  return (
    <Paper component="section" withBorder p="md" aria-label={t('overview.health')}>
      <Title order={2} size="h5" mb="xs">
        {t('overview.health')}
      </Title>
      <Facts
        facts={[
          [t('overview.openAttention'), <PageLink to="/attention">{open}</PageLink>],
          [t('overview.oldest.unknownPayment'), <Time at={oldest.unknownPayment} />],
          [t('overview.oldest.unappliedWebhook'), <Time at={oldest.unappliedWebhook} />],
          [t('overview.oldest.waitingJob'), <Time at={oldest.waitingJob} />],
          [t('overview.newestWebhook'), <Time at={webhooks.newest} />],
          [t('overview.deliveryLag'), lag(webhooks.deliveryMs)],
          [t('overview.applyLag'), lag(webhooks.applyMs)],
          [
            t('overview.jobs'),
            jobs.length === 0 ? (
              <Absent text={t('state.none')} />
            ) : (
              jobs.map(({ name, waiting }) => `${name}: ${waiting}`).join(', ')
            ),
          ],
        ]}
      />
    </Paper>
  )
}
