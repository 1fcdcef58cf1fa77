import { Alert, Button, Center, Group, Loader, Stack, Text, Title } from '@mantine/core'
import { ContractError, NoAnswerError, ProblemError } from '@tael/contracts'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { en, type Texts } from '../texts/en.ts'
import { Updated } from './updated.tsx'

/** A page: its title, what stands beside it, and its content. */
export function Page({
  title,
  aside,
  updatedAt,
  children,
}: {
  readonly title: ReactNode
  readonly aside?: ReactNode
  /** When what is shown was read, in milliseconds; 0 before. */
  readonly updatedAt?: number
  readonly children: ReactNode
}) {
  return (
    <Stack gap="md">
      <Group justify="space-between" align="center" gap="sm">
        <Title order={1} size="h3">
          {title}
        </Title>
        {updatedAt === undefined ? null : <Updated at={updatedAt} />}
        {aside}
      </Group>
      {children}
    </Stack>
  )
}

/** What is shown while something is read for the first time. */
export function Loading() {
  const { t } = useTranslation()
  return (
    <Center mih={160} role="status" aria-label={t('state.loading')}>
      <Loader type="dots" />
    </Center>
  )
}

const isKnown = (code: string): code is keyof Texts['problems'] => Object.hasOwn(en.problems, code)

/** What a failure means, in the viewer's language; the server's own words are English. */
export function useFailureText(): (error: unknown) => string {
  const { t, i18n } = useTranslation()
  return (error) => {
    if (error instanceof NoAnswerError) return t('state.noAnswer')
    if (error instanceof ContractError) return t('state.wrongAnswer')
    if (!(error instanceof ProblemError)) return t('state.failed')
    const { code, detail, requestId } = error.problem
    if (!isKnown(code)) return detail
    const text = t(`problems.${code}`, { id: requestId })
    return i18n.language === 'en' && code !== 'internal_error' ? `${text} ${detail}` : text
  }
}

/** That something could not be read or done, why, and the way on. */
export function Failure({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  const { t } = useTranslation()
  const textOf = useFailureText()
  return (
    <Alert color="red" role="alert" title={t('state.failed')}>
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{textOf(error)}</Text>
        {onRetry === undefined ? null : (
          <Button size="xs" variant="default" onClick={onRetry}>
            {t('state.retry')}
          </Button>
        )}
      </Stack>
    </Alert>
  )
}

/** That there is nothing, and what that means. */
export function Empty({ title, hint }: { readonly title: string; readonly hint: string }) {
  return (
    <Center mih={160}>
      <Stack gap={4} align="center" maw={520}>
        <Text fw={600}>{title}</Text>
        <Text size="sm" c="dimmed" ta="center">
          {hint}
        </Text>
      </Stack>
    </Center>
  )
}
