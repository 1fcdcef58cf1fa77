import { randomBytes } from 'node:crypto'
import type { Clock } from './clock.ts'

/** A code lives five minutes and works once (developers.weixin.qq.com, wx.login). */
const LIFETIME_MS = 5 * 60 * 1_000

/** The codes that `wx.login` issued, and their shoppers. */
export class LoginCodes {
  readonly #clock: Clock
  readonly #codes = new Map<string, { readonly shopper: string; readonly expiresAt: number; used: boolean }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  issue(shopper: string): string {
    this.#removeExpired()
    const code = `0${randomBytes(23).toString('base64url')}`
    this.#codes.set(code, { shopper, expiresAt: this.#clock.now() + LIFETIME_MS, used: false })
    return code
  }

  /** Uses a code up. Returns its shopper, or why it is not valid. */
  use(code: string): { readonly shopper: string } | 'used' | 'invalid' {
    const entry = this.#codes.get(code)
    if (entry === undefined || entry.expiresAt <= this.#clock.now()) return 'invalid'
    if (entry.used) return 'used'
    entry.used = true
    return { shopper: entry.shopper }
  }

  /** The shopper of a code, whether or not it is still valid. */
  shopperOf(code: string): string | undefined {
    return this.#codes.get(code)?.shopper
  }

  clear(): void {
    this.#codes.clear()
  }

  #removeExpired(): void {
    for (const [code, { expiresAt }] of this.#codes) {
      if (expiresAt > this.#clock.now()) return
      this.#codes.delete(code)
    }
  }
}
