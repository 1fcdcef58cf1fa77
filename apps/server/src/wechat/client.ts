import * as Type from '@sinclair/typebox'
import { Check } from '@sinclair/typebox/value'
import { Agent, request } from 'undici'
import { plainText } from '../external-text.ts'

/** WeChat accepted the call. */
export interface Answered<T> {
  readonly kind: 'answered'
  readonly body: T
}

/** WeChat refused the call; `errcode` is the reason. */
export interface Refused {
  readonly kind: 'refused'
  readonly errcode: number
  readonly errmsg: string
}

/** No answer came, or an unreadable one: the outcome of the call is unknown. */
export interface Unanswered {
  readonly kind: 'unanswered'
  readonly reason: string
}

export type WeChatResult<T> = Answered<T> | Refused | Unanswered

/** The errcode of every call for busy. */
export const BUSY = -1

const DEADLINE_MS = 5_000
const ANSWER_BYTES_MAX = 100_000

/** The members of every answer. A refusal has HTTP status 200 too; a success may lack `errcode`. */
const AnswerStatus = Type.Object({
  errcode: Type.Optional(Type.Integer()),
  errmsg: Type.Optional(Type.Union([Type.String(), Type.Null()])),
})

/**
 * Calls of api.weixin.qq.com. The query holds secrets, so results and errors never hold the URL.
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

/** Makes a call of the client, for whoever observes them. */
export type Observe = <R extends WeChatResult<unknown>>(path: string, make: () => Promise<R>) => Promise<R>

/** Every call is made by `observe`. */
export function createWeChatClient(apiUrl: string, observe: Observe = (_path, make) => make()): WeChatClient {
  const agent = new Agent({ maxResponseSize: ANSWER_BYTES_MAX })

  async function send<S extends Type.TSchema>(
    path: string,
    options: { readonly method: 'GET' | 'POST'; readonly query: Query; readonly body?: object },
    schema: S,
  ): Promise<WeChatResult<Type.Static<S>>> {
    const { method, query, body } = options
    const payload = body === undefined ? {} : { body: JSON.stringify(body), headers: jsonHeaders }
    let answer: unknown
    try {
      const signal = AbortSignal.timeout(DEADLINE_MS)
      const { statusCode, body: answered } = await request(apiUrl + path, {
        method,
        query: { ...query },
        dispatcher: agent,
        signal,
        ...payload,
      })
      if (statusCode !== 200) {
        await answered.dump()
        return { kind: 'unanswered', reason: `HTTP ${statusCode}` }
      }
      answer = await answered.json()
    } catch (error) {
      // The error's message may hold the URL: only its name is kept.
      return { kind: 'unanswered', reason: error instanceof Error ? error.name : 'no answer' }
    }
    if (!Check(AnswerStatus, answer)) return unreadable
    const { errcode = 0, errmsg } = answer
    if (errcode !== 0)
      return { kind: 'refused', errcode, errmsg: plainText(errmsg ?? '', secretsOf({ ...query, ...body })) }
    return Check(schema, answer) ? { kind: 'answered', body: answer } : unreadable
  }

  return {
    get: (path, query, schema) => observe(path, () => send(path, { method: 'GET', query }, schema)),
    post: (path, query, body, schema) =>
      observe(path, () => send(path, { method: 'POST', query, body }, schema)),
    close: () => agent.close(),
  }
}

/** The secrets among what was sent, which WeChat's text may repeat. */
function secretsOf({ secret, access_token, js_code }: Readonly<Record<string, unknown>>): string[] {
  return [secret, access_token, js_code].filter((value) => typeof value === 'string')
}

const jsonHeaders = { 'content-type': 'application/json' }
const unreadable: Unanswered = { kind: 'unanswered', reason: 'unreadable answer' }
