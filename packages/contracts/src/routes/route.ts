import type { Static, TObject, TSchema } from '@sinclair/typebox'
import type { OperatorScope } from '../operators/scopes.ts'
import type { ProblemCode } from '../problems.ts'

/** Who may call a route: anyone, a logged-in shopper, Adyen with its webhook credentials, or an operator with a key. */
export type Access = 'public' | 'shopper' | 'adyen' | 'operator'

/**
 * One route, stated once: the server serves it, the client calls it and OpenAPI lists it from here.
 * `idempotent` routes take an `Idempotency-Key` header: the same key with the same body is the same request.
 */
export interface Route {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly summary: string
  readonly access: Access
  /** What an operator's key must allow; only with access `operator`. */
  readonly scope?: OperatorScope
  readonly idempotent: boolean
  readonly params?: TObject
  readonly query?: TObject
  readonly body?: TSchema
  readonly status: 200 | 201 | 202
  readonly answer: TSchema
  readonly problems: readonly ProblemCode[]
}

/** The answer a route gives when it succeeds. */
export type AnswerOf<R extends Route> = Static<R['answer']>

type Part<K extends string, S> = S extends TSchema
  ? object extends Static<S>
    ? { readonly [key in K]?: Static<S> }
    : { readonly [key in K]: Static<S> }
  : { readonly [key in K]?: never }

/** What a caller passes to a route: the parts the route has, and no others. */
export type InputOf<R extends Route> = Part<'params', R['params']> &
  Part<'query', R['query']> &
  Part<'body', R['body']> &
  (R['idempotent'] extends true ? { readonly idempotencyKey: string } : { readonly idempotencyKey?: never })

/** The input of whichever route, as the client reads it. */
export interface AnyInput {
  readonly params?: object
  readonly query?: object
  readonly body?: unknown
  readonly idempotencyKey?: string
}
