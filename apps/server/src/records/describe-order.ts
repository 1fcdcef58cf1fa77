import { formatAmount, type OrderRecord, type SearchResult, type TimelineEntry } from '@tael/contracts'

/** The orders that a search found, a line each. */
export function describeHits(hits: SearchResult['hits']): string {
  return hits
    .map(
      ({ match, order: { number, status, amount, id } }) =>
        `${number}  ${status}  ${formatAmount(amount)}  ${id}  (${match})\n`,
    )
    .join('')
}

/** An order and what happened to it, a line for each entry of its timeline. */
export function describeOrder(record: OrderRecord): string {
  const { number, status, amount, timeline } = record
  const lines = timeline.map(
    (entry) => `${entry.at}  ${entry.lane.padEnd(LANE_WIDTH)}  ${describe(entry, record)}\n`,
  )
  return `order ${number}: ${status}, ${formatAmount(amount)}\n${lines.join('')}`
}

const LANE_WIDTH = 'operator'.length

function describe(entry: TimelineEntry, record: OrderRecord): string {
  switch (entry.kind) {
    case 'order':
      return describeChange(entry.change, record)
    case 'payment': {
      const { paymentId, type, source, fromStatus, toStatus } = entry
      const moved = fromStatus === toStatus ? '' : `: ${fromStatus ?? 'new'} to ${toStatus}`
      return `${paymentId} ${type} by ${source}${moved}`
    }
    case 'call': {
      const { operation, answeredAt, unanswered } = entry
      const lost = unanswered === 0 ? '' : `, ${unanswered} times without an answer`
      return `call to ${operation}, ${answeredAt === null ? 'not answered yet' : `answered ${answeredAt}`}${lost}`
    }
    case 'webhook': {
      const { id, eventCode, success, state, attention } = entry.webhook
      return `webhook ${id} ${eventCode} success=${success}: ${attention ?? state}`
    }
    case 'shipment':
      return `shipped: ${entry.shipment.items}`
    case 'merchant_event':
      return `${entry.type} for the merchant, ${describeDelivery(entry.delivery)}`
    case 'action':
      return `${entry.actorName ?? entry.actor} ${entry.action} ${entry.subject ?? ''}`.trimEnd()
  }
}

function describeChange(
  change: Extract<TimelineEntry, { kind: 'order' }>['change'],
  { id, shopperId, reference, refundDecline }: OrderRecord,
): string {
  switch (change) {
    case 'created':
      return `order ${id} made${shopperId === null ? '' : ` by ${shopperId}`}${reference === null ? '' : `, ${reference} of the merchant`}`
    case 'refund_requested':
      return 'refund requested'
    case 'refund_declined':
      return `refund declined: ${refundDecline?.reason ?? ''}`
    case 'paid':
    case 'expired':
    case 'cancelled':
      return `order ${change}`
  }
}

function describeDelivery(delivery: Extract<TimelineEntry, { kind: 'merchant_event' }>['delivery']): string {
  if (delivery === null) return 'not delivered yet'
  const { tries, deliveredAt, failedAt, failure } = delivery
  if (deliveredAt !== null) return `delivered ${deliveredAt}`
  return `${failedAt === null ? 'not delivered yet' : `not delivered until ${failedAt}`}, tried ${tries} times: ${failure ?? ''}`
}
