import * as Type from '@sinclair/typebox'
import { Check } from '@sinclair/typebox/value'
import type { World } from '../state/world.ts'
import type { WeChatResult } from './result.ts'

/** Addresses for documentation (RFC 5737): what matters is that there are some. */
const ADDRESSES = ['192.0.2.1', '192.0.2.2']

const DevInfo = Type.Object({ action: Type.Optional(Type.String()) })

/** `GET /cgi-bin/get_api_domain_ip`: the addresses of WeChat's API. */
export function listApiAddresses(): object {
  return { ip_list: ADDRESSES }
}

/** `POST /wxa/getwxadevinfo`: the server domains of the Mini Program, `SIMULATOR_REQUEST_DOMAINS`. */
export function listDomains({ config }: World, body: unknown): WeChatResult | object {
  if (!Check(DevInfo, body)) return { errcode: 47001, errmsg: 'data format error' }
  return {
    errcode: 0,
    errmsg: 'ok',
    requestdomain: config.requestDomains,
    wsrequestdomain: [],
    uploaddomain: [],
    downloaddomain: [],
  }
}

/** `GET /wxaapi/newtmpl/gettemplate`: the template of `SIMULATOR_TEMPLATE_ID`, if there is one. */
export function listTemplates({ config }: World): object {
  const { templateId, templateFields } = config
  const content = templateFields.map((field) => `字段:{{${field}.DATA}}\n`).join('')
  const template = { priTmplId: templateId, title: '支付成功通知', content, example: '', type: 2 }
  return { errcode: 0, errmsg: 'ok', data: templateId === undefined ? [] : [template] }
}
