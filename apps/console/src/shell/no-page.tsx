import { Stack } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { PageLink } from '../parts/link.tsx'
import { Page } from '../parts/page.tsx'

export function NoPage() {
  const { t } = useTranslation()
  return (
    <Page title={t('state.noPage')}>
      <Stack align="flex-start">
        <PageLink to="/">{t('state.toOverview')}</PageLink>
      </Stack>
    </Page>
  )
}
