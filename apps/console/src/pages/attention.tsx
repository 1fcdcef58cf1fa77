import { Badge, Button, Group, Paper, Stack, Text } from '@mantine/core'
import { type AttentionItem, attentionKinds, operatorRoutes } from '@tael/contracts'
import { useTranslation } from 'react-i18next'
import { ActionButton } from '../actions/action-button.tsx'
import { HandleDialog, NoteItemDialog, ResendDialog } from '../actions/note-dialogs.tsx'
import { ChoiceFilter, FilterBar, oneOf, useFilters } from '../parts/filters.tsx'
import { PageLink } from '../parts/link.tsx'
import { Empty, Failure, Loading, Page } from '../parts/page.tsx'
import { Money, Time } from '../parts/values.tsx'
import { call } from '../server/call.ts'
import { useChange, useLive } from '../server/live.ts'
import { useMay, useSession } from '../server/session.tsx'
import classes from './attention.module.css'

/** What needs attention, gravest first, with what can be done beside it. */
export default function AttentionPage() {
  const { t } = useTranslation()
  const { read } = useFilters()
  const kind = oneOf(attentionKinds, read('kind'))
  const { data, error, refetch, dataUpdatedAt } = useLive(operatorRoutes.listAttention, { query: { kind } })
  if (data === undefined)
    return error === null ? <Loading /> : <Failure error={error} onRetry={() => void refetch()} />
  return (
    <Page title={t('attention.title')} updatedAt={dataUpdatedAt}>
      <FilterBar>
        <ChoiceFilter
          name="kind"
          label={t('filter.kind')}
          values={attentionKinds}
          describe={(each) => {
            const [open, overdue] = [data.counts[each] ?? 0, data.overdue[each] ?? 0]
            const count = overdue > 0 ? t('attention.openAndOverdue', { open, overdue }) : open
            return `${t(`attention.kinds.${each}`)} (${count})`
          }}
        />
      </FilterBar>
      {error === null ? null : <Failure error={error} onRetry={() => void refetch()} />}
      {data.items.length === 0 ? <Empty title={t('attention.none')} hint={t('attention.noneHint')} /> : null}
      <Stack component="ul" gap="sm" p={0} m={0}>
        {data.items.map((item) => (
          <Item key={`${item.kind} ${item.subject}`} item={item} readAt={dataUpdatedAt} />
        ))}
      </Stack>
    </Page>
  )
}

function Item({ item, readAt }: { readonly item: AttentionItem; readonly readAt: number }) {
  const { t } = useTranslation()
  const { kind, since, dueAt, reason, others, amount, owner, notes } = item
  const isOverdue = Date.parse(dueAt) < readAt
  return (
    <Paper component="li" withBorder p="sm" className={classes['item'] ?? ''}>
      <Group justify="space-between" align="flex-start" gap="sm">
        <Stack gap={4} className={classes['text'] ?? ''}>
          <Group gap="xs">
            <Badge color="red" variant="light" tt="none">
              {t(`attention.kinds.${kind}`)}
            </Badge>
            {amount === null ? null : <Money amount={amount} />}
            <Text size="xs" c="dimmed">
              {t('attention.since')} <Time at={since} />
            </Text>
            <Text size="xs" fw={isOverdue ? 700 : 400}>
              {t(isOverdue ? 'attention.overdue' : 'attention.due')} <Time at={dueAt} />
            </Text>
            {others > 0 ? <Text size="xs">{t('attention.others', { count: others })}</Text> : null}
          </Group>
          <Text size="sm">{t(`attention.whatToDo.${kind}`)}</Text>
          {/* The server's and Adyen's words, in English. */}
          <Text size="xs" c="dimmed" lang="en">
            {reason}
          </Text>
          {owner === null ? null : <Text size="xs">{t('attention.owner', { name: owner.name })}</Text>}
          {notes.map(({ at, by, note }) => (
            <Text key={at} size="xs" c="dimmed">
              {by.name}, <Time at={at} />: {note}
            </Text>
          ))}
          <Subject item={item} />
        </Stack>
        <ItemActions item={item} />
      </Group>
    </Paper>
  )
}

function ItemActions({ item }: { readonly item: AttentionItem }) {
  const { t } = useTranslation()
  const { operator } = useSession()
  const mayHandle = useMay('attention:write')
  const mayRefund = useMay('refunds:write')
  const { kind, subject, since, owner } = item
  const isMine = owner?.id === operator.id
  const assign = useChange(
    () =>
      call(operatorRoutes.assignAttention, { body: { kind, subject, since, owner: isMine ? null : 'me' } }),
    () => undefined,
  )
  if (!mayHandle) return null
  const resend = item.actions.find((action) => action.route === 'resendRefund')
  return (
    <Stack gap="xs" align="flex-end">
      <Group gap="xs">
        {resend !== undefined && mayRefund ? (
          <ActionButton
            isMain
            label={t('resend.action')}
            dialog={(close) => <ResendDialog refundId={resend.params.refundId} onClose={close} />}
          />
        ) : null}
        <Button
          size="xs"
          variant="default"
          loading={assign.isPending}
          onClick={() => assign.mutate(undefined)}
        >
          {t(isMine ? 'attention.release' : 'attention.take')}
        </Button>
        <ActionButton
          label={t('attention.addNote')}
          dialog={(close) => <NoteItemDialog item={item} onClose={close} />}
        />
        <ActionButton
          label={t('attention.handle')}
          dialog={(close) => <HandleDialog item={item} onClose={close} />}
        />
      </Group>
      {assign.error === null ? null : <Failure error={assign.error} />}
    </Stack>
  )
}

/** Where an item leads: its webhook item, its report, the refunds to confirm, or its order, where the actions are. */
function Subject({ item: { kind, subject, orderId } }: { readonly item: AttentionItem }) {
  const { t } = useTranslation()
  const [to, text] =
    kind === 'webhook'
      ? [`/webhooks/${subject}`, t('attention.toWebhook')]
      : kind === 'refund_proposed'
        ? ['/refunds', t('attention.toRefunds')]
        : kind === 'settlement_difference'
          ? [`/settlement/${subject}`, t('attention.toSettlement')]
          : [orderId === null ? undefined : `/orders/${orderId}`, t('attention.toOrder')]
  if (to === undefined) return null
  return (
    <Text size="sm">
      <PageLink to={to}>{text}</PageLink>
    </Text>
  )
}
