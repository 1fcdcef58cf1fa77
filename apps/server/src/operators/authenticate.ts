import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { OperatorAction } from '../audit/record-action.ts'
import type { Context } from '../context.ts'
import { hashToken } from '../db/hash-token.ts'
import { callerAddress } from '../http/caller-address.ts'
import { HttpProblem } from '../http/problem.ts'
import { findOperator, type Operator } from './store.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The operator of a route with access `operator`; reading it anywhere else throws. */
    getOperator(): Operator
  }
}

/**
 * Checks the operator's key and its scope before the body is read, and limits requests: those with
 * bad keys by address. A key that was accepted before is looked up whatever others send from there.
 */
export function requireOperators(app: FastifyInstance, { db, limits }: Pick<Context, 'db' | 'limits'>): void {
  /** The hashes of the keys that were valid when they were last looked up. */
  const accepted = new Set<string>()
  const operators = new WeakMap<object, Operator>()
  app.decorateRequest('getOperator', function getOperator() {
    const operator = operators.get(this)
    if (operator === undefined) throw new Error('This route is not for operators.')
    return operator
  })
  app.addHook('preParsing', async (request) => {
    const { contract } = request.routeOptions.config
    if (contract?.access !== 'operator') return
    const key = /^Bearer (tael_[A-Za-z0-9_-]{43})$/.exec(request.headers.authorization ?? '')?.[1]
    const hash = key === undefined ? '' : hashToken(key).toString('base64url')
    if (!accepted.has(hash)) limits.count('refused', callerAddress(request))
    const operator = key === undefined ? undefined : await findOperator(db, key)
    if (operator === undefined) {
      accepted.delete(hash)
      throw new HttpProblem('operator_unauthenticated', "Send an operator's key as a bearer token.")
    }
    accepted.add(hash)
    limits.count('operator', operator.id)
    const { scope } = contract
    if (scope === undefined || !operator.scopes.includes(scope)) {
      throw new HttpProblem('scope_missing', `Use a key with the scope ${String(scope)}: this one lacks it.`)
    }
    operators.set(request, operator)
  })
}

/** The action of this request's operator, for the audit. */
export function operatorAction(request: FastifyRequest, action: string, subject?: string): OperatorAction {
  return { actor: request.getOperator().id, action, subject, requestId: request.id }
}
