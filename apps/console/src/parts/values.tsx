import { ActionIcon, Code, CopyButton, Group, Text, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import type { Amount } from '@tael/contracts'
import { useTranslation } from 'react-i18next'
import { describeMoney } from '../format/money.ts'
import { formatTime } from '../format/time.ts'
import classes from './values.module.css'

export function Money({ amount }: { readonly amount: Amount }) {
  return <span className={classes['money']}>{describeMoney(amount)}</span>
}

/** A moment in the viewer's zone, which the header names. Null is said to be none. */
export function Time({ at }: { readonly at: string | null }) {
  const { t, i18n } = useTranslation()
  if (at === null) return <Absent text={t('state.none')} />
  return (
    <time dateTime={at} className={classes['time']}>
      {formatTime(at, i18n.language)}
    </time>
  )
}

/** What there is none of, or what is not known, in words. */
export function Absent({ text }: { readonly text: string }) {
  return (
    <Text span c="dimmed" inherit>
      {text}
    </Text>
  )
}

/** An id or reference, whole, with a button that copies it. `what` names it for screen readers. */
export function Copyable({ text, what }: { readonly text: string; readonly what: string }) {
  const { t } = useTranslation()
  return (
    <Group gap={4} wrap="nowrap" className={classes['copyable'] ?? ''}>
      <Code className={classes['reference'] ?? ''}>{text}</Code>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? t('copy.copied') : t('copy.copy', { what })}>
            <ActionIcon size="sm" variant="subtle" onClick={copy} aria-label={t('copy.copy', { what })}>
              {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </Group>
  )
}
