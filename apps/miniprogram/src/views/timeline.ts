import { formatAmount, type Order, type Payment, type Refund } from '@tael/contracts'
import type { Messages } from '../texts/messages.ts'
import { localTime } from './time.ts'

/** One thing that happened to an order. `tone` colours its dot. */
export interface TimelineEntry {
  readonly key: string
  readonly title: string
  readonly text: string
  readonly time: string
  readonly tone: 'done' | 'waiting' | 'failed' | 'over'
}

interface Event extends Omit<TimelineEntry, 'time'> {
  /** ISO 8601. */
  readonly at: string
}

/** What happened to an order, newest first: ordered, its latest payment, shipped, asked for money back, each refund, its end. */
export function timelineOf(order: Order, messages: Messages): readonly TimelineEntry[] {
  const { timeline } = messages
  const events: readonly Event[] = [
    { key: 'ordered', title: timeline.ordered, text: '', at: order.createdAt, tone: 'done' },
    ...paying(order, messages),
    ...shipping(order, messages),
    ...(order.refundRequestedAt === null
      ? []
      : [
          {
            key: 'asked',
            title: timeline.askedForRefund,
            text: '',
            at: order.refundRequestedAt,
            tone: 'done',
          } as const,
        ]),
    ...order.refunds.map((refund) => refunding(refund, messages)),
    ...ending(order, messages),
  ]
  const newestFirst: Event[] = []
  for (const event of events) {
    const place = newestFirst.findIndex((other) => other.at <= event.at)
    newestFirst.splice(place === -1 ? newestFirst.length : place, 0, event)
  }
  return newestFirst.map(({ at, ...entry }) => ({ ...entry, time: localTime(at) }))
}

function paying({ paidAt, payment }: Order, { timeline, outcomes }: Messages): readonly Event[] {
  if (paidAt !== null) return [{ key: 'paid', title: timeline.paid, text: '', at: paidAt, tone: 'done' }]
  // A payment that the order's end closed is told with that end.
  if (payment === null || payment.outcome.message === 'order_cancelled') return []
  const { outcome, updatedAt, id } = payment
  return [{ key: id, ...outcomes[outcome.message], at: updatedAt, tone: toneOf(payment) }]
}

function toneOf({ outcome }: Payment): Event['tone'] {
  if (!outcome.final) return 'waiting'
  return outcome.message === 'surplus' ? 'done' : 'over'
}

function refunding(refund: Refund, { phrases, refundStatuses, surplusRefund }: Messages): Event {
  const { id, amount, reason, status, createdAt, updatedAt } = refund
  const { title, text } = refundStatuses[status]
  return {
    key: id,
    title: `${phrases.refund(formatAmount(amount))} · ${title}`,
    text: reason === 'surplus' ? `${surplusRefund} ${text}` : text,
    at: status === 'requested' ? createdAt : updatedAt,
    tone: status === 'failed' ? 'failed' : status === 'refunded' ? 'done' : 'waiting',
  }
}

function shipping({ shipment }: Order, { timeline }: Messages): readonly Event[] {
  if (shipment === null) return []
  const { at, carrier, trackingNo } = shipment
  const text = [carrier, trackingNo].filter((part) => part !== null).join(' ')
  return [{ key: 'shipped', title: timeline.shipped, text, at, tone: 'done' }]
}

function ending(
  { status, expiresAt, cancelledAt, createdAt }: Order,
  { timeline }: Messages,
): readonly Event[] {
  switch (status) {
    case 'open':
    case 'paid':
      return []
    case 'expired':
      return [{ key: 'expired', title: timeline.expired, text: '', at: expiresAt, tone: 'over' }]
    case 'cancelled':
      return [
        { key: 'cancelled', title: timeline.cancelled, text: '', at: cancelledAt ?? createdAt, tone: 'over' },
      ]
  }
}
