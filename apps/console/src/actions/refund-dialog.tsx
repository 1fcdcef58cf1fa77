import { NativeSelect, Text, Textarea, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import {
  type Amount,
  type ChosenRefundReason,
  chosenRefundReasons,
  formatAmount,
  operatorRoutes,
} from '@tael/contracts'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { describeMoney, fromMajorUnits, toMajorUnits } from '../format/money.ts'
import { oneOf } from '../parts/filters.tsx'
import { call } from '../server/call.ts'
import { useChange } from '../server/live.ts'
import { ActionDialog } from './action-dialog.tsx'

const NOTE_MAX = 500

/** What an operator enters for a refund. */
interface Entered {
  readonly text: string
  readonly reason: ChosenRefundReason
  readonly note: string
}

/** Refunds a payment, all that is left of it or less, in two steps: the second repeats the amount. */
export function RefundDialog({
  paymentId,
  orderNumber: number,
  refundable,
  onClose,
}: {
  readonly paymentId: string
  readonly orderNumber: string
  readonly refundable: Amount
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const [entered, setEntered] = useState<Entered>({
    text: toMajorUnits(refundable),
    reason: 'requested_by_shopper',
    note: '',
  })
  const [isReviewed, setReviewed] = useState(false)
  // One key for this dialog: a repeated click, or one after a lost answer, refunds once.
  const [idempotencyKey] = useState(() => crypto.randomUUID())
  const amount = amountWithin(entered.text, refundable)
  const note = entered.note.trim()
  const refund = useChange(
    (money: Amount) =>
      call(operatorRoutes.createRefund, {
        params: { paymentId },
        body: { amount: money, reason: entered.reason, ...(note === '' ? {} : { note }) },
        idempotencyKey,
      }),
    (made) => {
      const shown = {
        amount: describeMoney(made.state === 'requested' ? made.refund.amount : made.proposal.amount),
      }
      notifications.show({
        message: t(made.state === 'requested' ? 'refund.done' : 'refund.proposed', shown),
      })
      onClose()
    },
  )
  const shown = amount === undefined ? '' : describeMoney(amount)
  return (
    <ActionDialog
      title={t('refund.title')}
      submit={isReviewed ? t('refund.submit', { amount: shown }) : t('refund.review')}
      isValid={amount !== undefined && (entered.reason !== 'other' || note !== '')}
      isGrave={isReviewed}
      isSending={refund.isPending}
      error={refund.error}
      onSubmit={() => {
        if (!isReviewed) setReviewed(true)
        else if (amount !== undefined) refund.mutate(amount)
      }}
      onClose={onClose}
    >
      {isReviewed ? (
        <Review amount={shown} number={number} reason={entered.reason} />
      ) : (
        <Fields
          entered={entered}
          refundable={refundable}
          isValid={amount !== undefined}
          onChange={setEntered}
        />
      )}
    </ActionDialog>
  )
}

/** What is about to be sent, once more. */
function Review({
  amount,
  number,
  reason,
}: {
  readonly amount: string
  readonly number: string
  readonly reason: ChosenRefundReason
}) {
  const { t } = useTranslation()
  return (
    <>
      <Text fw={600}>{t('refund.sure', { amount, number })}</Text>
      <Text size="sm">{t(`refunds.reasons.${reason}`)}</Text>
      <Text size="sm" c="dimmed">
        {t('refund.sureHint')}
      </Text>
    </>
  )
}

function amountWithin(text: string, most: Amount): Amount | undefined {
  const amount = fromMajorUnits(text, most.currency)
  return amount !== undefined && amount.value >= 1 && amount.value <= most.value ? amount : undefined
}

function Fields({
  entered,
  refundable,
  isValid,
  onChange,
}: {
  readonly entered: Entered
  readonly refundable: Amount
  readonly isValid: boolean
  readonly onChange: (entered: Entered) => void
}) {
  const { t } = useTranslation()
  const least = formatAmount({ ...refundable, value: 1 })
  return (
    <>
      <TextInput
        label={t('refund.amount')}
        description={t('refund.most', { amount: describeMoney(refundable) })}
        inputMode="decimal"
        rightSection={refundable.currency}
        rightSectionWidth={56}
        value={entered.text}
        error={isValid ? undefined : t('refund.invalid', { least, most: formatAmount(refundable) })}
        onChange={({ currentTarget }) => onChange({ ...entered, text: currentTarget.value })}
        data-autofocus
      />
      <NativeSelect
        label={t('refunds.reason')}
        data={chosenRefundReasons.map((value) => ({ value, label: t(`refunds.reasons.${value}`) }))}
        value={entered.reason}
        onChange={({ currentTarget }) =>
          onChange({ ...entered, reason: oneOf(chosenRefundReasons, currentTarget.value) ?? entered.reason })
        }
      />
      <Textarea
        label={t('refunds.note')}
        description={t('refunds.noteHint')}
        value={entered.note}
        maxLength={NOTE_MAX}
        required={entered.reason === 'other'}
        onChange={({ currentTarget }) => onChange({ ...entered, note: currentTarget.value })}
      />
    </>
  )
}
