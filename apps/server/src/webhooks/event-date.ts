import type { NotificationItem } from '@tael/adyen'

/**
 * The time of an item by Adyen's clock; null where it cannot be read, or PostgreSQL cannot store
 * it.
 */
export function readEventDate({ eventDate }: Pick<NotificationItem, 'eventDate'>): Date | null {
  if (typeof eventDate !== 'string') return null
  const date = new Date(eventDate)
  const year = date.getUTCFullYear()
  return year >= 1 && year <= 9999 ? date : null
}

/**
 * The time of a stored item: Adyen's, but never after its receipt, because Adyen does not sign it.
 * It orders Adyen's items and decides nothing else.
 */
export function timeOfItem({
  event_date: reported,
  received_at: received,
}: {
  readonly event_date: Date | null
  readonly received_at: Date
}): Date {
  return reported === null || reported > received ? received : reported
}
