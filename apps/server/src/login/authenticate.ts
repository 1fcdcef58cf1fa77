import type { FastifyInstance } from 'fastify'
import { currentTime } from '../db/clock.ts'
import type { Db } from '../db/database.ts'
import { HttpProblem } from '../http/problem.ts'
import { hashToken } from '../db/hash-token.ts'

/** The shopper of a request. Their openid, WeChat's id, is sent to Adyen only. */
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

/** Checks the session token before the body is read, so that a stranger costs one query. */
export function requireSessions(app: FastifyInstance, db: Db): void {
  const shoppers = new WeakMap<object, Shopper>()
  app.decorateRequest('getShopper', function getShopper() {
    const shopper = shoppers.get(this)
    if (shopper === undefined) throw new Error('This route is not for shoppers.')
    return shopper
  })
  // After the limit on requests, which counts strangers too, and still before the body is read.
  app.addHook('preParsing', async (request) => {
    if (request.routeOptions.config.contract?.access !== 'shopper') return
    const token = /^Bearer ([A-Za-z0-9_-]{43})$/.exec(request.headers.authorization ?? '')?.[1]
    if (token === undefined) throw sessionRequired('the request has no session token')
    const tokenHash = hashToken(token)
    const shopper = await db
      .selectFrom('sessions')
      .innerJoin('shoppers', 'shoppers.id', 'sessions.shopper_id')
      .select(['shoppers.id', 'shoppers.openid'])
      .where('token_hash', '=', tokenHash)
      .where('expires_at', '>', currentTime)
      .executeTakeFirst()
    if (shopper === undefined) throw sessionRequired('the session has ended')
    shoppers.set(request, { ...shopper, tokenHash })
  })
}

function sessionRequired(reason: string): HttpProblem {
  return new HttpProblem('session_required', `Call wx.login and POST its code to /login: ${reason}.`)
}
