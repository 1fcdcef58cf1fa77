import { Alert, Badge, Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import {
  type CreatedKey,
  type KeyRecord,
  operatorRoles,
  type OperatorRole,
  operatorRoutes,
} from '@tael/contracts'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ActionButton } from '../../actions/action-button.tsx'
import { ActionDialog } from '../../actions/action-dialog.tsx'
import { oneOf } from '../../parts/filters.tsx'
import { Failure, Loading } from '../../parts/page.tsx'
import { type Column, RecordTable } from '../../parts/record-table.tsx'
import { Copyable, Time } from '../../parts/values.tsx'
import { call } from '../../server/call.ts'
import { useChange, useLive } from '../../server/live.ts'

const stateColours = { valid: 'teal', expired: 'gray', revoked: 'gray' } as const

/** The keys of operators and merchants' backends; a new one's secret is shown once. */
export function Keys() {
  const { t } = useTranslation()
  const { data, error, refetch } = useLive(operatorRoutes.listKeys, {})
  const [created, setCreated] = useState<CreatedKey>()
  const columns: readonly Column<KeyRecord>[] = [
    { label: t('keys.name'), show: ({ name }) => name },
    { label: t('keys.scopes'), show: ({ scopes }) => scopes.join(', ') },
    {
      label: t('filter.state'),
      show: ({ state }) => (
        <Badge color={stateColours[state]} variant="light" tt="none">
          {t(`keys.states.${state}`)}
        </Badge>
      ),
    },
    { label: t('orders.createdAt'), show: ({ createdAt }) => <Time at={createdAt} /> },
    { label: t('keys.expiresAt'), show: ({ expiresAt }) => <Time at={expiresAt} /> },
    {
      label: t('order.actions'),
      show: (key) =>
        key.state === 'valid' ? (
          <ActionButton
            label={t('keys.revoke')}
            dialog={(close) => <RevokeDialog of={key} onClose={close} />}
          />
        ) : null,
    },
  ]
  return (
    <Stack gap="sm">
      {created === undefined ? null : (
        <Alert color="yellow" title={t('keys.secretTitle', { name: created.name })}>
          <Stack gap="xs" align="flex-start">
            <Copyable text={created.secret} what={t('signIn.key')} />
            <Button size="xs" variant="default" onClick={() => setCreated(undefined)}>
              {t('keys.stored')}
            </Button>
          </Stack>
        </Alert>
      )}
      <Group>
        <ActionButton
          isMain
          label={t('keys.create')}
          dialog={(close) => <CreateDialog onClose={close} onCreated={setCreated} />}
        />
      </Group>
      {error === null ? null : <Failure error={error} onRetry={() => void refetch()} />}
      {data === undefined ? (
        error === null ? (
          <Loading />
        ) : null
      ) : (
        <RecordTable label={t('keys.title')} rows={data.keys} columns={columns} keyOf={({ id }) => id} />
      )}
    </Stack>
  )
}

function CreateDialog({
  onClose,
  onCreated,
}: {
  readonly onClose: () => void
  readonly onCreated: (key: CreatedKey) => void
}) {
  const { t } = useTranslation()
  const [name, setName] = useState('')
  const [role, setRole] = useState<OperatorRole>('viewer')
  const create = useChange(
    () => call(operatorRoutes.createKey, { body: { name: name.trim(), role } }),
    (key) => {
      onCreated(key)
      onClose()
    },
  )
  return (
    <ActionDialog
      title={t('keys.create')}
      submit={t('keys.create')}
      isValid={name.trim() !== ''}
      isSending={create.isPending}
      error={create.error}
      onSubmit={() => create.mutate(undefined)}
      onClose={onClose}
    >
      <TextInput
        label={t('keys.name')}
        description={t('keys.nameHint')}
        value={name}
        maxLength={80}
        required
        onChange={({ currentTarget }) => setName(currentTarget.value)}
        data-autofocus
      />
      <NativeSelect
        label={t('keys.role')}
        data={operatorRoles.map((value) => ({ value, label: t(`keys.roles.${value}`) }))}
        value={role}
        onChange={({ currentTarget }) => setRole(oneOf(operatorRoles, currentTarget.value) ?? role)}
      />
    </ActionDialog>
  )
}

function RevokeDialog({ of, onClose }: { readonly of: KeyRecord; readonly onClose: () => void }) {
  const { t } = useTranslation()
  const revoke = useChange(
    () => call(operatorRoutes.revokeKey, { params: { keyId: of.id } }),
    () => {
      notifications.show({ message: t('keys.revoked', { name: of.name }) })
      onClose()
    },
  )
  return (
    <ActionDialog
      title={t('keys.revoke')}
      submit={t('keys.revoke')}
      isGrave
      isSending={revoke.isPending}
      error={revoke.error}
      onSubmit={() => revoke.mutate(undefined)}
      onClose={onClose}
    >
      <Text>{t('keys.sure', { name: of.name })}</Text>
    </ActionDialog>
  )
}
