import { Alert, Button, Center, Divider, Group, Paper, PasswordInput, Stack, Title } from '@mantine/core'
import { consoleRoutes } from '@tael/contracts'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFailureText } from '../parts/page.tsx'
import { call } from '../server/call.ts'
import { useSessionContext } from '../server/session.tsx'
import type { Texts } from '../texts/en.ts'
import { DisplayMenu } from './display-menu.tsx'

/** Why the identity provider's sign-in did not lead here signed in, as its address says. */
function openIdFailure(): keyof Texts['signIn']['failures'] | undefined {
  const failures = ['unavailable', 'expired', 'failed', 'no_role'] as const
  const named = /^#sign-in=(\w+)$/.exec(window.location.hash)?.[1]
  return failures.find((failure) => failure === named)
}

/** What anyone sees who is not signed in. */
export function SignIn({ hasEnded }: { readonly hasEnded: boolean }) {
  const { t } = useTranslation()
  const methods = useQuery({
    queryKey: [consoleRoutes.getSignInMethods.path],
    queryFn: () => call(consoleRoutes.getSignInMethods, {}),
  })
  const failure = openIdFailure()
  return (
    <Center component="main" mih="100dvh" p="md">
      <Paper withBorder p="xl" w="100%" maw={420}>
        <Stack>
          <Group justify="space-between" wrap="nowrap">
            <Title order={1} size="h3">
              {t('app.name')}
            </Title>
            <DisplayMenu />
          </Group>
          {hasEnded ? <Alert color="yellow">{t('signIn.ended')}</Alert> : null}
          {failure === undefined ? null : <Alert color="red">{t(`signIn.failures.${failure}`)}</Alert>}
          {methods.data?.openIdConnect === true ? (
            <>
              <Button component="a" href="/console/openid">
                {t('signIn.openId')}
              </Button>
              <Divider label={t('signIn.or')} />
            </>
          ) : null}
          <KeyForm />
        </Stack>
      </Paper>
    </Center>
  )
}

function KeyForm() {
  const { t } = useTranslation()
  const { signIn } = useSessionContext()
  const textOf = useFailureText()
  const [key, setKey] = useState('')
  const [error, setError] = useState<string>()
  const [isSending, setSending] = useState(false)
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setSending(true)
    setError(undefined)
    await signIn(key.trim()).catch((failure: unknown) => setError(textOf(failure)))
    setSending(false)
  }
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack>
        <PasswordInput
          label={t('signIn.key')}
          description={t('signIn.keyHint')}
          error={error}
          value={key}
          onChange={({ currentTarget }) => setKey(currentTarget.value)}
          autoComplete="current-password"
          required
          autoFocus
        />
        <Button type="submit" loading={isSending}>
          {t('signIn.submit')}
        </Button>
      </Stack>
    </form>
  )
}
