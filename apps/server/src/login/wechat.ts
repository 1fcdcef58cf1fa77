import { setTimeout } from 'node:timers/promises'
import * as Type from '@sinclair/typebox'
import { Check } from '@sinclair/typebox/value'
import type { ProblemCode } from '@tael/contracts'
import { Agent, request } from 'undici'
import type { Config } from '../config.ts'
import { ProblemError } from '../http/problem.ts'

/** The answer of jscode2session, always HTTP 200. session_key is left unread: nothing here needs it. */
const CodeToSession = Type.Object({
  openid: Type.Optional(Type.String({ minLength: 1 })),
  errcode: Type.Optional(Type.Integer()),
})

/**
 * What each errcode means to us (developers.weixin.qq.com, code2Session; 40163 from its community answers).
 * Codes of our own misconfiguration are never shown to shoppers; -1 is worth one more try.
 */
const errcodes: Readonly<Record<number, { code: ProblemCode; detail: string; retryAfterSeconds?: number }>> =
  {
    [-1]: { code: 'login_unavailable', detail: 'WeChat is busy.', retryAfterSeconds: 2 },
    40029: { code: 'login_code_invalid', detail: 'Call wx.login again for a new code.' },
    40163: {
      code: 'login_code_invalid',
      detail: 'The code was used before: call wx.login again for a new one.',
    },
    45011: { code: 'login_rate_limited', detail: 'Wait a minute, then log in again.', retryAfterSeconds: 60 },
    40226: { code: 'login_blocked', detail: 'WeChat does not let this account log in to Mini Programs.' },
  }

const BUSY = -1
const BUSY_PAUSE_MS = 300
const TIMEOUT_MS = 5_000
const ANSWER_BYTES_MAX = 100_000
const UNREADABLE = 'WeChat answers something unreadable.'

export interface WeChatLogin {
  /** The openid behind a wx.login code. Throws a ProblemError for every way WeChat can say no. */
  openidOf(code: string): Promise<string>
  close(): Promise<void>
}

/** Exchanges wx.login codes at WeChat, from the server only: it takes the app secret. */
export function createWeChatLogin({ apiUrl, appId, appSecret }: Config['wechat']): WeChatLogin {
  const agent = new Agent({ maxResponseSize: ANSWER_BYTES_MAX })

  async function codeToSession(code: string): Promise<Type.Static<typeof CodeToSession>> {
    const query = { appid: appId, secret: appSecret, js_code: code, grant_type: 'authorization_code' }
    const answer = await request(`${apiUrl}/sns/jscode2session`, {
      query,
      dispatcher: agent,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
      .then(
        async ({ body }): Promise<unknown> => body.json(),
        (error: unknown) => {
          throw unavailable('WeChat does not answer.', error)
        },
      )
      .catch((error: unknown) => {
        throw error instanceof ProblemError ? error : unavailable(UNREADABLE, error)
      })
    if (Check(CodeToSession, answer)) return answer
    throw unavailable(UNREADABLE)
  }

  return {
    async openidOf(code) {
      let session = await codeToSession(code)
      if (session.errcode === BUSY) {
        await setTimeout(BUSY_PAUSE_MS)
        session = await codeToSession(code)
      }
      if (session.openid !== undefined) return session.openid
      const { errcode = 0 } = session
      // Neither whom the code was for nor what is wrong: not an answer of WeChat's.
      if (errcode === 0) throw unavailable(UNREADABLE)
      const known = errcodes[errcode]
      if (known !== undefined) {
        const { retryAfterSeconds } = known
        throw new ProblemError(
          known.code,
          known.detail,
          retryAfterSeconds === undefined ? {} : { retryAfterSeconds },
        )
      }
      throw new ProblemError(
        'login_misconfigured',
        'Logging in is not possible right now. The shop was told.',
        {},
        {
          cause: new Error(`WeChat refused our appid or secret: errcode ${errcode}.`),
        },
      )
    },
    close: () => agent.close(),
  }
}

function unavailable(detail: string, cause?: unknown): ProblemError {
  // The cause's own text may hold the request's URL, and with it the secret: only its name is kept.
  const name = cause instanceof Error ? cause.name : 'no cause'
  return new ProblemError(
    'login_unavailable',
    `${detail} Log in again in a moment.`,
    { retryAfterSeconds: 2 },
    {
      cause: new Error(`jscode2session failed: ${name}`),
    },
  )
}
