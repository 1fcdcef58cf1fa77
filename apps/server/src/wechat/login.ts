import { setTimeout as pause } from 'node:timers/promises'
import * as Type from '@sinclair/typebox'
import type { ProblemCode } from '@tael/contracts'
import type { Config } from '../config.ts'
import { HttpProblem } from '../http/problem.ts'
import { describeFailure } from './access-token.ts'
import { BUSY, type WeChatClient, type WeChatResult } from './client.ts'
import { misconfigurations } from './errcodes.ts'

/** The answer of jscode2session. The session_key is not read. */
const Session = Type.Object({ openid: Type.String({ minLength: 1 }) })
type Session = Type.Static<typeof Session>

/**
 * The problem of each errcode (developers.weixin.qq.com, code2Session; 40163 from its community
 * answers). Any other errcode is a misconfiguration of ours.
 */
const errcodes: Readonly<Record<number, { code: ProblemCode; detail: string; retryAfterSeconds?: number }>> =
  {
    [BUSY]: {
      code: 'login_unavailable',
      detail: 'Log in again in a moment: WeChat is busy.',
      retryAfterSeconds: 2,
    },
    40029: { code: 'login_code_invalid', detail: 'Call wx.login again for a new code.' },
    40163: {
      code: 'login_code_invalid',
      detail: 'Call wx.login again for a new code: this one was used before.',
    },
    45011: { code: 'login_rate_limited', detail: 'Wait a minute, then log in again.', retryAfterSeconds: 60 },
    40226: {
      code: 'login_blocked',
      detail: 'Use another WeChat account: this one may not log in to Mini Programs.',
    },
  }

const BUSY_PAUSE_MS = 300

export interface WeChatLogin {
  /** The openid of a wx.login code. Throws a HttpProblem where WeChat does not return one. */
  openidOf(code: string): Promise<string>
}

/** Exchanges wx.login codes at WeChat, with the app secret. */
export function createWeChatLogin(
  client: WeChatClient,
  { appId, appSecret }: Pick<Config['wechat'], 'appId' | 'appSecret'>,
): WeChatLogin {
  const codeToSession = (code: string): Promise<WeChatResult<Session>> => {
    // A URL cannot hold a lone surrogate; without it WeChat refuses the code.
    const js_code = code.toWellFormed()
    const query = { appid: appId, secret: appSecret, js_code, grant_type: 'authorization_code' }
    return client.get('/sns/jscode2session', query, Session)
  }

  return {
    async openidOf(code) {
      let result = await codeToSession(code)
      if (result.kind === 'refused' && result.errcode === BUSY) {
        await pause(BUSY_PAUSE_MS)
        result = await codeToSession(code)
      }
      if (result.kind === 'answered') return result.body.openid
      throw toProblem(result)
    },
  }
}

function toProblem(result: Exclude<WeChatResult<Session>, { kind: 'answered' }>): HttpProblem {
  if (result.kind === 'unanswered') {
    const cause = new Error(`jscode2session failed: ${result.reason}`)
    const detail = 'Log in again in a moment: WeChat does not answer.'
    return new HttpProblem('login_unavailable', detail, { retryAfterSeconds: 2 }, { cause })
  }
  const known = errcodes[result.errcode]
  if (known === undefined) {
    const meaning = misconfigurations[result.errcode] ?? 'look up its errcode'
    const cause = new Error(`WeChat refused the login (${meaning}): ${describeFailure(result)}`)
    const detail = 'Log in again later: the shop must correct its settings and was notified.'
    return new HttpProblem('login_misconfigured', detail, {}, { cause })
  }
  const { code, detail, retryAfterSeconds } = known
  return new HttpProblem(code, detail, retryAfterSeconds === undefined ? {} : { retryAfterSeconds })
}
