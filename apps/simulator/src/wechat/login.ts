import { randomBytes } from 'node:crypto'
import type { BrokenAnswer } from '../broken-answers.ts'
import type { Clock } from '../clock.ts'
import type { World } from '../world.ts'
import { disturbed } from './disturbances.ts'
import { openidOf } from './openid.ts'

/** A code of `wx.login` lives five minutes and works once (developers.weixin.qq.com, wx.login). */
const CODE_LIFE_MS = 5 * 60 * 1_000

/** Codes of `wx.login`, of shoppers by name. */
export class LoginCodes {
  readonly #clock: Clock
  readonly #codes = new Map<string, { readonly shopper: string; readonly expiresAt: number; used: boolean }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** What `wx.login` does. */
  issue(shopper: string): string {
    this.#forgetExpired()
    const code = `0${randomBytes(23).toString('base64url')}`
    this.#codes.set(code, { shopper, expiresAt: this.#clock.now() + CODE_LIFE_MS, used: false })
    return code
  }

  /** Uses a code up: the shopper it was issued for, or why it is no good. */
  use(code: string): { readonly shopper: string } | 'used' | 'invalid' {
    const entry = this.#codes.get(code)
    if (entry === undefined || entry.expiresAt <= this.#clock.now()) return 'invalid'
    if (entry.used) return 'used'
    entry.used = true
    return { shopper: entry.shopper }
  }

  /** Whom a code was issued for, good or not. */
  shopperOf(code: string): string | undefined {
    return this.#codes.get(code)?.shopper
  }

  clear(): void {
    this.#codes.clear()
  }

  #forgetExpired(): void {
    for (const [code, { expiresAt }] of this.#codes) {
      if (expiresAt > this.#clock.now()) return
      this.#codes.delete(code)
    }
  }
}

/** The query of `jscode2session`, as it may arrive. */
export interface SessionQuery {
  readonly appid?: string
  readonly secret?: string
  readonly js_code?: string
  readonly grant_type?: string
}

/**
 * `GET /sns/jscode2session`. The HTTP status is 200 also for errors. Codes: WeChat's page of the call, and its
 * community's answers for 40163; the words of `errmsg` are for people and may differ from WeChat's.
 */
export function exchangeCode(world: World, query: SessionQuery): object | BrokenAnswer {
  const { wechatAppId, wechatAppSecret } = world.config
  const { appid = '', secret = '', js_code: code = '' } = query
  if (appid === '') return { errcode: 41002, errmsg: 'appid missing' }
  if (appid !== wechatAppId) return { errcode: 40013, errmsg: 'invalid appid' }
  if (secret === '') return { errcode: 41004, errmsg: 'appsecret missing' }
  if (secret !== wechatAppSecret) return { errcode: 40125, errmsg: 'invalid appsecret' }
  if (code === '') return { errcode: 41008, errmsg: 'missing code' }
  if (query.grant_type !== 'authorization_code') return { errcode: 40002, errmsg: 'invalid grant_type' }
  const shopper = world.loginCodes.shopperOf(code)
  const fault = world.switchboard.loginFault(shopper === undefined ? undefined : openidOf(appid, shopper))
  return disturbed(fault, () => useCode(world, appid, code))
}

function useCode(world: World, appid: string, code: string): object {
  const session = world.loginCodes.use(code)
  if (session === 'used') return { errcode: 40163, errmsg: 'code been used' }
  if (session === 'invalid') return { errcode: 40029, errmsg: 'invalid code' }
  return { openid: openidOf(appid, session.shopper), session_key: randomBytes(16).toString('base64') }
}
