import type { Static, TObject, TSchema } from '@sinclair/typebox'
import type { OperatorScope } from '../operators/scopes.ts'
import type { ProblemCode } from '../problems.ts'

/**
 * Who may call a route: anyone, a logged-in shopper, Adyen with its webhook credentials, an
 * operator with a key or a session of the console, the console with its session only, or the backend
 * of a merchant with a key.
 */
export type Access = 'public' | 'shopper' | 'adyen' | 'operator' | 'console' | 'merchant'

export type Method = 'GET' | 'POST' | 'PUT'

/**
 * One route, from which the server serves it, the client calls it and OpenAPI describes it. An
 * `idempotent` route takes an `Idempotency-Key` header: the same key and body are the same request.
 */
export interface Route {
  readonly method: Method
  readonly path: string
  readonly summary: string
  readonly access: Access
  /** The scope that a key must have; only with access `operator` or `merchant`. */
  readonly scope?: OperatorScope
  readonly idempotent: boolean
  readonly params?: TObject
  readonly query?: TObject
  readonly body?: TSchema
  readonly status: 200 | 201 | 202
  readonly answer: TSchema
  /** The media type of the answer, which is text; JSON without it. */
  readonly answersAs?: 'text/csv' | 'text/plain'
  /** The media type of a body that is a text, which is sent as it is; without it JSON. */
  readonly sendsAs?: 'text/csv'
  readonly problems: readonly ProblemCode[]
}

/** The media type of a route's body. */
export const mediaTypeOf = (route: Route): string => route.sendsAs ?? 'application/json'

/** The answer of a successful call. */
export type AnswerOf<R extends Route> = Static<R['answer']>

type Part<K extends string, S> = S extends TSchema
  ? object extends Static<S>
    ? { readonly [key in K]?: Static<S> }
    : { readonly [key in K]: Static<S> }
  : { readonly [key in K]?: never }

/** The input of a route: exactly the parts that the route has. */
export type InputOf<R extends Route> = Part<'params', R['params']> &
  Part<'query', R['query']> &
  Part<'body', R['body']> &
  (R['idempotent'] extends true ? { readonly idempotencyKey: string } : { readonly idempotencyKey?: never })

/** The input of any route. */
export interface AnyInput {
  readonly params?: object
  readonly query?: object
  readonly body?: unknown
  readonly idempotencyKey?: string
}
