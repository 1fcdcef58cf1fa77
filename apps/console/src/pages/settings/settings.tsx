import { Paper, Stack, Title } from '@mantine/core'
import { operatorRoutes, type Settings } from '@tael/contracts'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Facts } from '../../parts/facts.tsx'
import { Failure, Loading, Page } from '../../parts/page.tsx'
import { useLive } from '../../server/live.ts'
import { useMay } from '../../server/session.tsx'
import { Channels } from './channels.tsx'
import { Keys } from './keys.tsx'

/** What the server is configured to do, without any secret, and the keys of operators. */
export default function SettingsPage() {
  const { t } = useTranslation()
  const { data, error, refetch, dataUpdatedAt } = useLive(operatorRoutes.getSettings, {})
  const mayKeys = useMay('keys:write')
  return (
    <Page title={t('settings.title')} updatedAt={dataUpdatedAt}>
      {error === null ? null : <Failure error={error} onRetry={() => void refetch()} />}
      <Stack gap="md">
        {data === undefined ? error === null ? <Loading /> : null : <Configured settings={data} />}
        <Section title={t('notifications.title')}>
          <Channels />
        </Section>
        {mayKeys ? (
          <Section title={t('keys.title')}>
            <Keys />
          </Section>
        ) : null}
      </Stack>
    </Page>
  )
}

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Paper component="section" withBorder p="md" aria-label={title}>
      <Title order={2} size="h5" mb="xs">
        {title}
      </Title>
      {children}
    </Paper>
  )
}

function Configured({
  settings: { adyen, weChat, shop, merchant, ...process },
}: {
  readonly settings: Settings
}) {
  const { t } = useTranslation()
  const yes = (is: boolean): string => t(is ? 'settings.yes' : 'settings.no')
  const minutes = (seconds: number): string => t('settings.minutes', { count: Math.round(seconds / 60) })
  return (
    <>
      <Section title="Adyen">
        <Facts
          facts={[
            [t('settings.environment'), t(adyen.environment === 'live' ? 'app.live' : 'app.test')],
            [t('settings.merchantAccount'), adyen.merchantAccount],
            [t('settings.apiVersion'), adyen.apiVersion],
            [t('settings.hmacKeys'), adyen.webhookHmacKeys],
            [t('settings.transactionIdField'), adyen.transactionIdField ?? t('settings.no')],
          ]}
        />
      </Section>
      <Section title={t('timeline.lanes.wechat')}>
        <Facts
          facts={[
            ['AppID', weChat.appId],
            [t('settings.paidMessage'), yes(weChat.paidMessage)],
            [t('settings.shippingUpload'), weChat.shippingUpload],
          ]}
        />
      </Section>
      <Section title={t('timeline.lanes.shop')}>
        <Facts
          facts={[
            [t('settings.sells'), yes(shop.sells)],
            [t('settings.currency'), shop.currency],
            [t('settings.country'), shop.country],
            [t('settings.delivers'), yes(shop.delivers)],
            [t('settings.orderLifetime'), minutes(shop.orderLifetimeSeconds)],
            [t('settings.holdGrace'), minutes(shop.holdGraceSeconds)],
            [t('settings.lateMoney'), t(`settings.lateMoneys.${merchant.lateMoney}`)],
            [t('settings.merchantWebhook'), yes(merchant.webhook)],
          ]}
        />
      </Section>
      <Section title={t('settings.process')}>
        <Facts
          facts={[
            [t('settings.version'), process.version],
            [t('settings.schema'), process.schema],
            [t('settings.database'), process.database],
          ]}
        />
      </Section>
    </>
  )
}
