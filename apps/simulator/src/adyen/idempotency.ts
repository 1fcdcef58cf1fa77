import type { Clock } from '../clock.ts'
import type { Answer } from './answers.ts'

/** The longest `idempotency-key` Adyen takes. */
export const KEY_LENGTH_MAX = 64

/** Adyen keeps a key for at least seven days; the simulator for exactly that. */
const KEPT_MS = 7 * 24 * 60 * 60 * 1_000

interface Entry {
  /** Undefined while the first request with this key is under way. */
  answer: Answer | undefined
  readonly expiresAt: number
}

/** A key that is free: for the request that took it to keep its answer, or to forget that it came. */
interface Free {
  readonly isTaken: false
  readonly keep: (answer: Answer) => void
  readonly forget: () => void
}

/** A key that was used: with the first answer, or none where the first request is still under way. */
interface Taken {
  readonly isTaken: true
  readonly answer: Answer | undefined
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

  /** Takes the key for a new request, or tells what the first one with it was answered. */
  take(key: string): Free | Taken {
    this.#forgetExpired()
    const used = this.#entries.get(key)
    if (used !== undefined) return { isTaken: true, answer: used.answer }
    const entry: Entry = { answer: undefined, expiresAt: this.#clock.now() + KEPT_MS }
    this.#entries.set(key, entry)
    return {
      isTaken: false,
      // A request that a `clear` overtook changes only its own entry, which nobody finds any more.
      keep: (answer) => {
        entry.answer = answer
      },
      forget: () => {
        if (this.#entries.get(key) === entry) this.#entries.delete(key)
      },
    }
  }

  clear(): void {
    this.#entries.clear()
  }

  #forgetExpired(): void {
    for (const [key, entry] of this.#entries) {
      if (entry.expiresAt > this.#clock.now()) return
      this.#entries.delete(key)
    }
  }
}
