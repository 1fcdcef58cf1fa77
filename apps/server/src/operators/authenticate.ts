import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type OperatorAction, recordAction } from '../audit/record-action.ts'
import type { Context } from '../context.ts'
import { hashToken } from '../db/hash-token.ts'
import { callerAddress } from '../http/caller-address.ts'
import { answeredProblem } from '../http/errors.ts'
import { HttpProblem } from '../http/problem.ts'
import { findKey, type Operator } from './store.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose key a route with access `operator` or `merchant` was called with; reading it anywhere else throws. */
    getOperator(): Operator
  }
}

/**
 * Checks the key of an operator or a merchant's backend, and its scope, before the body is read, and limits requests: those with
 * bad keys by address. A key that was accepted before is looked up whatever others send from there.
 * Whatever a known key is refused, the log and the audit name the key.
 */
export function requireOperators(app: FastifyInstance, { db, limits }: Pick<Context, 'db' | 'limits'>): void {
  /** The hashes of the keys that were valid when they were last looked up. */
  const accepted = new Set<string>()
  /** Of each request with a known key. */
  const callers = new WeakMap<object, Operator>()
  const operators = new WeakMap<object, Operator>()
  app.decorateRequest('getOperator', function getOperator() {
    const operator = operators.get(this)
    if (operator === undefined) throw new Error('This route is not for operators.')
    return operator
  })
  app.addHook('preParsing', async (request, reply) => {
    const { contract } = request.routeOptions.config
    if (contract?.access !== 'operator' && contract?.access !== 'merchant') return
    const secret = /^Bearer (tael_[A-Za-z0-9_-]{43})$/.exec(request.headers.authorization ?? '')?.[1]
    const hash = secret === undefined ? '' : hashToken(secret).toString('base64url')
    if (!accepted.has(hash)) limits.count('refused', callerAddress(request))
    const key = secret === undefined ? undefined : await findKey(db, secret)
    if (key !== undefined) {
      callers.set(request, key)
      request.log = request.log.child({ operator: key.id })
      reply.log = request.log
    }
    if (key === undefined || key.ended !== null) {
      accepted.delete(hash)
      const detail =
        key === undefined ? 'Send a key as a bearer token.' : `Use another key: this one is ${key.ended}.`
      throw new HttpProblem('operator_unauthenticated', detail)
    }
    accepted.add(hash)
    limits.count(contract.access, key.id)
    const { scope } = contract
    if (scope === undefined || !key.scopes.includes(scope)) {
      throw new HttpProblem('scope_missing', `Use a key with the scope ${String(scope)}: this one lacks it.`)
    }
    operators.set(request, key)
  })
  app.addHook('onResponse', async (request, reply) => {
    const caller = callers.get(request)
    if (caller === undefined || reply.statusCode < 400 || reply.statusCode >= 500) return
    // A flood is in the log: a row for each of its requests would be one more.
    if (reply.statusCode === 429) return
    const { method, url, id: requestId } = request
    const detail = {
      method,
      path: url.split('?')[0],
      status: reply.statusCode,
      code: answeredProblem(request),
    }
    await recordAction(db, { actor: caller.id, action: 'refused', detail, requestId })
  })
}

/** The action of this request's operator, for the audit. */
export function operatorAction(request: FastifyRequest, action: string, subject?: string): OperatorAction {
  return { actor: request.getOperator().id, action, subject, requestId: request.id }
}
