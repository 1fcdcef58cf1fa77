import { Button, Center, Group, Stack, Table, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Empty, Failure, Loading } from './page.tsx'
import classes from './record-table.module.css'

/** A column of a table. On a phone its label stands beside each value. */
export interface Column<Row> {
  readonly label: string
  readonly show: (row: Row) => ReactNode
  /** Money and numbers are aligned at their end. */
  readonly numeric?: boolean
}

/** A table on a wide screen, cards on a phone. */
export function RecordTable<Row>({
  label,
  rows,
  columns,
  keyOf,
}: {
  readonly label: string
  readonly rows: readonly Row[]
  readonly columns: readonly Column<Row>[]
  readonly keyOf: (row: Row) => string | number
}) {
  const cellOf = ({ numeric }: Column<Row>): string => (numeric === true ? (classes['numeric'] ?? '') : '')
  return (
    <Table aria-label={label} className={classes['table'] ?? ''} verticalSpacing="xs" highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          {columns.map((column) => (
            <Table.Th key={column.label} scope="col" className={cellOf(column)}>
              {column.label}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row) => (
          <Table.Tr key={keyOf(row)}>
            {columns.map((column) => (
              <Table.Td key={column.label} data-label={column.label} className={cellOf(column)}>
                {column.show(row)}
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

/** What a list's query has come to. */
interface ListState<Row> {
  readonly rows: readonly Row[] | undefined
  readonly error: unknown
  readonly refetch: () => unknown
  readonly pages: number
  readonly hasMore: boolean
  readonly isLoadingMore: boolean
  readonly showMore: () => unknown
}

/** A list in each of its states: loading, failed, empty, with rows and with more of them. */
export function RecordList<Row>({
  list,
  none,
  noneHint,
  ...table
}: {
  readonly list: ListState<Row>
  readonly label: string
  readonly columns: readonly Column<Row>[]
  readonly keyOf: (row: Row) => string | number
  readonly none: string
  readonly noneHint: string
}) {
  const { t } = useTranslation()
  const { rows, error, refetch, pages } = list
  if (rows === undefined) return error === null ? <Loading /> : <Failure error={error} onRetry={refetch} />
  return (
    <Stack gap="sm">
      {error === null ? null : <Failure error={error} onRetry={refetch} />}
      {rows.length === 0 ? <Empty title={none} hint={noneHint} /> : <RecordTable {...table} rows={rows} />}
      {pages > 1 ? (
        <Group gap="xs">
          <Text size="xs" c="dimmed">
            {t('state.pausedLive')}
          </Text>
          <Button size="compact-xs" variant="default" onClick={() => void refetch()}>
            {t('state.reload')}
          </Button>
        </Group>
      ) : null}
      {list.hasMore ? (
        <Center>
          <Button variant="default" loading={list.isLoadingMore} onClick={() => void list.showMore()}>
            {t('state.more')}
          </Button>
        </Center>
      ) : null}
    </Stack>
  )
}
