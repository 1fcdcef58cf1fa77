import { formatAmount, type Outcome, type Payment } from '@tael/contracts'
import type { ResultAction } from '../texts/keys.ts'
import type { Messages } from '../texts/messages.ts'

/** The types of WeChat's `icon` component that stand for how a payment went. */
type ResultIcon = 'success' | 'waiting' | 'info' | 'warn'

/** The result page, ready to be drawn. */
export interface ResultView {
  readonly icon: ResultIcon
  readonly title: string
  readonly text: string
  readonly amount: string
  readonly orderId: string
  readonly action: ResultAction | null
  readonly actionLabel: string
  readonly final: boolean
}

/** The button for what the contract lets the shopper do next. Where the answer is to wait, there is none to press. */
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
    case 'awaiting_shopper':
      return 'waiting'
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

/** What is shown while nobody could be asked: unknown, so neither success nor failure, and no button to pay again. */
export function unknownView({ outcomes }: Messages): ResultView {
  const { confirming } = outcomes
  return {
    icon: 'waiting',
    ...confirming,
    amount: '',
    orderId: '',
    action: null,
    actionLabel: '',
    final: false,
  }
}

/** How a payment stands, in words. Its outcome alone decides; what the cashier's callback said does not come in. */
export function resultView({ outcome, amount, orderId }: Payment, messages: Messages): ResultView {
  const action = resultAction(outcome)
  return {
    icon: resultIcon(outcome),
    ...messages.outcomes[outcome.message],
    amount: formatAmount(amount),
    orderId,
    action,
    actionLabel: action === null ? '' : messages.resultActions[action],
    final: outcome.final,
  }
}
