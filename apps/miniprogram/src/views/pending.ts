import { formatAmount, type Payment } from '@tael/contracts'
import type { StoredAttempt } from '@tael/miniprogram-pay/shop'
import type { Texts } from '../texts/texts.ts'

/** The interrupted payment, as the home page shows it above the goods. */
export interface PendingView {
  readonly orderId: string
  readonly paymentId: string
  readonly title: string
  readonly amount: string
  readonly paid: boolean
}

/** Without the payment, which is then unknown, it reads as being confirmed. */
export function pendingView(
  attempt: StoredAttempt,
  payment: Payment | null,
  { outcomes }: Texts,
): PendingView {
  const { message } = payment?.outcome ?? { message: 'confirming' as const }
  return {
    orderId: attempt.orderId,
    paymentId: payment?.id ?? attempt.paymentId ?? '',
    title: outcomes[message].title,
    amount: formatAmount(payment?.amount ?? attempt.amount),
    paid: message === 'paid',
  }
}

/** Whether it shows this attempt. */
export function isOf({ orderId, paymentId }: PendingView, attempt: StoredAttempt): boolean {
  return orderId === attempt.orderId && paymentId === (attempt.paymentId ?? '')
}
