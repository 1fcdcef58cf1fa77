import { formatAmount, type Order } from '@tael/contracts'
import type { OrderAction, OrderState } from '../texts/keys.ts'
import type { Locale, Messages } from '../texts/messages.ts'
import { orderState } from './order-state.ts'
import { pictureOf, type Picture } from './picture.ts'
import { localTime } from './time.ts'
import { timelineOf, type TimelineEntry } from './timeline.ts'

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

/** An order that may be paid may be given up, and nobody's money is under way. */
function isCancellable(order: Order): boolean {
  return orderState(order) === 'open'
}

/** Asked once, the shop decides; money that is back already cannot be asked for. */
function isRefundable(order: Order): boolean {
  const state = orderState(order)
  return order.refundRequestedAt === null && (state === 'paid' || state === 'partly_refunded')
}

interface OrderLineView {
  readonly productId: string
  readonly name: string
  readonly picture: Picture
  readonly quantity: string
  readonly unitPrice: string
  readonly amount: string
}

/** An order, ready to be drawn. */
export interface OrderView {
  readonly id: string
  readonly state: OrderState
  readonly status: string
  readonly text: string
  readonly payBefore: string
  readonly amount: string
  readonly lines: readonly OrderLineView[]
  /** The goods in one line. */
  readonly names: string
  readonly summary: string
  readonly createdAt: string
  readonly timeline: readonly TimelineEntry[]
  readonly action: OrderAction | null
  readonly actionLabel: string
  readonly cancellable: boolean
  readonly refundable: boolean
}

export function orderView(order: Order, messages: Messages, locale: Locale): OrderView {
  const action = orderAction(order)
  const state = orderState(order)
  const { title, text } = messages.orderStates[state]
  const amount = formatAmount(order.amount)
  const createdAt = localTime(order.createdAt)
  const names = order.lines.map(({ name }) => name[locale]).join(locale === 'en' ? ', ' : '、')
  return {
    id: order.id,
    state,
    status: title,
    text,
    payBefore: state === 'open' ? messages.phrases.payBefore(localTime(order.expiresAt)) : '',
    amount,
    lines: order.lines.map((line) => ({
      productId: line.productId,
      name: line.name[locale],
      picture: pictureOf(line.productId),
      quantity: `× ${line.quantity}`,
      unitPrice: formatAmount(line.unitPrice),
      amount: formatAmount(line.amount),
    })),
    names,
    summary: messages.phrases.pieces(order.lines.reduce((sum, { quantity }) => sum + quantity, 0)),
    createdAt,
    timeline: timelineOf(order, messages),
    action,
    actionLabel: action === null ? '' : messages.orderActions[action],
    cancellable: isCancellable(order),
    refundable: isRefundable(order),
  }
}
