import { formatAmount, type Order, type OrderStatus, type Payment } from '@tael/contracts'
import type { Locale, Messages } from '../texts/messages.ts'
import { tintOf } from './goods.ts'
import { localTime } from './time.ts'

/** What the button of an order does: pay it for the first time, go on, pay anew, or see how its payment stands. */
export type OrderAction = 'pay' | 'continue' | 'pay_again' | 'view_payment'

/** What a shopper can do with an order. While a payment of it is not decided, paying is not offered. */
export function orderAction({ status, payment }: Order): OrderAction | null {
  const open = status === 'open'
  if (payment === null) return open ? 'pay' : null
  switch (payment.outcome.nextAction) {
    case 'wait':
      return 'view_payment'
    case 'open_cashier':
      return open ? 'continue' : null
    case 'pay_again':
      return open ? 'pay_again' : null
    case 'view_order':
      return null
  }
}

interface OrderLineView {
  readonly productId: string
  readonly name: string
  readonly initial: string
  readonly tint: number
  readonly quantity: string
  readonly unitPrice: string
  readonly amount: string
}

/** An order, ready to be drawn. */
export interface OrderView {
  readonly id: string
  readonly tone: OrderStatus
  readonly status: string
  readonly amount: string
  readonly lines: readonly OrderLineView[]
  /** The goods in one line. */
  readonly names: string
  readonly summary: string
  readonly createdAt: string
  readonly payBefore: string
  readonly paidAt: string
  readonly payment: { readonly id: string; readonly status: string; readonly text: string } | null
  readonly action: OrderAction | null
  readonly actionLabel: string
}

export function orderView(order: Order, messages: Messages, locale: Locale): OrderView {
  const action = orderAction(order)
  const { payment, status } = order
  const undecided = status !== 'paid' && payment?.outcome.nextAction === 'wait'
  return {
    id: order.id,
    tone: undecided ? 'open' : status,
    status: messages.orderStatuses[undecided ? 'confirming' : status],
    amount: formatAmount(order.amount),
    lines: order.lines.map((line) => ({
      productId: line.productId,
      name: line.name[locale],
      initial: line.name[locale].slice(0, 1),
      tint: tintOf(line.productId),
      quantity: `× ${line.quantity}`,
      unitPrice: formatAmount(line.unitPrice),
      amount: formatAmount(line.amount),
    })),
    names: order.lines.map(({ name }) => name[locale]).join(locale === 'en' ? ', ' : '、'),
    summary: messages.phrases.pieces(order.lines.reduce((sum, { quantity }) => sum + quantity, 0)),
    createdAt: localTime(order.createdAt),
    payBefore: status === 'open' && !undecided ? localTime(order.expiresAt) : '',
    paidAt: order.paidAt === null ? '' : localTime(order.paidAt),
    payment: payment === null ? null : paymentView(payment, messages),
    action,
    actionLabel: action === null ? '' : messages.orderActions[action],
  }
}

function paymentView({ id, outcome, status }: Payment, { outcomes, paymentStatuses }: Messages) {
  const { title, text } = outcomes[outcome.message]
  // Money that goes back did arrive, but to call it paid would say that the order is.
  return { id, status: outcome.message === 'surplus' ? title : paymentStatuses[status], text }
}
