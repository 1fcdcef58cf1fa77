import type { BrokenAnswer } from '../broken-answers.ts'
import type { World } from '../world.ts'
import type { TokenRequest } from './access-tokens.ts'
import { uploadShipping } from './shipping.ts'
import { sendMessage } from './subscriptions.ts'

/** `POST /cgi-bin/stable_token`. `force_refresh` is not played: it ends a token that others use. */
export function giveToken({ config, accessTokens }: World, body: TokenRequest): object {
  if (body.grant_type !== 'client_credential') return { errcode: 40002, errmsg: 'invalid grant_type' }
  if (body.appid !== config.wechatAppId) return { errcode: 40013, errmsg: 'invalid appid' }
  if (body.secret !== config.wechatAppSecret) return { errcode: 40125, errmsg: 'invalid appsecret' }
  return accessTokens.issue()
}

/** The calls that take an access token. */
export const authorisedCalls = {
  '/cgi-bin/message/subscribe/send': sendMessage,
  '/wxa/sec/order/upload_shipping_info': uploadShipping,
} as const satisfies Record<string, (world: World, body: unknown) => object>

/** Makes such a call with the fault that strikes it, if any. HTTP says 200 whatever WeChat says. */
export function callWithToken(
  world: World,
  path: keyof typeof authorisedCalls,
  token: string,
  body: unknown,
): object | BrokenAnswer {
  const refusal = world.accessTokens.refusal(token)
  if (refusal !== undefined) return refusal
  const fault = world.switchboard.weChatFault()
  if (fault === 'wechat_busy') return { errcode: -1, errmsg: 'system error' }
  if (fault === 'wechat_token_refused') return { errcode: 40001, errmsg: 'invalid credential' }
  const answer = authorisedCalls[path](world, body)
  return fault === 'wechat_lost_answer' ? 'cut' : answer
}
