import { Alert, Button, FileButton, Group, Stack } from '@mantine/core'
import { operatorRoutes, REPORT_BYTES_MAX, type Settlement, type SettlementSummary } from '@tael/contracts'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import { PageLink } from '../../parts/link.tsx'
import { Failure, Page } from '../../parts/page.tsx'
import { type Column, RecordList } from '../../parts/record-table.tsx'
import { Absent, Time } from '../../parts/values.tsx'
import { call } from '../../server/call.ts'
import { listState } from '../../server/list-state.ts'
import { useChange, useLiveList } from '../../server/live.ts'
import { useMay } from '../../server/session.tsx'

/** A report of a busy month is long, and is compared before the answer. */
const UPLOAD_TIMEOUT_MS = 55_000

/** The kept results of Adyen's settlement reports, newest first, and the upload of another. */
export default function SettlementsPage() {
  const { t } = useTranslation()
  const mayKeep = useMay('settlement:write')
  const list = useLiveList(operatorRoutes.listSettlements, {}, (before) =>
    call(operatorRoutes.listSettlements, { query: { before } }),
  )
  const columns: readonly Column<SettlementSummary>[] = [
    {
      label: t('settlement.report'),
      show: ({ id, report }) => <PageLink to={`/settlement/${id}`}>{report.name}</PageLink>,
    },
    {
      label: t('settlement.batch'),
      show: ({ report }) => report.batch ?? <Absent text={t('state.unknown')} />,
    },
    { label: t('settlement.comparedAt'), show: ({ comparedAt }) => <Time at={comparedAt} /> },
    { label: t('settlement.differences'), numeric: true, show: ({ differences }) => differences },
    { label: t('settlement.open'), numeric: true, show: ({ open }) => open },
    {
      label: t('settlement.added'),
      numeric: true,
      show: ({ added }) => added ?? <Absent text={t('state.none')} />,
    },
  ]
  return (
    <Page title={t('settlement.title')} updatedAt={list.dataUpdatedAt}>
      {mayKeep ? <Upload /> : null}
      <RecordList
        list={listState(list, ({ settlements }) => settlements)}
        label={t('settlement.title')}
        columns={columns}
        keyOf={({ id }) => id}
        none={t('settlement.none')}
        noneHint={t('settlement.noneHint')}
      />
    </Page>
  )
}

function Upload() {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const [isTooLarge, setTooLarge] = useState(false)
  const upload = useChange<File, Settlement>(
    async (file) =>
      call(
        operatorRoutes.keepSettlement,
        { query: { name: file.name }, body: await file.text() },
        { timeoutMs: UPLOAD_TIMEOUT_MS },
      ),
    ({ id }) => navigate(`/settlement/${id}`),
  )
  const choose = (file: File | null): void => {
    setTooLarge(file !== null && file.size > REPORT_BYTES_MAX)
    if (file !== null && file.size <= REPORT_BYTES_MAX) upload.mutate(file)
  }
  return (
    <Stack gap="xs">
      <Group>
        <FileButton onChange={choose} accept=".csv,text/csv">
          {(props) => (
            <Button {...props} loading={upload.isPending}>
              {t('settlement.upload')}
            </Button>
          )}
        </FileButton>
      </Group>
      {isTooLarge ? <Alert color="red">{t('settlement.tooLarge')}</Alert> : null}
      {upload.error === null ? null : <Failure error={upload.error} />}
    </Stack>
  )
}
