import type { Route } from '@tael/contracts'
import { Button, Group, NativeSelect, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'wouter'

/** The filters of a list, kept in the address, so that it can be sent and come back to. */
export function useFilters(): {
  readonly read: (name: string) => string
  readonly write: (name: string, value: string) => void
  readonly clear: () => void
} {
  const [params, setParams] = useSearchParams()
  return {
    read: (name) => params.get(name) ?? '',
    write: (name, value) =>
      setParams((before) => {
        const after = new URLSearchParams(before)
        if (value === '') after.delete(name)
        else after.set(name, value)
        return after
      }),
    clear: () => setParams(new URLSearchParams()),
  }
}

/** The value of a filter, where it is one of these. */
export function oneOf<T extends string>(values: readonly T[], text: string): T | undefined {
  return values.find((value) => value === text)
}

/** A choice among the values of a filter, or all. */
export function ChoiceFilter<T extends string>({
  name,
  label,
  values,
  fallback,
  describe,
}: {
  readonly name: string
  readonly label: string
  readonly values: readonly T[]
  /** What is shown without a choice; without it, all. */
  readonly fallback?: T
  readonly describe: (value: T) => string
}) {
  const { t } = useTranslation()
  const { read, write } = useFilters()
  const data = [
    ...(fallback === undefined ? [{ value: '', label: t('filter.all') }] : []),
    ...values.map((value) => ({ value, label: describe(value) })),
  ]
  return (
    <NativeSelect
      label={label}
      data={data}
      value={oneOf(values, read(name)) ?? fallback ?? ''}
      onChange={({ currentTarget }) => write(name, currentTarget.value)}
    />
  )
}

/** A day from which, or before which, a list shows what was created. */
export function DayFilter({ name, label }: { readonly name: string; readonly label: string }) {
  const { read, write } = useFilters()
  return (
    <TextInput
      type="date"
      label={label}
      value={read(name)}
      onChange={({ currentTarget }) => write(name, currentTarget.value)}
    />
  )
}

/** The filters of a list, and where all of its rows can be downloaded. */
export function FilterBar({ csv, children }: { readonly csv?: string; readonly children: ReactNode }) {
  const { t } = useTranslation()
  const { clear } = useFilters()
  return (
    <Group align="flex-end" gap="sm" role="group" aria-label={t('filter.label')}>
      {children}
      <Button variant="subtle" onClick={clear}>
        {t('filter.clear')}
      </Button>
      {csv === undefined ? null : (
        <Button component="a" href={csv} download variant="default">
          {t('filter.csv')}
        </Button>
      )}
    </Group>
  )
}

/** The address of an export with the filters of its list. */
export function exportAddress(
  { path }: Route,
  query: Readonly<Record<string, string | number | undefined>>,
): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) params.set(name, String(value))
  return `${path}?${params}`
}
