import { Text, Textarea } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { type AttentionItem, operatorRoutes } from '@tael/contracts'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../server/call.ts'
import { useChange } from '../server/live.ts'
import { ActionDialog } from './action-dialog.tsx'

const NOTE_MAX = 500
const DECLINE_REASON_MAX = 200

/** A dialog that asks for a text and sends it. */
function NoteDialog({
  title,
  label,
  hint,
  submit,
  max,
  send,
  done,
  onClose,
}: {
  readonly title: string
  readonly label: string
  readonly hint: string
  readonly submit: string
  readonly max: number
  readonly send: (note: string) => Promise<unknown>
  readonly done: string
  readonly onClose: () => void
}) {
  const [note, setNote] = useState('')
  const change = useChange(send, () => {
    notifications.show({ message: done })
    onClose()
  })
  return (
    <ActionDialog
      title={title}
      submit={submit}
      isValid={note.trim() !== ''}
      isSending={change.isPending}
      error={change.error}
      onSubmit={() => change.mutate(note.trim())}
      onClose={onClose}
    >
      <Text size="sm" c="dimmed">
        {hint}
      </Text>
      <Textarea
        label={label}
        value={note}
        maxLength={max}
        autosize
        minRows={3}
        required
        onChange={({ currentTarget }) => setNote(currentTarget.value)}
        data-autofocus
      />
    </ActionDialog>
  )
}

interface Closing {
  readonly onClose: () => void
}

/** Declines the refund that the shopper of an order requested. */
export function DeclineDialog({ orderId, onClose }: Closing & { readonly orderId: string }) {
  const { t } = useTranslation()
  return (
    <NoteDialog
      title={t('decline.title')}
      label={t('decline.reason')}
      hint={t('decline.reasonHint')}
      submit={t('decline.submit')}
      max={DECLINE_REASON_MAX}
      send={(reason) => call(operatorRoutes.declineRefund, { params: { orderId }, body: { reason } })}
      done={t('decline.done')}
      onClose={onClose}
    />
  )
}

/** Sends a refund to Adyen again that Adyen did not take. */
export function ResendDialog({ refundId, onClose }: Closing & { readonly refundId: string }) {
  const { t } = useTranslation()
  const [idempotencyKey] = useState(() => crypto.randomUUID())
  return (
    <NoteDialog
      title={t('resend.title')}
      label={t('resend.note')}
      hint={t('resend.hint')}
      submit={t('resend.submit')}
      max={NOTE_MAX}
      send={(note) =>
        call(operatorRoutes.resendRefund, { params: { refundId }, body: { note }, idempotencyKey })
      }
      done={t('resend.done')}
      onClose={onClose}
    />
  )
}

/** Marks an item as handled, with what was done. */
export function HandleDialog({ item, onClose }: Closing & { readonly item: AttentionItem }) {
  const { t } = useTranslation()
  const { kind, subject, since } = item
  return (
    <NoteDialog
      title={t('attention.handleTitle')}
      label={t('attention.note')}
      hint={t('attention.handleHint')}
      submit={t('attention.handle')}
      max={NOTE_MAX}
      send={(note) => call(operatorRoutes.handleAttention, { body: { kind, subject, since, note } })}
      done={t('attention.handled')}
      onClose={onClose}
    />
  )
}

/** Marks a difference of a settlement report as handled, in every result of its batch. */
export function DifferenceDialog({
  settlementId,
  number,
  onClose,
}: Closing & { readonly settlementId: string; readonly number: number }) {
  const { t } = useTranslation()
  return (
    <NoteDialog
      title={t('attention.handleTitle')}
      label={t('attention.note')}
      hint={t('settlement.handleHint')}
      submit={t('attention.handle')}
      max={NOTE_MAX}
      send={(note) =>
        call(operatorRoutes.handleDifference, { params: { settlementId, number }, body: { note } })
      }
      done={t('attention.handled')}
      onClose={onClose}
    />
  )
}

/** Rejects a refund that another operator proposed, or one's own. */
export function RejectDialog({ refundId, onClose }: Closing & { readonly refundId: string }) {
  const { t } = useTranslation()
  return (
    <NoteDialog
      title={t('refunds.reject')}
      label={t('refunds.rejectNote')}
      hint={t('refunds.rejectHint')}
      submit={t('refunds.reject')}
      max={NOTE_MAX}
      send={(note) => call(operatorRoutes.rejectRefund, { params: { refundId }, body: { note } })}
      done={t('refunds.rejected')}
      onClose={onClose}
    />
  )
}

/** Adds a note to an item, which stays open. */
export function NoteItemDialog({ item, onClose }: Closing & { readonly item: AttentionItem }) {
  const { t } = useTranslation()
  const { kind, subject, since } = item
  return (
    <NoteDialog
      title={t('attention.addNote')}
      label={t('attention.noteLabel')}
      hint={t('attention.addNoteHint')}
      submit={t('attention.addNote')}
      max={NOTE_MAX}
      send={(note) => call(operatorRoutes.noteAttention, { body: { kind, subject, since, note } })}
      done={t('attention.noted')}
      onClose={onClose}
    />
  )
}
