import { randomBytes } from 'node:crypto'
import type { Clock } from './clock.ts'

/**
 * A token lives two hours. In its last five minutes a new one is issued, and both are valid
 * (getStableAccessToken).
 */
const LIFETIME_MS = 7_200_000
const OVERLAP_MS = 300_000

/** The access tokens of the app, as `stable_token` issues them. */
export class AccessTokens {
  readonly #clock: Clock
  /** When each issued token expires. */
  readonly #issued = new Map<string, number>()
  #current = ''

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The current token, which is the same for every caller. */
  issue(): { readonly token: string; readonly expiresInSeconds: number } {
    const now = this.#clock.now()
    if ((this.#issued.get(this.#current) ?? 0) <= now + OVERLAP_MS) {
      this.#current = randomBytes(96).toString('base64url')
      this.#issued.set(this.#current, now + LIFETIME_MS)
    }
    const expiresAt = this.#issued.get(this.#current) ?? now
    return { token: this.#current, expiresInSeconds: Math.floor((expiresAt - now) / 1_000) }
  }

  check(token: string): 'valid' | 'unknown' | 'expired' {
    const expiresAt = this.#issued.get(token)
    if (expiresAt === undefined) return 'unknown'
    return expiresAt <= this.#clock.now() ? 'expired' : 'valid'
  }

  clear(): void {
    this.#issued.clear()
    this.#current = ''
  }
}
