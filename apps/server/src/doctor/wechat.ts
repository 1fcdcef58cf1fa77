import { isIP } from 'node:net'
import * as Type from '@sinclair/typebox'
import type { Config } from '../config.ts'
import { describeFailure, requestToken } from '../wechat/access-token.ts'
import { createWeChatClient, type WeChatClient, type WeChatResult } from '../wechat/client.ts'
import { allUnknown, fail, type Finding, pass, passIf, unknown } from './finding.ts'

/** Which check an errcode of the access token fails (developers.weixin.qq.com, global return codes). */
const refusals = {
  40013: 'wechat.app_id',
  40125: 'wechat.app_secret',
  40164: 'wechat.ip_list',
} as const

const Addresses = Type.Object({ ip_list: Type.Array(Type.String()) })
const Domains = Type.Object({ requestdomain: Type.Array(Type.String()) })
const Templates = Type.Object({
  data: Type.Array(Type.Object({ priTmplId: Type.String(), content: Type.String() })),
})

type Settings = Pick<Config, 'wechat' | 'paidMessage' | 'publicUrl'>

/** Gets an access token, and reads with it what is set at mp.weixin.qq.com. It is not stored. */
export async function examineWeChat(settings: Settings): Promise<Finding[]> {
  const { appId, appSecret, apiUrl } = settings.wechat
  if ([appId, appSecret, apiUrl].includes('')) return allUnknown('wechat', 'its variables are not valid')
  const client = createWeChatClient(apiUrl)
  try {
    const token = await requestToken(client, settings.wechat)
    if (token.kind !== 'answered') return readRefusal(token, apiUrl)
    const query = { access_token: token.body.access_token }
    const [used, domain, templates] = await Promise.all([
      client.get('/cgi-bin/get_api_domain_ip', query, Addresses),
      examineDomain(client, query, settings.publicUrl),
      examineTemplate(client, query, settings.paidMessage),
    ])
    return [
      pass('wechat.reached', new URL(apiUrl).host),
      pass('wechat.app_id', appId),
      pass('wechat.app_secret', 'accepted'),
      pass('wechat.ip_list', 'no list, or this machine is on it'),
      used.kind === 'answered'
        ? pass('wechat.token', `WeChat's API has ${used.body.ip_list.length} addresses`)
        : fail('wechat.token', describeFailure(used)),
      domain,
      ...templates,
    ]
  } finally {
    await client.close()
  }
}

function readRefusal(token: Exclude<WeChatResult<object>, { kind: 'answered' }>, apiUrl: string): Finding[] {
  const reached = pass('wechat.reached', new URL(apiUrl).host)
  const found = describeFailure(token)
  const check = token.kind === 'refused' ? findRefused(token.errcode) : 'wechat.reached'
  const known = [...(check === 'wechat.reached' ? [] : [reached]), fail(check, found)]
  return [...known, ...allUnknown('wechat', 'WeChat gave no access token', known)]
}

function findRefused(errcode: number): (typeof refusals)[keyof typeof refusals] | 'wechat.token' {
  return errcode === 40013 || errcode === 40125 || errcode === 40164 ? refusals[errcode] : 'wechat.token'
}

type Query = Readonly<Record<string, string>>

/** WeChat lists the domains of the program to its own token (developers.weixin.qq.com, getDomainInfo). */
async function examineDomain(
  client: WeChatClient,
  query: Query,
  publicUrl: string | undefined,
): Promise<Finding> {
  const url = publicUrl === undefined ? null : URL.parse(publicUrl)
  if (url === null) return unknown('wechat.server_domain', 'PUBLIC_URL is not set')
  if (isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0 || url.hostname === 'localhost')
    return fail('wechat.server_domain', `${url.hostname} is no domain`)
  const listed = await client.post('/wxa/getwxadevinfo', query, { action: 'getserverdomain' }, Domains)
  if (listed.kind !== 'answered')
    return unknown('wechat.server_domain', `WeChat does not list the domains: ${describeFailure(listed)}`)
  const domains = listed.body.requestdomain.map((one) => one.replace(/\/+$/, ''))
  return passIf(
    domains.includes(url.origin),
    'wechat.server_domain',
    `the request domains are ${domains.join(', ') || 'none'}; the server has ${url.origin}`,
  )
}

async function examineTemplate(
  client: WeChatClient,
  query: Query,
  message: Config['paidMessage'],
): Promise<Finding[]> {
  if (message === undefined)
    return [
      pass('wechat.template', 'no message is configured'),
      pass('wechat.template_fields', 'no message is configured'),
    ]
  const listed = await client.get('/wxaapi/newtmpl/gettemplate', query, Templates)
  if (listed.kind !== 'answered') {
    const found = `WeChat does not list the templates: ${describeFailure(listed)}`
    return [unknown('wechat.template', found), unknown('wechat.template_fields', found)]
  }
  const template = listed.body.data.find(({ priTmplId }) => priTmplId === message.templateId)
  if (template === undefined)
    return [
      fail('wechat.template', `the app has ${listed.body.data.length} templates, and not this one`),
      unknown('wechat.template_fields', 'the template is unknown'),
    ]
  const wanted = [...template.content.matchAll(/\{\{(\w+)\.DATA\}\}/g)].map(([, name = '']) => name)
  const given = message.fields.map(({ name }) => name)
  const isSame = wanted.length === given.length && wanted.every((name) => given.includes(name))
  return [
    pass('wechat.template', message.templateId),
    passIf(
      isSame,
      'wechat.template_fields',
      `the template has ${wanted.join(', ')}; PAID_MESSAGE_FIELDS ${given.join(', ') || 'none'}`,
    ),
  ]
}
