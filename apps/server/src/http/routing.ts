import type { Readable } from 'node:stream'
import type { Static, TSchema, TUnsafe } from '@sinclair/typebox'
import {
  commonProblems,
  IdempotencyKeyHeader,
  mediaTypeOf,
  Problem,
  type ProblemCode,
  problems,
  type Route,
  sessionProblems,
} from '@tael/contracts'
import type { FastifyContextConfig } from 'fastify'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The contracts' route that this one serves. */
    contract?: Route
  }
}

/** What a handler answers with: text is a stream, so that no answer is held in memory whole. */
type Answer<R extends Route> = R['answersAs'] extends string ? TUnsafe<Readable> : R['answer']

/** A text is not parsed: its handler reads it as it arrives. */
type BodySchema<Body> = Body extends TSchema
  ? Static<Body> extends string
    ? unknown
    : { body: Body }
  : unknown

/** A route's schemas, as Fastify's type provider reads them. */
type RouteSchema<R extends Route> = {
  summary: string
  response: { [status in R['status']]: Answer<R> } & { '4xx': typeof Problem; '5xx': typeof Problem }
} & (R['params'] extends TSchema ? { params: R['params'] } : unknown) &
  (R['query'] extends TSchema ? { querystring: R['query'] } : unknown) &
  BodySchema<R['body']> &
  (R['idempotent'] extends true ? { headers: typeof IdempotencyKeyHeader } : unknown)

interface ServedRoute<R extends Route> {
  method: R['method']
  url: R['path']
  config: FastifyContextConfig
  schema: RouteSchema<R>
}

/**
 * The Fastify options of a route of the contracts: spread them into `app.route` and add the
 * handler, whose input and answer are then typed, validated and serialised by the contract.
 */
export function serve<R extends Route>(route: R): ServedRoute<R> {
  const { method, path: url, status, answer, answersAs, params, query, body, idempotent, summary } = route
  const schema = {
    summary,
    response: {
      [status]: answersAs === undefined ? answer : { content: { [answersAs]: { schema: answer } } },
      '4xx': Problem,
      '5xx': Problem,
    },
    ...(params === undefined ? {} : { params }),
    ...(query === undefined ? {} : { querystring: query }),
    ...(body === undefined ? {} : { body: describeBody(route, body) }),
    ...(idempotent ? { headers: IdempotencyKeyHeader } : {}),
  }
  return {
    method,
    url,
    config: { contract: route },
    // The value has the members of its type; TypeScript cannot see that through the spreads.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    schema: schema as RouteSchema<R>,
  }
}

function describeBody(route: Route, body: TSchema): object {
  const type = mediaTypeOf(route)
  return type === 'application/json' ? body : { content: { [type]: { schema: body } } }
}

/** Whether the contract lists this problem for this route, or for every route of its kind. */
export function mayAnswer(route: Route, code: ProblemCode): boolean {
  return (
    route.problems.includes(code) ||
    commonProblems.some((common) => common === code) ||
    (route.access === 'operator' && sessionProblems.some((one) => one === code)) ||
    problems[code].status === 500
  )
}
