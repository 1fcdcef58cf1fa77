import { v7 } from 'uuid'

/** What an id names, readable in logs and in Adyen's Customer Area. */
type Prefix = 'sh' | 'ord' | 'pay' | 'rf' | 'opk'

/**
 * A new id: its prefix and a UUIDv7 in hex, so that ids sort by time. Without hyphens, because Adyen reads a hyphen
 * in a reference as a separator (Checkout v72, `PaymentRequest.reference`).
 */
export function newId(prefix: Prefix): string {
  return `${prefix}_${v7().replaceAll('-', '')}`
}
