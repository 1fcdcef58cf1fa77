import { Alert, Button, Code, Group, Stack, Text, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { operatorRoutes, type WebhookRecordInFull } from '@tael/contracts'
import { useTranslation } from 'react-i18next'
import { useParams } from 'wouter'
import { Facts } from '../parts/facts.tsx'
import { PageLink } from '../parts/link.tsx'
import { Failure, Loading, Page } from '../parts/page.tsx'
import { WebhookStateBadge } from '../parts/status.tsx'
import { Absent, Copyable, Time } from '../parts/values.tsx'
import { call } from '../server/call.ts'
import { useChange, useLive } from '../server/live.ts'
import { useMay } from '../server/session.tsx'

/** One item of the inbox, with what Adyen sent, and its replay. */
export default function WebhookPage() {
  const { t } = useTranslation()
  const webhookId = Number(useParams()['webhookId'])
  const { data, error, refetch, dataUpdatedAt } = useLive(operatorRoutes.getWebhook, {
    params: { webhookId },
  })
  const mayReplay = useMay('webhooks:replay')
  if (data === undefined)
    return error === null ? <Loading /> : <Failure error={error} onRetry={() => void refetch()} />
  return (
    <Page title={t('webhooks.item', { id: data.id })} updatedAt={dataUpdatedAt}>
      <Stack>
        {data.attention === null ? null : (
          <Alert color="red" title={t('webhooks.attention')}>
            {data.attention}
          </Alert>
        )}
        <ItemFacts item={data} />
        {mayReplay ? <Replay webhookId={webhookId} /> : null}
        <Title order={2} size="h5">
          {t('webhooks.values')}
        </Title>
        <Code block tabIndex={0}>
          {JSON.stringify(data.item, null, 2)}
        </Code>
      </Stack>
    </Page>
  )
}

function ItemFacts({ item }: { readonly item: WebhookRecordInFull }) {
  const { t } = useTranslation()
  const { merchantReference, pspReference, success } = item
  return (
    <Facts
      facts={[
        [t('webhooks.event'), item.eventCode],
        [t('webhooks.state'), <WebhookStateBadge state={item.state} />],
        [
          t('webhooks.success'),
          success === null ? (
            <Absent text={t('state.none')} />
          ) : (
            t(`webhooks.successes.${success ? 'yes' : 'no'}`)
          ),
        ],
        [t('webhooks.pspReference'), <Copyable text={pspReference} what={t('webhooks.pspReference')} />],
        [
          t('webhooks.merchantReference'),
          merchantReference === '' ? (
            <Absent text={t('state.none')} />
          ) : (
            <Group gap="xs">
              <Copyable text={merchantReference} what={t('webhooks.merchantReference')} />
              <PageLink to={`/search?q=${encodeURIComponent(merchantReference)}`}>
                {t('webhooks.findOrder')}
              </PageLink>
            </Group>
          ),
        ],
        [t('webhooks.eventAt'), <Time at={item.eventAt} />],
        [t('webhooks.receivedAt'), <Time at={item.receivedAt} />],
        [t('webhooks.deliveries'), item.deliveries],
      ]}
    />
  )
}

function Replay({ webhookId }: { readonly webhookId: number }) {
  const { t } = useTranslation()
  const replay = useChange(
    () => call(operatorRoutes.replayWebhook, { params: { webhookId } }),
    ({ state }) =>
      notifications.show({ message: t('webhooks.replayed', { state: t(`webhooks.states.${state}`) }) }),
  )
  return (
    <Stack gap="xs" align="flex-start">
      <Group>
        <Button variant="default" loading={replay.isPending} onClick={() => replay.mutate(undefined)}>
          {t('webhooks.replay')}
        </Button>
        <Text size="sm" c="dimmed">
          {t('webhooks.replayHint')}
        </Text>
      </Group>
      {replay.error === null ? null : <Failure error={replay.error} />}
    </Stack>
  )
}
