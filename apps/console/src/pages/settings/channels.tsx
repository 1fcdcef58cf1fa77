import { Badge, Button, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { type NotificationChannel, type NotificationRecord, operatorRoutes } from '@tael/contracts'
import { useTranslation } from 'react-i18next'
import { Failure, Loading } from '../../parts/page.tsx'
import { type Column, RecordTable } from '../../parts/record-table.tsx'
import { Time } from '../../parts/values.tsx'
import { call } from '../../server/call.ts'
import { useChange, useLive } from '../../server/live.ts'
import { useMay } from '../../server/session.tsx'

const stateColours = { waiting: 'yellow', sent: 'teal', failed: 'red' } as const

/** Where notifications go, whether they arrive, and the newest of them. */
export function Channels() {
  const { t } = useTranslation()
  const { data, error, refetch } = useLive(operatorRoutes.listNotifications, { query: { limit: 10 } })
  const mayTest = useMay('notifications:test')
  if (data === undefined)
    return error === null ? <Loading /> : <Failure error={error} onRetry={() => void refetch()} />
  const channels: readonly Column<NotificationChannel>[] = [
    { label: t('notifications.channel'), show: ({ name, type }) => `${name} (${type})` },
    { label: t('notifications.sentAt'), show: ({ sentAt }) => <Time at={sentAt} /> },
    { label: t('notifications.failedAt'), show: ({ failedAt }) => <Time at={failedAt} /> },
    { label: t('notifications.failure'), show: ({ failure }) => failure ?? t('state.none') },
    ...(mayTest
      ? [{ label: t('order.actions'), show: ({ name }: NotificationChannel) => <Test channel={name} /> }]
      : []),
  ]
  const sent: readonly Column<NotificationRecord>[] = [
    { label: t('audit.at'), show: ({ createdAt }) => <Time at={createdAt} /> },
    { label: t('notifications.what'), show: ({ title }) => title },
    { label: t('notifications.channel'), show: ({ channel }) => channel },
    {
      label: t('filter.state'),
      show: ({ state }) => (
        <Badge color={stateColours[state]} variant="light" tt="none">
          {t(`notifications.states.${state}`)}
        </Badge>
      ),
    },
  ]
  if (data.channels.length === 0) return <Text size="sm">{t('notifications.none')}</Text>
  return (
    <Stack gap="md">
      <RecordTable
        label={t('notifications.title')}
        rows={data.channels}
        columns={channels}
        keyOf={({ name }) => name}
      />
      <RecordTable
        label={t('notifications.newest')}
        rows={data.notifications}
        columns={sent}
        keyOf={({ id }) => id}
      />
    </Stack>
  )
}

function Test({ channel }: { readonly channel: string }) {
  const { t } = useTranslation()
  const test = useChange(
    () => call(operatorRoutes.testNotification, { body: { channel } }),
    ({ state }) =>
      notifications.show({
        message: t('notifications.tested', { channel, state: t(`notifications.states.${state}`) }),
      }),
  )
  return (
    <Stack gap="xs">
      <Button size="xs" variant="default" loading={test.isPending} onClick={() => test.mutate(undefined)}>
        {t('notifications.test')}
      </Button>
      {test.error === null ? null : <Failure error={test.error} />}
    </Stack>
  )
}
