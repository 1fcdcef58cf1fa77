import * as Type from '@sinclair/typebox'
import { Check } from '@sinclair/typebox/value'
import { Agent, request } from 'undici'

/** WeChat did it, and said this. */
export interface Answered<T> {
  readonly kind: 'answered'
  readonly body: T
}

/** WeChat said no, and why by `errcode`. -1 is its word for busy. */
export interface Refused {
  readonly kind: 'refused'
  readonly errcode: number
  readonly errmsg: string
}

/** No answer came, or none that can be read: nobody knows whether WeChat did it. */
export interface Unanswered {
  readonly kind: 'unanswered'
  readonly reason: string
}

export type WeChatResult<T> = Answered<T> | Refused | Unanswered

/** WeChat's own word for busy, at every call. */
export const BUSY = -1

const DEADLINE_MS = 5_000
const ANSWER_BYTES_MAX = 100_000

/** What every answer can carry. HTTP says 200 also where WeChat says no; `errcode` may be absent where it says yes. */
const Verdict = Type.Object({
  errcode: Type.Optional(Type.Integer()),
  errmsg: Type.Optional(Type.String()),
})

/**
 * Calls of api.weixin.qq.com. The query carries what nobody else may read, app secret and access token: no result and
 * no error holds an address.
 */
export interface WeChatClient {
  get<S extends Type.TSchema>(path: string, query: Query, schema: S): Promise<WeChatResult<Type.Static<S>>>
  post<S extends Type.TSchema>(
    path: string,
    query: Query,
    body: object,
    schema: S,
  ): Promise<WeChatResult<Type.Static<S>>>
  close(): Promise<void>
}

type Query = Readonly<Record<string, string>>

export function createWeChatClient(apiUrl: string): WeChatClient {
  const agent = new Agent({ maxResponseSize: ANSWER_BYTES_MAX })

  async function call<S extends Type.TSchema>(
    path: string,
    how: { readonly method: 'GET' | 'POST'; readonly query: Query; readonly body?: object },
    schema: S,
  ): Promise<WeChatResult<Type.Static<S>>> {
    const { method, query, body } = how
    const sent = body === undefined ? {} : { body: JSON.stringify(body), headers: jsonHeaders }
    let answer: unknown
    try {
      const signal = AbortSignal.timeout(DEADLINE_MS)
      const { statusCode, body: answered } = await request(apiUrl + path, {
        method,
        query: { ...query },
        dispatcher: agent,
        signal,
        ...sent,
      })
      if (statusCode !== 200) {
        await answered.dump()
        return { kind: 'unanswered', reason: `HTTP ${statusCode}` }
      }
      answer = await answered.json()
    } catch (error) {
      // The error's own text may hold the address: only its name is kept.
      return { kind: 'unanswered', reason: error instanceof Error ? error.name : 'no answer' }
    }
    if (!Check(Verdict, answer)) return unreadable
    const { errcode = 0, errmsg = '' } = answer
    if (errcode !== 0) return { kind: 'refused', errcode, errmsg }
    return Check(schema, answer) ? { kind: 'answered', body: answer } : unreadable
  }

  return {
    get: (path, query, schema) => call(path, { method: 'GET', query }, schema),
    post: (path, query, body, schema) => call(path, { method: 'POST', query, body }, schema),
    close: () => agent.close(),
  }
}

const jsonHeaders = { 'content-type': 'application/json' }
const unreadable: Unanswered = { kind: 'unanswered', reason: 'unreadable answer' }
