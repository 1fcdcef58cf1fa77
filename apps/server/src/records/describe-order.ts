import { formatAmount, type OrderRecord, type SearchResult } from '@tael/contracts'

/** The orders that a search found, a line each. */
export function describeHits(hits: SearchResult['hits']): string {
  return hits
    .map(
      ({ match, order: { number, status, amount, id } }) =>
        `${number}  ${status}  ${formatAmount(amount)}  ${id}  (${match})\n`,
    )
    .join('')
}

/** An order and what happened to it, a line for each event in the order of time. */
export function describeOrder(record: OrderRecord): string {
  const entries = [
    {
      at: record.createdAt,
      what: `order ${record.id} made${record.shopperId === null ? '' : ` by ${record.shopperId}`}${record.reference === null ? '' : `, ${record.reference} of the merchant`}`,
    },
    ...(record.cancelledAt === null ? [] : [{ at: record.cancelledAt, what: 'order cancelled' }]),
    ...(record.refundRequestedAt === null
      ? []
      : [{ at: record.refundRequestedAt, what: 'refund requested' }]),
    ...(record.refundDecline === null
      ? []
      : [{ at: record.refundDecline.at, what: `refund declined: ${record.refundDecline.reason}` }]),
    ...(record.shipment === null
      ? []
      : [{ at: record.shipment.at, what: `shipped: ${record.shipment.items}` }]),
    ...record.payments.flatMap(({ id, events }) =>
      events.map(({ at, source, type, fromStatus, toStatus }) => ({
        at,
        what: `${id} ${type} by ${source}${fromStatus === toStatus ? '' : `: ${fromStatus ?? 'new'} to ${toStatus}`}`,
      })),
    ),
    ...record.calls.map(({ startedAt, operation, answeredAt, unanswered }) => ({
      at: startedAt,
      what: `call to ${operation}, ${answeredAt === null ? 'not answered yet' : `answered ${answeredAt}`}${unanswered === 0 ? '' : `, ${unanswered} times without an answer`}`,
    })),
    ...record.webhooks.map(({ receivedAt, eventCode, success, id, state, attention }) => ({
      at: receivedAt,
      what: `webhook ${id} ${eventCode} success=${success}: ${attention ?? state}`,
    })),
    ...record.actions.map(({ at, actor, action, subject }) => ({
      at,
      what: `${actor} ${action} ${subject ?? ''}`,
    })),
  ]
  const lines = entries
    .toSorted((one, other) => one.at.localeCompare(other.at))
    .map(({ at, what }) => `${at}  ${what.trimEnd()}\n`)
  const { number, status, amount } = record
  return `order ${number}: ${status}, ${formatAmount(amount)}\n${lines.join('')}`
}
