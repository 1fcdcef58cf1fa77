import { formatAmount, type Order } from '@tael/contracts'
import type { OrderAction, OrderState } from '../texts/keys.ts'
import type { Locale, Texts } from '../texts/texts.ts'
import { orderState } from './order-state.ts'
import { pictureOf, type Picture } from './picture.ts'
import { localTime, localTimeToday } from './time.ts'
import { timelineOf, type TimelineEntry } from './timeline.ts'

/** The action an order offers. While its payment is undecided, that is never to pay. */
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

/** While a payment is undecided the server would refuse to cancel. */
function isCancellable(order: Order): boolean {
  return orderState(order) === 'open'
}

/** A refund can be requested once, while some of the money is left. */
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

/** An order as its page and the list show it. */
export interface OrderView {
  readonly id: string
  readonly state: OrderState
  readonly status: string
  readonly text: string
  readonly payBefore: string
  readonly amount: string
  readonly lines: readonly OrderLineView[]
  /** The names of its products, in one line. */
  readonly names: string
  readonly summary: string
  readonly createdAt: string
  readonly timeline: readonly TimelineEntry[]
  readonly action: OrderAction | null
  readonly actionLabel: string
  readonly cancellable: boolean
  readonly refundable: boolean
}

export function orderView(order: Order, texts: Texts, locale: Locale): OrderView {
  const action = orderAction(order)
  const state = orderState(order)
  const { title, text } = texts.orderStates[state]
  const amount = formatAmount(order.amount)
  const createdAt = localTime(order.createdAt)
  const names = order.lines.map(({ name }) => name[locale]).join(locale === 'en' ? ', ' : '、')
  return {
    id: order.id,
    state,
    status: title,
    text,
    payBefore: state === 'open' ? texts.phrases.payBefore(localTimeToday(order.expiresAt)) : '',
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
    summary: texts.phrases.pieces(order.lines.reduce((sum, { quantity }) => sum + quantity, 0)),
    createdAt,
    timeline: timelineOf(order, texts),
    action,
    actionLabel: action === null ? '' : texts.orderActions[action],
    cancellable: isCancellable(order),
    refundable: isRefundable(order),
  }
}
