import { randomBytes } from 'node:crypto'
import type { Clock } from '../clock.ts'

/** A token lives two hours; in its last five minutes another one is given out, and both are good (getStableAccessToken). */
const LIFE_MS = 7_200_000
const OVERLAP_MS = 300_000

/** What WeChat answers where it does nothing, with its own number for it. `errmsg` is for people, and may differ. */
export interface Refusal {
  readonly errcode: number
  readonly errmsg: string
}

/** The access tokens of the app, as `stable_token` gives them out. */
export class AccessTokens {
  readonly #clock: Clock
  /** When each token that was given out ends. */
  readonly #issued = new Map<string, number>()
  #current = ''

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The token that is good for a while: the same one for everybody who asks. */
  issue(): { readonly access_token: string; readonly expires_in: number } {
    const now = this.#clock.now()
    if ((this.#issued.get(this.#current) ?? 0) <= now + OVERLAP_MS) {
      this.#current = randomBytes(96).toString('base64url')
      this.#issued.set(this.#current, now + LIFE_MS)
    }
    const expiresAt = this.#issued.get(this.#current) ?? now
    return { access_token: this.#current, expires_in: Math.floor((expiresAt - now) / 1_000) }
  }

  /** Why a call with this token is refused; undefined where it is good. */
  refusal(token: string): Refusal | undefined {
    if (token === '') return { errcode: 41001, errmsg: 'access_token missing' }
    const expiresAt = this.#issued.get(token)
    if (expiresAt === undefined) return { errcode: 40001, errmsg: 'invalid credential' }
    return expiresAt <= this.#clock.now() ? { errcode: 42001, errmsg: 'access_token expired' } : undefined
  }

  clear(): void {
    this.#issued.clear()
    this.#current = ''
  }
}

/** The body of `stable_token`, as it may arrive. */
export interface TokenRequest {
  readonly grant_type?: string
  readonly appid?: string
  readonly secret?: string
}
