import * as Type from '@sinclair/typebox'
import { Check } from '@sinclair/typebox/value'
import type { BrokenAnswer } from '../broken-answers.ts'
import type { WeChatCallName } from '../faults.ts'
import type { World } from '../state/world.ts'
import { processWithFault } from './fault-answers.ts'
import { listApiAddresses, listDomains, listTemplates } from './app-settings.ts'
import type { WeChatResult } from './result.ts'
import { uploadShipping } from './shipping.ts'
import { sendMessage } from './subscribe-message.ts'

/** The body of `stable_token`, as it may arrive. */
export interface TokenRequest {
  readonly grant_type?: string
  readonly appid?: string
  readonly secret?: string
}

/** `POST /cgi-bin/stable_token`, with the fault that hits it. */
export function answerToken(world: World, body: TokenRequest): object | BrokenAnswer {
  return processWithFault(world.switchboard.weChatFault('token', undefined), () => issueToken(world, body))
}

/** `force_refresh` is ignored: it would end a token that others use. */
function issueToken({ config, accessTokens }: World, body: TokenRequest): object {
  if (body.grant_type !== 'client_credential') return { errcode: 40002, errmsg: 'invalid grant_type' }
  if (body.appid !== config.wechatAppId) return { errcode: 40013, errmsg: 'invalid appid' }
  if (body.secret !== config.wechatAppSecret) return { errcode: 40125, errmsg: 'invalid appsecret' }
  const { token, expiresInSeconds } = accessTokens.issue()
  return { access_token: token, expires_in: expiresInSeconds }
}

interface AuthorisedCall {
  readonly method: 'GET' | 'POST'
  /** The name by which faults target it. */
  readonly name: WeChatCallName
  readonly process: (world: World, body: unknown) => WeChatResult | object
  readonly openidIn: (body: unknown) => string | undefined
}

/** The calls that need an access token. */
export const authorisedCalls = {
  '/cgi-bin/message/subscribe/send': {
    method: 'POST',
    name: 'message',
    process: sendMessage,
    openidIn: (body) => (Check(ToShopper, body) ? body.touser : undefined),
  },
  '/wxa/sec/order/upload_shipping_info': {
    method: 'POST',
    name: 'shipping',
    process: uploadShipping,
    openidIn: (body) => (Check(OfPayer, body) ? body.payer.openid : undefined),
  },
  '/cgi-bin/get_api_domain_ip': {
    method: 'GET',
    name: 'addresses',
    process: listApiAddresses,
    openidIn: () => undefined,
  },
  '/wxa/getwxadevinfo': { method: 'POST', name: 'domains', process: listDomains, openidIn: () => undefined },
  '/wxaapi/newtmpl/gettemplate': {
    method: 'GET',
    name: 'templates',
    process: listTemplates,
    openidIn: () => undefined,
  },
} as const satisfies Record<string, AuthorisedCall>

const ToShopper = Type.Object({ touser: Type.String() })
const OfPayer = Type.Object({ payer: Type.Object({ openid: Type.String() }) })

/** Processes a call that needs an access token, with the fault that hits it. */
export function answerAuthorisedCall(
  world: World,
  path: keyof typeof authorisedCalls,
  token: string,
  body: unknown,
): object | BrokenAnswer {
  const refusal = refuseToken(world, token)
  if (refusal !== undefined) return refusal
  const { name, process, openidIn } = authorisedCalls[path]
  return processWithFault(world.switchboard.weChatFault(name, openidIn(body)), () => process(world, body))
}

function refuseToken({ accessTokens }: World, token: string): WeChatResult | undefined {
  if (token === '') return { errcode: 41001, errmsg: 'access_token missing' }
  switch (accessTokens.check(token)) {
    case 'valid':
      return undefined
    case 'unknown':
      return { errcode: 40001, errmsg: 'invalid credential' }
    case 'expired':
      return { errcode: 42001, errmsg: 'access_token expired' }
  }
}
