import { Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { operatorRoutes, type RefundProposal } from '@tael/contracts'
import { useTranslation } from 'react-i18next'
import { describeMoney } from '../format/money.ts'
import { call } from '../server/call.ts'
import { useChange } from '../server/live.ts'
import { ActionDialog } from './action-dialog.tsx'

/** Confirms a refund that another operator proposed; only then money moves. */
export function ConfirmRefundDialog({
  proposal,
  onClose,
}: {
  readonly proposal: RefundProposal
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const { refundId, orderNumber: number, proposedBy } = proposal
  const amount = describeMoney(proposal.amount)
  const confirm = useChange(
    () => call(operatorRoutes.confirmRefund, { params: { refundId } }),
    () => {
      notifications.show({ message: t('refund.done', { amount }) })
      onClose()
    },
  )
  return (
    <ActionDialog
      title={t('refunds.confirm')}
      submit={t('refund.submit', { amount })}
      isGrave
      isSending={confirm.isPending}
      error={confirm.error}
      onSubmit={() => confirm.mutate(undefined)}
      onClose={onClose}
    >
      <Text fw={600}>{t('refund.sure', { amount, number })}</Text>
      <Text size="sm">{t('refunds.proposedBy', { name: proposedBy.name })}</Text>
      <Text size="sm" c="dimmed">
        {t('refund.sureHint')}
      </Text>
    </ActionDialog>
  )
}
