import { formatAmount, orderNumber, type Amount, type Outcome, type Payment } from '@tael/contracts'
import type { ResultAction } from '../texts/keys.ts'
import type { Texts } from '../texts/texts.ts'

/** The types of WeChat's `icon` component that show an outcome. */
type ResultIcon = 'success' | 'waiting' | 'info' | 'warn'

/** What the result page shows. */
export interface ResultView {
  readonly icon: ResultIcon
  readonly title: string
  readonly text: string
  readonly amount: string
  readonly orderId: string
  readonly number: string
  readonly action: ResultAction | null
  readonly actionLabel: string
  readonly final: boolean
}

/** The main button, by what the contract allows next. None where the shopper must wait. */
export function resultAction({ nextAction }: Outcome): ResultAction | null {
  switch (nextAction) {
    case 'open_cashier':
      return 'continue'
    case 'pay_again':
      return 'pay_again'
    case 'view_order':
      return 'view_order'
    case 'wait':
      return null
  }
}

function resultIcon({ message }: Outcome): ResultIcon {
  switch (message) {
    case 'paid':
      return 'success'
    case 'confirming':
    case 'processing':
      return 'waiting'
    case 'awaiting_shopper':
    case 'cancelled':
    case 'expired':
    case 'surplus':
    case 'order_cancelled':
      return 'info'
    case 'refused':
    case 'error':
      return 'warn'
  }
}

/** What the phone knows of an attempt. */
interface KnownAttempt {
  readonly orderId: string
  readonly amount: Amount
}

/** Shown until the payment is read: neither success nor failure, nor a button to pay. */
export function unknownView({ outcomes }: Texts, attempt?: KnownAttempt): ResultView {
  return {
    icon: 'waiting',
    ...outcomes.confirming,
    amount: attempt === undefined ? '' : formatAmount(attempt.amount),
    orderId: attempt?.orderId ?? '',
    number: attempt === undefined ? '' : orderNumber(attempt.orderId),
    action: null,
    actionLabel: '',
    final: false,
  }
}

/** The payment's outcome alone decides; the cashier's errMsg has no part in it. */
export function resultView({ outcome, amount, orderId }: Payment, texts: Texts): ResultView {
  const action = resultAction(outcome)
  return {
    icon: resultIcon(outcome),
    ...texts.outcomes[outcome.message],
    amount: formatAmount(amount),
    orderId,
    number: orderNumber(orderId),
    action,
    actionLabel: action === null ? '' : texts.resultActions[action],
    final: outcome.final,
  }
}
