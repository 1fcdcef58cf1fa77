/**
 * WeChat's answer to a call for servers. 0 is success; `errmsg` is for people and may differ from
 * WeChat's.
 */
export interface WeChatResult {
  readonly errcode: number
  readonly errmsg: string
}

export const ok: WeChatResult = { errcode: 0, errmsg: 'ok' }
