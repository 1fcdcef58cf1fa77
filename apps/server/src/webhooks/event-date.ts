import type { NotificationItem } from '@tael/adyen'

/**
 * The time of an item by Adyen's clock; null where PostgreSQL cannot store it. Adyen does not sign
 * it: it orders Adyen's items and decides nothing else.
 */
export function readEventDate({ eventDate }: NotificationItem): Date | null {
  const date = new Date(eventDate)
  const year = date.getUTCFullYear()
  return year >= 1 && year <= 9999 ? date : null
}

/** Like `readEventDate`, but the earliest time where it cannot be read. */
export function eventDateOf(item: NotificationItem): Date {
  return readEventDate(item) ?? new Date(0)
}
