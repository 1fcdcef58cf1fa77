import { formatAmount, orderNumber, outcomes, type Order } from '@tael/contracts'
import type { StoredAttempt } from '@tael/miniprogram-pay/shop'
import type { OrderAction, OrderState } from '../texts/keys.ts'
import type { Locale, Texts } from '../texts/texts.ts'
import { addressView, type AddressView } from './address.ts'
import { orderState, returnedAmount } from './order-state.ts'
import { pictureOf, type Picture } from './picture.ts'
import { localTime, localTimeToday, minutesOf } from './time.ts'
import { shipmentText, timelineOf, type TimelineEntry } from './timeline.ts'

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
  return order.refundRequestedAt === null && ['paid', 'shipped', 'partly_refunded'].includes(state)
}

const reorderable: readonly OrderState[] = ['expired', 'cancelled', 'refunded']

/**
 * The order as it must read while the phone has an attempt to pay it that the server has not
 * answered since: with a payment in question.
 */
export function inQuestion(order: Order, attempt: StoredAttempt | undefined): Order {
  const { payment } = order
  if (order.status !== 'open' || attempt?.orderId !== order.id || payment === null) return order
  const isAnswered = payment.id === attempt.paymentId && attempt.errMsg === undefined
  return isAnswered ? order : { ...order, payment: { ...payment, outcome: outcomes.starting } }
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
  readonly number: string
  readonly state: OrderState
  readonly status: string
  readonly text: string
  readonly payBefore: string
  readonly amount: string
  readonly lines: readonly OrderLineView[]
  /** The names of its products, in one line. */
  readonly names: string
  readonly summary: string
  readonly deliverTo: AddressView | null
  readonly createdAt: string
  readonly timeline: readonly TimelineEntry[]
  readonly action: OrderAction | null
  readonly actionLabel: string
  readonly cancellable: boolean
  readonly refundable: boolean
  readonly reorderable: boolean
  /** It can be paid from the list, by the button of this label. */
  readonly payLabel: string
}

export function orderView(order: Order, texts: Texts, locale: Locale): OrderView {
  const action = orderAction(order)
  const state = orderState(order)
  const { title } = texts.orderStates[state]
  const amount = formatAmount(order.amount)
  const createdAt = localTime(order.createdAt)
  const names = order.lines.map(({ name }) => name[locale]).join(locale === 'en' ? ', ' : '、')
  return {
    id: order.id,
    number: orderNumber(order.id),
    state,
    status: state === 'partly_refunded' ? `${title} ${formatAmount(returnedAmount(order))}` : title,
    text: stateText(order, state, texts),
    payBefore: deadlineText(order, state, texts),
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
    deliverTo: order.deliverTo === null ? null : addressView(order.deliverTo, texts),
    createdAt,
    timeline: timelineOf(order, texts),
    action,
    actionLabel: action === null ? '' : texts.orderActions[action],
    cancellable: isCancellable(order),
    refundable: isRefundable(order),
    reorderable: reorderable.includes(state),
    payLabel: action === null || action === 'view_payment' ? '' : texts.orderActions[action],
  }
}

function stateText(order: Order, state: OrderState, { orderStates }: Texts): string {
  const { text } = orderStates[state]
  if (state === 'refund_declined') return order.refundDecline?.reason ?? text
  return (state === 'shipped' && shipmentText(order)) || text
}

/** Until when an open order can be paid; none once that is over. */
function deadlineText({ expiresAt, leftMs }: Order, state: OrderState, { phrases }: Texts): string {
  if (state !== 'open' || leftMs === null || leftMs === 0) return ''
  return phrases.payBefore(localTimeToday(expiresAt), minutesOf(leftMs))
}
