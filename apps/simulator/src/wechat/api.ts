import * as Type from '@sinclair/typebox'
import { Check } from '@sinclair/typebox/value'
import type { BrokenAnswer } from '../broken-answers.ts'
import type { WeChatCallName } from '../faults.ts'
import type { World } from '../world.ts'
import type { TokenRequest } from './access-tokens.ts'
import { disturbed } from './disturbances.ts'
import { uploadShipping } from './shipping.ts'
import { sendMessage } from './subscriptions.ts'

/** `POST /cgi-bin/stable_token`, with the fault that strikes it, if any. */
export function giveToken(world: World, body: TokenRequest): object | BrokenAnswer {
  return disturbed(world.switchboard.weChatFault('token', undefined), () => issueToken(world, body))
}

/** `force_refresh` is not played: it ends a token that others use. */
function issueToken({ config, accessTokens }: World, body: TokenRequest): object {
  if (body.grant_type !== 'client_credential') return { errcode: 40002, errmsg: 'invalid grant_type' }
  if (body.appid !== config.wechatAppId) return { errcode: 40013, errmsg: 'invalid appid' }
  if (body.secret !== config.wechatAppSecret) return { errcode: 40125, errmsg: 'invalid appsecret' }
  return accessTokens.issue()
}

interface AuthorisedCall {
  /** By which faults are aimed at it. */
  readonly name: WeChatCallName
  readonly process: (world: World, body: unknown) => object
  readonly openidIn: (body: unknown) => string | undefined
}

/** The calls that take an access token. */
export const authorisedCalls = {
  '/cgi-bin/message/subscribe/send': {
    name: 'message',
    process: sendMessage,
    openidIn: (body) => (Check(ToShopper, body) ? body.touser : undefined),
  },
  '/wxa/sec/order/upload_shipping_info': {
    name: 'shipping',
    process: uploadShipping,
    openidIn: (body) => (Check(OfPayer, body) ? body.payer.openid : undefined),
  },
} as const satisfies Record<string, AuthorisedCall>

const ToShopper = Type.Object({ touser: Type.String() })
const OfPayer = Type.Object({ payer: Type.Object({ openid: Type.String() }) })

/** Makes such a call with the fault that strikes it, if any. */
export function callWithToken(
  world: World,
  path: keyof typeof authorisedCalls,
  token: string,
  body: unknown,
): object | BrokenAnswer {
  const refusal = world.accessTokens.refusal(token)
  if (refusal !== undefined) return refusal
  const { name, process, openidIn } = authorisedCalls[path]
  return disturbed(world.switchboard.weChatFault(name, openidIn(body)), () => process(world, body))
}
