import type { NotificationItem } from '@tael/adyen'

/**
 * When Adyen says it happened; null where that is no date, or none that PostgreSQL knows. It is not signed: it orders what
 * one party said, and decides nothing else.
 */
export function readEventDate({ eventDate }: NotificationItem): Date | null {
  const date = new Date(eventDate)
  const year = date.getUTCFullYear()
  return year >= 1 && year <= 9999 ? date : null
}

/** The same, as the first of all times where it cannot be read. */
export function eventDateOf(item: NotificationItem): Date {
  return readEventDate(item) ?? new Date(0)
}
