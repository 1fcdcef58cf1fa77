import { randomBytes } from 'node:crypto'
import type { BrokenAnswer } from '../broken-answers.ts'
import { openidOf } from '../openid.ts'
import type { World } from '../state/world.ts'
import { processWithFault } from './fault-answers.ts'

/** The query of `jscode2session`, as it may arrive. */
export interface SessionQuery {
  readonly appid?: string
  readonly secret?: string
  readonly js_code?: string
  readonly grant_type?: string
}

/**
 * `GET /sns/jscode2session`. The HTTP status is 200 also for errors. The codes are those of
 * WeChat's page of the call, and of its community for 40163.
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
  return processWithFault(fault, () => useCode(world, appid, code))
}

function useCode(world: World, appid: string, code: string): object {
  const session = world.loginCodes.use(code)
  if (session === 'used') return { errcode: 40163, errmsg: 'code been used' }
  if (session === 'invalid') return { errcode: 40029, errmsg: 'invalid code' }
  return { openid: openidOf(appid, session.shopper), session_key: randomBytes(16).toString('base64') }
}
