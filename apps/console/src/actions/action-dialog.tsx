import { Button, Group, Modal, Stack } from '@mantine/core'
import type { FormEvent, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Failure } from '../parts/page.tsx'

/** A dialog that does one thing: it is sent by its button or Enter, and says what prevented it. */
export function ActionDialog({
  title,
  submit,
  isSending,
  isValid = true,
  isGrave = false,
  error,
  onSubmit,
  onClose,
  children,
}: {
  readonly title: string
  readonly submit: string
  readonly isSending: boolean
  readonly isValid?: boolean
  /** What it does cannot be taken back. */
  readonly isGrave?: boolean
  readonly error: unknown
  readonly onSubmit: () => void
  readonly onClose: () => void
  readonly children: ReactNode
}) {
  const { t } = useTranslation()
  const send = (event: FormEvent): void => {
    event.preventDefault()
    if (isValid && !isSending) onSubmit()
  }
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t('confirm.close') }}>
      <form onSubmit={send}>
        <Stack>
          {children}
          {error === null || error === undefined ? null : <Failure error={error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('confirm.cancel')}
            </Button>
            <Button type="submit" color={isGrave ? 'red' : undefined} loading={isSending} disabled={!isValid}>
              {submit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
