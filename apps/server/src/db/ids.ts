import { v7 } from 'uuid'

/** The kind of a record, readable in logs and in Adyen's Customer Area. */
type Prefix = 'sh' | 'ord' | 'pay' | 'rf' | 'shp' | 'opk' | 'opi' | 'evt' | 'stk' | 'rep' | 'stl'

/**
 * A new id: its prefix and a UUIDv7 in hex, so that ids sort by time. Without hyphens, because
 * Adyen reads a hyphen in a reference as a separator (Checkout v72, `PaymentRequest.reference`).
 */
export function newId(prefix: Prefix): string {
  return `${prefix}_${v7().replaceAll('-', '')}`
}

/** Whether a text has the form of an id of this kind; the record may not exist. */
export function isIdForm(prefix: Prefix, text: string): boolean {
  return text.startsWith(`${prefix}_`) && /^[0-9a-f]{32}$/.test(text.slice(prefix.length + 1))
}

/** A text that sorts before every id created at or after a moment, and after every earlier one. */
export function idBoundary(prefix: Prefix, at: Date): string {
  return `${prefix}_${at.getTime().toString(16).padStart(12, '0')}`
}
