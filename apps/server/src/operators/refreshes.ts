/** How long a page that refreshes itself is one reading for the audit. */
const READING_MS = 600_000
/** How many readings are remembered. Beyond that the longest known is forgotten, and recorded again. */
const READINGS_MAX = 10_000

/**
 * Tells a reading from its refreshes: the console reads what it shows every few seconds, and the audit
 * is about people. Each server remembers for itself, so several record a reading once each.
 */
export class Refreshes {
  readonly #readAt = new Map<string, number>()

  /** Whether this was read a moment ago, by the same operator. */
  has(reading: string): boolean {
    const at = this.#readAt.get(reading)
    return at !== undefined && performance.now() - at < READING_MS
  }

  /** Remembers a reading that was answered and recorded. */
  add(reading: string): void {
    if (this.has(reading)) return
    const [oldest] = this.#readAt.keys()
    if (this.#readAt.size >= READINGS_MAX && oldest !== undefined) this.#readAt.delete(oldest)
    this.#readAt.delete(reading)
    this.#readAt.set(reading, performance.now())
  }
}
