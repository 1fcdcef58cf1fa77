import { Alert, Group, Paper, Stack, Title } from '@mantine/core'
import { operatorRoutes, type OrderRecord } from '@tael/contracts'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useParams } from 'wouter'
import { formatTime } from '../../format/time.ts'
import { PageLink } from '../../parts/link.tsx'
import { Failure, Loading, Page } from '../../parts/page.tsx'
import { OrderStatusBadge } from '../../parts/status.tsx'
import { Money } from '../../parts/values.tsx'
import { useLive } from '../../server/live.ts'
import { OrderActions } from './actions.tsx'
import { OrderFacts } from './order-facts.tsx'
import classes from './order.module.css'
import { PaymentCard } from './payment-card.tsx'
import { Timeline } from './timeline.tsx'

/** The whole story of one order, with what can be done about it beside. */
export default function OrderPage() {
  const { t } = useTranslation()
  const { orderId = '' } = useParams()
  const { data, error, refetch, dataUpdatedAt } = useLive(operatorRoutes.getOrderRecord, {
    params: { orderId },
  })
  // Kept from another order until this one is there: it is not this one.
  if (data === undefined || data.id !== orderId)
    return error === null ? <Loading /> : <Failure error={error} onRetry={() => void refetch()} />
  return (
    <Page
      title={t('order.title', { number: data.number })}
      updatedAt={dataUpdatedAt}
      aside={
        <Group gap="sm">
          <OrderStatusBadge status={data.status} />
          <Money amount={data.amount} />
        </Group>
      }
    >
      {error === null ? null : <Failure error={error} onRetry={() => void refetch()} />}
      <Notices order={data} />
      <div className={classes['columns']}>
        <Section title={t('order.timeline')} className={classes['story'] ?? ''}>
          <Timeline entries={data.timeline} />
        </Section>
        <Stack gap="md" className={classes['beside'] ?? ''}>
          <Section title={t('order.actions')}>
            <OrderActions order={data} />
          </Section>
          <Section title={t('order.payments')}>
            {data.payments.length === 0 ? t('order.noPayments') : null}
            {data.payments.map((payment) => (
              <PaymentCard key={payment.id} payment={payment} />
            ))}
          </Section>
          <Section title={t('order.facts')}>
            <OrderFacts order={data} />
          </Section>
        </Stack>
      </div>
    </Page>
  )
}

/** What somebody who opens the order must see first. */
function Notices({ order }: { readonly order: OrderRecord }) {
  const { t, i18n } = useTranslation()
  const { refundRequestedAt, refundDecline, payments } = order
  const time = (at: string): string => formatTime(at, i18n.language)
  const reversed = payments.flatMap(({ reversals }) => reversals)
  return (
    <>
      {reversed.length === 0 ? null : (
        <Alert color="red">{t('order.reversed', { codes: reversed.join(', ') })}</Alert>
      )}
      {order.refundProposals.some(({ state }) => state === 'awaiting') ? (
        <Alert color="yellow">
          <PageLink to="/refunds">{t('refunds.awaiting')}</PageLink>
        </Alert>
      ) : null}
      {refundDecline === null ? null : (
        <Alert color="gray">
          {t('order.refundDeclined', { time: time(refundDecline.at), reason: refundDecline.reason })}
        </Alert>
      )}
      {refundRequestedAt === null || refundDecline !== null ? null : (
        <Alert color="yellow">{t('order.refundRequested', { time: time(refundRequestedAt) })}</Alert>
      )}
    </>
  )
}

function Section({
  title,
  className,
  children,
}: {
  readonly title: string
  readonly className?: string
  readonly children: ReactNode
}) {
  return (
    <Paper component="section" withBorder p="md" className={className ?? ''} aria-label={title}>
      <Title order={2} size="h5" mb="xs">
        {title}
      </Title>
      {children}
    </Paper>
  )
}
