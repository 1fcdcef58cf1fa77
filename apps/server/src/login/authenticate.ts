import type { FastifyInstance } from 'fastify'
import type { Db } from '../db/database.ts'
import { HttpProblem } from '../http/problem.ts'
import { hashToken } from '../http/tokens.ts'

/** Who is asking. openid is WeChat's name for the shopper: it goes to Adyen and nowhere else. */
export interface Shopper {
  readonly id: string
  readonly openid: string
  readonly tokenHash: Buffer
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The shopper of a route with access `shopper`; reading it anywhere else throws. */
    getShopper(): Shopper
  }
}

/** Resolves the bearer token before the body is read, so that strangers cost one query and nothing else. */
export function requireSessions(app: FastifyInstance, db: Db): void {
  const shoppers = new WeakMap<object, Shopper>()
  app.decorateRequest('getShopper', function getShopper() {
    const shopper = shoppers.get(this)
    if (shopper === undefined) throw new Error('This route is not for shoppers.')
    return shopper
  })
  app.addHook('onRequest', async (request) => {
    if (request.routeOptions.config.contract?.access !== 'shopper') return
    const token = /^Bearer ([A-Za-z0-9_-]{43})$/.exec(request.headers.authorization ?? '')?.[1]
    if (token === undefined) throw loginFirst('The request carries no session token.')
    const tokenHash = hashToken(token)
    const shopper = await db
      .selectFrom('sessions')
      .innerJoin('shoppers', 'shoppers.id', 'sessions.shopper_id')
      .select(['shoppers.id', 'shoppers.openid'])
      .where('token_hash', '=', tokenHash)
      .where('expires_at', '>', new Date())
      .executeTakeFirst()
    if (shopper === undefined) throw loginFirst('The session has ended.')
    shoppers.set(request, { ...shopper, tokenHash })
  })
}

function loginFirst(what: string): HttpProblem {
  return new HttpProblem('session_required', `${what} Call wx.login and POST its code to /login.`)
}
