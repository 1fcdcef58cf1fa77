import { setTimeout } from 'node:timers/promises'
import * as Type from '@sinclair/typebox'
import type { ProblemCode } from '@tael/contracts'
import type { Config } from '../config.ts'
import { HttpProblem } from '../http/problem.ts'
import { BUSY, type WeChatClient, type WeChatResult } from './client.ts'

/** The answer of jscode2session. session_key is left unread: nothing here needs it. */
const Session = Type.Object({ openid: Type.String({ minLength: 1 }) })
type Session = Type.Static<typeof Session>

/**
 * What each errcode means to us (developers.weixin.qq.com, code2Session; 40163 from its community answers).
 * Codes of our own misconfiguration are never shown to shoppers; busy is worth one more try.
 */
const errcodes: Readonly<Record<number, { code: ProblemCode; detail: string; retryAfterSeconds?: number }>> =
  {
    [BUSY]: { code: 'login_unavailable', detail: 'WeChat is busy.', retryAfterSeconds: 2 },
    40029: { code: 'login_code_invalid', detail: 'Call wx.login again for a new code.' },
    40163: {
      code: 'login_code_invalid',
      detail: 'The code was used before: call wx.login again for a new one.',
    },
    45011: { code: 'login_rate_limited', detail: 'Wait a minute, then log in again.', retryAfterSeconds: 60 },
    40226: { code: 'login_blocked', detail: 'WeChat does not let this account log in to Mini Programs.' },
  }

const BUSY_PAUSE_MS = 300

export interface WeChatLogin {
  /** The openid behind a wx.login code. Throws a HttpProblem for every way WeChat can say no. */
  openidOf(code: string): Promise<string>
}

/** Exchanges wx.login codes at WeChat, from the server only: it takes the app secret. */
export function createWeChatLogin(
  client: WeChatClient,
  { appId, appSecret }: Pick<Config['wechat'], 'appId' | 'appSecret'>,
): WeChatLogin {
  const codeToSession = (code: string): Promise<WeChatResult<Session>> => {
    // A code is any text to us, but halves of characters fit in no URL: as another text WeChat refuses them.
    const js_code = code.toWellFormed()
    const query = { appid: appId, secret: appSecret, js_code, grant_type: 'authorization_code' }
    return client.get('/sns/jscode2session', query, Session)
  }

  return {
    async openidOf(code) {
      let result = await codeToSession(code)
      if (result.kind === 'refused' && result.errcode === BUSY) {
        await setTimeout(BUSY_PAUSE_MS)
        result = await codeToSession(code)
      }
      if (result.kind === 'answered') return result.body.openid
      throw problemOf(result)
    },
  }
}

function problemOf(result: Exclude<WeChatResult<Session>, { kind: 'answered' }>): HttpProblem {
  if (result.kind === 'unanswered') {
    const cause = new Error(`jscode2session failed: ${result.reason}`)
    const detail = 'WeChat gives no answer. Log in again in a moment.'
    return new HttpProblem('login_unavailable', detail, { retryAfterSeconds: 2 }, { cause })
  }
  const known = errcodes[result.errcode]
  if (known === undefined) {
    const cause = new Error(`WeChat refused our appid or secret: errcode ${result.errcode}.`)
    const detail = 'Logging in is not possible right now. The shop was told.'
    return new HttpProblem('login_misconfigured', detail, {}, { cause })
  }
  const { code, detail, retryAfterSeconds } = known
  return new HttpProblem(code, detail, retryAfterSeconds === undefined ? {} : { retryAfterSeconds })
}
