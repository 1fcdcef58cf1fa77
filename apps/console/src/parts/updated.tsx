import { Text } from '@mantine/core'
import { useNetwork } from '@mantine/hooks'
import { useTranslation } from 'react-i18next'
import { formatTimeOfDay } from '../format/time.ts'

/** When what is shown was read, and whether the browser is offline since. It is not announced each time. */
export function Updated({ at }: { readonly at: number }) {
  const { t, i18n } = useTranslation()
  const { online } = useNetwork()
  const time = at === 0 ? undefined : formatTimeOfDay(new Date(at), i18n.language)
  if (online) {
    return (
      <Text size="xs" c="dimmed">
        {time === undefined ? '' : t('live.updated', { time })}
      </Text>
    )
  }
  return (
    <Text size="xs" role="status" fw={600}>
      {time === undefined ? t('live.never') : t('live.offline', { time })}
    </Text>
  )
}
