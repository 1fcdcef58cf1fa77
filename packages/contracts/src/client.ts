import { check } from './check.ts'
import { Problem } from './problems.ts'
import {
  type AnswerOf,
  type AnyInput,
  type InputOf,
  mediaTypeOf,
  type Method,
  type Route,
} from './routes/route.ts'

/** One HTTP request for a transport to send; `body` goes as JSON, but a text as it is. */
export interface WireRequest {
  readonly method: Method
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly timeoutMs: number
}

/** One HTTP answer: its status and decoded JSON, or its text where it is no JSON, unchecked. */
export interface WireAnswer {
  readonly status: number
  readonly body: unknown
}

/** Sends a request: `wx.request` on phones, `fetch` elsewhere. Rejects only without an answer. */
export type Transport = (request: WireRequest) => Promise<WireAnswer>

/** The server answered with a problem. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly problem: Problem
  constructor(problem: Problem) {
    super(`${problem.code}: ${problem.detail}`)
    this.problem = problem
  }
}

/** The answer does not follow the contract: from a proxy, or a server of another version. */
export class ContractError extends Error {
  override readonly name = 'ContractError'
  readonly status: number
  constructor(route: Route, status: number) {
    super(`The answer to ${route.method} ${route.path} (HTTP ${status}) breaks the contract.`)
    this.status = status
  }
}

/** No answer arrived: lost, timed out or offline. Whether the server got the request is unknown. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError'
}

export interface CallOptions {
  readonly token?: string
  readonly timeoutMs?: number
}

/**
 * Calls a route and checks the answer against the contract.
 * Throws ProblemError, ContractError, or whatever the transport rejects with (NoAnswerError).
 */
export type Call = <R extends Route>(
  route: R,
  input: InputOf<R> & AnyInput,
  options?: CallOptions,
) => Promise<AnswerOf<R>>

const TIMEOUT_MS = 15_000

function pathOf(route: Route, { params = {}, query = {} }: AnyInput): string {
  const values = new Map<string, unknown>(Object.entries(params))
  const path = route.path.replace(/:([A-Za-z]+)/g, (_, name: string) =>
    encodeURIComponent(String(values.get(name))),
  )
  const pairs = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(String(value))}`)
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`
}

function headersOf(route: Route, input: AnyInput, token: string | undefined): Record<string, string> {
  const headers: Record<string, string> = {}
  if (input.body !== undefined) headers['content-type'] = mediaTypeOf(route)
  if (token !== undefined) headers['authorization'] = `Bearer ${token}`
  if (input.idempotencyKey !== undefined) headers['idempotency-key'] = input.idempotencyKey
  return headers
}

/** A client of the merchant server over `transport`. */
export function createCall(transport: Transport): Call {
  return async (route, input, options = {}) => {
    const answer = await transport({
      method: route.method,
      path: pathOf(route, input),
      headers: headersOf(route, input, options.token),
      body: input.body,
      timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    })
    if (answer.status === route.status && check(route.answer, answer.body)) return answer.body
    if (answer.status >= 400 && check(Problem, answer.body)) throw new ProblemError(answer.body)
    throw new ContractError(route, answer.status)
  }
}
