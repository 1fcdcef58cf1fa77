import type { Clock } from './clock.ts'

/** The answer to a call to Adyen. `transient` becomes the header `transient-error: true`. */
export interface AdyenAnswer {
  readonly status: number
  readonly body: object
  readonly transient?: true
}

/** Adyen keeps a key for at least seven days; the simulator for exactly that. */
const LIFETIME_MS = 7 * 24 * 60 * 60 * 1_000

interface Entry {
  /** Undefined while the first request with this key is in progress. */
  answer: AdyenAnswer | undefined
  readonly expiresAt: number
}

/** A new key. The request that claimed it stores its answer or releases the key. */
interface Claimed {
  readonly isNew: true
  readonly store: (answer: AdyenAnswer) => void
  readonly release: () => void
}

/** A used key, with the first answer unless that request is still in progress. */
interface Used {
  readonly isNew: false
  readonly answer: AdyenAnswer | undefined
}

/**
 * The first answer to each idempotency key of the company account, whatever the endpoint and the
 * body (docs.adyen.com, API idempotency).
 */
export class IdempotencyKeys {
  readonly #clock: Clock
  readonly #entries = new Map<string, Entry>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Claims a key for a new request, or returns the first answer to it. */
  claim(key: string): Claimed | Used {
    this.#removeExpired()
    const used = this.#entries.get(key)
    if (used !== undefined) return { isNew: false, answer: used.answer }
    const entry: Entry = { answer: undefined, expiresAt: this.#clock.now() + LIFETIME_MS }
    this.#entries.set(key, entry)
    return {
      isNew: true,
      // After a `clear` these change only an entry that is no longer in the map.
      store: (answer) => {
        entry.answer = answer
      },
      release: () => {
        if (this.#entries.get(key) === entry) this.#entries.delete(key)
      },
    }
  }

  clear(): void {
    this.#entries.clear()
  }

  #removeExpired(): void {
    for (const [key, entry] of this.#entries) {
      if (entry.expiresAt > this.#clock.now()) return
      this.#entries.delete(key)
    }
  }
}
