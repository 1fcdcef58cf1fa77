import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { ReactNode } from 'react'

/** A button that opens the dialog of an action. The dialog is new each time. */
export function ActionButton({
  label,
  isMain = false,
  dialog,
}: {
  readonly label: string
  readonly isMain?: boolean
  readonly dialog: (close: () => void) => ReactNode
}) {
  const [isOpen, { open, close }] = useDisclosure(false)
  return (
    <>
      <Button size="xs" variant={isMain ? 'filled' : 'default'} onClick={open}>
        {label}
      </Button>
      {isOpen ? dialog(close) : null}
    </>
  )
}
