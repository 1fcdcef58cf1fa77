import { Check } from '@sinclair/typebox/value'
import { Problem, type ProblemCode, problems, type Route } from '@tael/contracts'
import type { Dispatcher } from 'undici'
import { mayAnswer } from '../src/http/routing.ts'
import { read } from './mutations.ts'

/** An answer as it came over HTTP. */
export interface HttpAnswer {
  readonly status: number
  readonly contentType: string
  readonly text: string
}

/** Sends a request and reads all of its answer. */
export async function answerTo(
  dispatcher: Dispatcher,
  request: Dispatcher.RequestOptions,
): Promise<HttpAnswer> {
  const { statusCode, headers, body } = await dispatcher.request(request)
  return {
    status: statusCode,
    contentType: String(headers['content-type'] ?? ''),
    text: await body.text(),
  }
}

/**
 * How an answer breaks the contract of its route, in words. Undefined where it does not: it is the
 * answer of a success, or a listed problem that is not the server's fault.
 */
export function breach(route: Route, answer: HttpAnswer): string | undefined {
  const { status } = answer
  if (status >= 500) return `HTTP ${status}`
  if (status >= 400) return breachOfProblem(route, answer)
  if (status !== route.status) return `HTTP ${status} instead of ${route.status}`
  const body = answer.contentType.startsWith('application/json') ? read(answer.text) : answer.text
  return Check(route.answer, body) ? undefined : `not the answer of ${route.path}`
}

function breachOfProblem(route: Route, { status, contentType, text }: HttpAnswer): string | undefined {
  if (!contentType.startsWith('application/problem+json')) return `HTTP ${status} as ${contentType}`
  const problem = read(text)
  if (!Check(Problem, problem)) return 'not a problem'
  const { code } = problem
  if (!isCode(code) || !mayAnswer(route, code)) return `${code} is not listed`
  if (problem.status !== status || problems[code].status !== status) return `HTTP ${status} for ${code}`
  return undefined
}

const isCode = (code: string): code is ProblemCode => Object.hasOwn(problems, code)
