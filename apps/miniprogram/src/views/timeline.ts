import { formatAmount, isSettled, type Order, type Payment, type Refund } from '@tael/contracts'
import type { Texts } from '../texts/texts.ts'
import { localTime } from './time.ts'

/** An event in the life of an order. `tone` is the colour of its dot. */
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

/** The events of an order, newest first. Of its payments, the one the order shows. */
export function timelineOf(order: Order, texts: Texts): readonly TimelineEntry[] {
  const { timeline } = texts
  const events: readonly Event[] = [
    { key: 'ordered', title: timeline.ordered, text: '', at: order.createdAt, tone: 'done' },
    ...paymentEvents(order, texts),
    ...shipmentEvents(order, texts),
    ...(order.refundRequestedAt === null
      ? []
      : [
          {
            key: 'refund-requested',
            title: timeline.refundRequested,
            text: '',
            at: order.refundRequestedAt,
            tone: 'done',
          } as const,
        ]),
    ...declineEvents(order, texts),
    ...order.refunds.map((refund) => refundEvent(refund, texts)),
    ...endEvents(order, texts),
  ]
  const newestFirst: Event[] = []
  for (const event of events) {
    const place = newestFirst.findIndex((other) => other.at <= event.at)
    newestFirst.splice(place === -1 ? newestFirst.length : place, 0, event)
  }
  return newestFirst.map(({ at, ...entry }) => ({ ...entry, time: localTime(at) }))
}

function paymentEvents({ status, paidAt, payment }: Order, { timeline, outcomes }: Texts): readonly Event[] {
  if (paidAt !== null) return [{ key: 'paid', title: timeline.paid, text: '', at: paidAt, tone: 'done' }]
  if (payment === null) return []
  // The order's end covers how an attempt ended that took no money.
  if (status !== 'open' && payment.outcome.final && !isSettled(payment)) return []
  const { outcome, updatedAt, id } = payment
  const { title, text } = outcomes[outcome.message]
  // While it is undecided, the head of the order says what to do.
  return [{ key: id, title, text: outcome.final ? text : '', at: updatedAt, tone: toneOf(payment) }]
}

function toneOf({ outcome }: Payment): Event['tone'] {
  if (!outcome.final) return 'waiting'
  return outcome.message === 'surplus' ? 'done' : 'over'
}

function refundEvent(refund: Refund, { phrases, refundStatuses }: Texts): Event {
  const { id, amount, reason, status, createdAt, updatedAt } = refund
  const { title, text } = refundStatuses[status]
  return {
    key: id,
    title: `${phrases.refund(formatAmount(amount))} · ${title}`,
    text: reason === 'surplus' ? phrases.surplusRefund(text) : text,
    at: status === 'requested' ? createdAt : updatedAt,
    tone: status === 'failed' ? 'failed' : status === 'refunded' ? 'done' : 'waiting',
  }
}

function declineEvents({ refundDecline }: Order, { timeline }: Texts): readonly Event[] {
  if (refundDecline === null) return []
  const { at, reason } = refundDecline
  return [{ key: 'refund-declined', title: timeline.refundDeclined, text: reason, at, tone: 'over' }]
}

function shipmentEvents(order: Order, { timeline }: Texts): readonly Event[] {
  if (order.shipment === null) return []
  const { at } = order.shipment
  return [{ key: 'shipped', title: timeline.shipped, text: shipmentText(order), at, tone: 'done' }]
}

/** The carrier and the tracking number, as far as there are any. */
export function shipmentText({ shipment }: Order): string {
  return [shipment?.carrier, shipment?.trackingNo].filter((part) => part).join(' ')
}

function endEvents(
  { status, expiresAt, cancelledAt, createdAt }: Order,
  { timeline }: Texts,
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
