const BEIJING_MS = 8 * 3_600_000
const DIGITS = 100_000_000

/**
 * The number of an order that people read out: its day in Beijing and eight digits, both derived
 * from its id, as in `261126-4829-1375`. The day bounds the ids among which an operator looks for it.
 */
export function orderNumber(orderId: string): string {
  const hex = orderId.slice(orderId.indexOf('_') + 1)
  const day = new Date(Number.parseInt(hex.slice(0, 12), 16) + BEIJING_MS)
  const digits = String(Number.parseInt(hex.slice(-12), 16) % DIGITS).padStart(8, '0')
  const date = [day.getUTCFullYear() % 100, day.getUTCMonth() + 1, day.getUTCDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('')
  return `${date}-${digits.slice(0, 4)}-${digits.slice(4)}`
}
