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
  /** ISO 8601; null for what has no time of its own and comes last. */
  readonly at: string | null
}

/** What happened to an order, newest first: ordered, its latest payment, asked for money back, each refund, its end. */
export function timelineOf(order: Order, messages: Messages): readonly TimelineEntry[] {
  const { timeline } = messages
  const events: readonly Event[] = [
    { key: 'ordered', title: timeline.ordered, text: '', at: order.createdAt, tone: 'done' },
    ...paying(order, messages),
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
  // What has no time of its own happened after all that has.
  const when = ({ at }: Event): string => at ?? '\uFFFF'
  const newestFirst: Event[] = []
  for (const event of events) {
    const place = newestFirst.findIndex((other) => when(other) <= when(event))
    newestFirst.splice(place === -1 ? newestFirst.length : place, 0, event)
  }
  return newestFirst.map(({ at, ...entry }) => ({ ...entry, time: at === null ? '' : localTime(at) }))
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

function ending({ status, expiresAt }: Order, { timeline }: Messages): readonly Event[] {
  switch (status) {
    case 'open':
    case 'paid':
      return []
    case 'expired':
      return [{ key: 'expired', title: timeline.expired, text: '', at: expiresAt, tone: 'over' }]
    case 'cancelled':
      return [{ key: 'cancelled', title: timeline.cancelled, text: '', at: null, tone: 'over' }]
  }
}
