import cookie from '@fastify/cookie'
import type { Access, Route } from '@tael/contracts'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type OperatorAction, recordAction } from '../audit/record-action.ts'
import type { Context } from '../context.ts'
import type { Db } from '../db/database.ts'
import { hashToken } from '../db/hash-token.ts'
import { callerAddress } from '../http/caller-address.ts'
import { answeredProblem } from '../http/errors.ts'
import { HttpProblem } from '../http/problem.ts'
import { Refreshes } from './refreshes.ts'
import { readSessionCookie, requireOwnPage } from './session-cookie.ts'
import { findSession, type KnownSession } from './sessions.ts'
import { findKey, type KnownKey, type Operator } from './store.ts'

/** A session of the console, with its secret. */
export interface CurrentSession extends KnownSession {
  readonly secret: string
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who called a route with access `operator`, `console` or `merchant`; reading it anywhere else throws. */
    getOperator(): Operator
    /** The session that a route with access `console` was called in; reading it anywhere else throws. */
    getConsoleSession(): CurrentSession
    /** Whether the console's page reads again what it shows. */
    isRefresh(): boolean
  }
}

/** What a request brings to be let in. */
type Credential = { readonly key: string } | { readonly session: string }

/**
 * Checks the key of an operator or a merchant's backend, or a console's session, and its scope,
 * before the body is read, and limits requests: those with bad keys by address. A key that was
 * accepted before is looked up whatever others send from there.
 * Whatever a known key is refused, the log and the audit name its operator.
 */
export async function requireOperators(
  app: FastifyInstance,
  { db, limits }: Pick<Context, 'db' | 'limits'>,
): Promise<void> {
  /** The hashes of the keys and sessions that were valid when they were last looked up. */
  const accepted = new Set<string>()
  /** Of each request with a known key or session. */
  const callers = new WeakMap<object, Operator>()
  const operators = new WeakMap<object, Operator>()
  const sessions = new WeakMap<object, CurrentSession>()
  const refreshes = new Refreshes()
  /** The reading of each request of a page. */
  const readings = new WeakMap<object, string>()
  await app.register(cookie)
  app.decorateRequest('getOperator', function getOperator() {
    const operator = operators.get(this)
    if (operator === undefined) throw new Error('This route is not for operators.')
    return operator
  })
  app.decorateRequest('getConsoleSession', function getConsoleSession() {
    const session = sessions.get(this)
    if (session === undefined) throw new Error('This route is not for sessions of the console.')
    return session
  })
  app.decorateRequest('isRefresh', function isRefresh() {
    return refreshes.has(readings.get(this) ?? '')
  })
  app.addHook('preParsing', async (request, reply) => {
    const { contract } = request.routeOptions.config
    if (contract === undefined || !opensWithKey(contract.access)) return
    const credential = readCredential(request, contract.access)
    const hash =
      credential === undefined ? '' : hashToken(Object.values(credential).join()).toString('base64url')
    if (!accepted.has(hash)) limits.count('refused', callerAddress(request))
    const caller = credential === undefined ? undefined : await findCaller(db, credential)
    if (caller !== undefined) {
      callers.set(request, caller)
      request.log = request.log.child({ operator: caller.id })
      reply.log = request.log
    }
    const refusal = refusalOf(credential, caller)
    if (caller === undefined || refusal !== undefined) {
      accepted.delete(hash)
      throw new HttpProblem('operator_unauthenticated', refusal ?? 'Send a key as a bearer token.')
    }
    accepted.add(hash)
    limits.count(contract.access === 'merchant' ? 'merchant' : 'operator', caller.id)
    if (credential !== undefined && 'session' in credential && contract.method !== 'GET')
      requireOwnPage(request, credential.session)
    requireScope(contract, caller)
    operators.set(request, caller)
    if (isSession(caller) && contract.method === 'GET') readings.set(request, `${caller.id} ${request.url}`)
    if (isSession(caller) && credential !== undefined && 'session' in credential)
      sessions.set(request, { ...caller, secret: credential.session })
  })
  app.addHook('onResponse', async (request, reply) => {
    const caller = callers.get(request)
    const reading = readings.get(request)
    if (reading !== undefined && reply.statusCode < 400) refreshes.add(reading)
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

const opensWithKey = (access: Access): boolean =>
  access === 'operator' || access === 'merchant' || access === 'console'

/** A key in the Authorization header or a session's cookie, whichever opens routes of this access. */
function readCredential(request: FastifyRequest, access: Access): Credential | undefined {
  const { authorization } = request.headers
  if (access !== 'console' && (access === 'merchant' || authorization !== undefined)) {
    const key = /^Bearer (tael_[A-Za-z0-9_-]{43})$/.exec(authorization ?? '')?.[1]
    return key === undefined ? undefined : { key }
  }
  const session = readSessionCookie(request)
  return session === undefined ? undefined : { session }
}

function findCaller(db: Db, credential: Credential): Promise<KnownKey | KnownSession | undefined> {
  return 'key' in credential ? findKey(db, credential.key) : findSession(db, credential.session)
}

const isSession = (caller: KnownKey | KnownSession): caller is KnownSession => 'isOver' in caller

/** Why a caller is not let in, with the remedy. */
function refusalOf(
  credential: Credential | undefined,
  caller: KnownKey | KnownSession | undefined,
): string | undefined {
  if (caller === undefined && credential !== undefined && 'session' in credential)
    return 'Sign in again: the session has ended.'
  if (caller === undefined) return 'Send a key as a bearer token.'
  if (caller.ended !== null) return `Use another key: this one is ${caller.ended}.`
  return isSession(caller) && caller.isOver ? 'Sign in again: the session has ended.' : undefined
}

/** A route of the console's own session needs none. */
function requireScope({ access, scope }: Route, { scopes }: Operator): void {
  if (access === 'console') return
  if (scope === undefined || !scopes.includes(scope))
    throw new HttpProblem('scope_missing', `Use a key with the scope ${String(scope)}: this one lacks it.`)
}

/** The action of this request's operator, for the audit. */
export function operatorAction(request: FastifyRequest, action: string, subject?: string): OperatorAction {
  const isRefresh = request.isRefresh()
  return { actor: request.getOperator().id, action, subject, requestId: request.id, isRefresh }
}
