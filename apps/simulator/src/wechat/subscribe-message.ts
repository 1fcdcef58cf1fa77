import * as Type from '@sinclair/typebox'
import { Check } from '@sinclair/typebox/value'
import { isOpenidOf } from '../openid.ts'
import type { World } from '../state/world.ts'
import { ok, type WeChatResult } from './result.ts'

const Message = Type.Object({
  touser: Type.Optional(Type.String()),
  template_id: Type.Optional(Type.String()),
  page: Type.Optional(Type.String()),
  miniprogram_state: Type.Optional(
    Type.Union([Type.Literal('developer'), Type.Literal('trial'), Type.Literal('formal')]),
  ),
  lang: Type.Optional(Type.String()),
  data: Type.Optional(Type.Record(Type.String(), Type.Object({ value: Type.String() }))),
})

/**
 * The values of each field type (WeChat's table of parameter values). Types that are not listed
 * take any text.
 */
const fieldRules: Readonly<Record<string, RegExp>> = {
  thing: /^\P{C}{1,20}$/u,
  character_string: /^[\x20-\x7e]{1,32}$/,
  phrase: /^\p{Script=Han}{1,5}$/u,
  amount: /^[¥€£$]?\d{1,10}(\.\d+)?元?$/u,
  time: /^(\d{4}年\d{1,2}月\d{1,2}日 )?\d{1,2}:\d{2}(:\d{2})?$/u,
  date: /^\d{4}年\d{1,2}月\d{1,2}日( \d{1,2}:\d{2}(:\d{2})?)?$/u,
}

/** `POST /cgi-bin/message/subscribe/send`. A refused message does not use the subscription up. */
export function sendMessage({ config, subscriptions }: World, body: unknown): WeChatResult {
  if (!Check(Message, body)) return { errcode: 47001, errmsg: 'data format error' }
  const { touser = '', template_id: templateId = '', page, data = {} } = body
  if (!isOpenidOf(config.wechatAppId, touser)) return { errcode: 40003, errmsg: 'invalid openid' }
  if (templateId === '') return { errcode: 40037, errmsg: 'invalid template_id' }
  if (page?.startsWith('/') === true) return { errcode: 41030, errmsg: 'invalid page' }
  const invalid = Object.entries(data).find(([name, { value }]) => !fits(name, value))
  if (invalid !== undefined || Object.keys(data).length === 0)
    return { errcode: 47003, errmsg: `argument invalid! data.${invalid?.[0] ?? ''}.value invalid` }
  return subscriptions.use(touser, templateId)
    ? ok
    : { errcode: 43101, errmsg: 'user refuse to accept the msg' }
}

function fits(name: string, value: string): boolean {
  const rule = fieldRules[name.replace(/\d+$/, '')]
  return value !== '' && (rule === undefined || rule.test(value))
}
