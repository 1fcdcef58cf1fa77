import type { Clock } from '../clock.ts'
import type { Answer } from './answers.ts'

/** The longest `idempotency-key` Adyen takes. */
export const KEY_LENGTH_MAX = 64

/** Adyen keeps a key for at least seven days; the simulator for exactly that. */
const KEPT_MS = 7 * 24 * 60 * 60 * 1_000

interface Entry {
  /** Undefined while the first request with this key is under way. */
  readonly answer: Answer | undefined
  readonly expiresAt: number
}

/**
 * The first answer to each idempotency key of the company account, whatever the endpoint and the body
 * (docs.adyen.com, API idempotency).
 */
export class IdempotencyKeys {
  readonly #clock: Clock
  readonly #entries = new Map<string, Entry>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Takes the key for a new request; else gives the first answer, or says that it is not there yet. */
  take(
    key: string,
  ): { readonly taken: true } | { readonly taken: false; readonly answer: Answer | undefined } {
    this.#forgetExpired()
    const entry = this.#entries.get(key)
    if (entry !== undefined) return { taken: false, answer: entry.answer }
    this.#set(key, undefined)
    return { taken: true }
  }

  /** Keeps the answer to be replayed. */
  keep(key: string, answer: Answer): void {
    this.#set(key, answer)
  }

  /** Nothing happened: the key may be used again for the same request. */
  forget(key: string): void {
    this.#entries.delete(key)
  }

  clear(): void {
    this.#entries.clear()
  }

  #set(key: string, answer: Answer | undefined): void {
    // Deleted first, so that the map stays in the order of expiry.
    this.#entries.delete(key)
    this.#entries.set(key, { answer, expiresAt: this.#clock.now() + KEPT_MS })
  }

  #forgetExpired(): void {
    for (const [key, entry] of this.#entries) {
      if (entry.expiresAt > this.#clock.now()) return
      this.#entries.delete(key)
    }
  }
}
