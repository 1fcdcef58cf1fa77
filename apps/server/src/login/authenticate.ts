import { shopperRoutes } from '@tael/contracts'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { currentTime } from '../db/clock.ts'
import { hashToken } from '../db/hash-token.ts'
import { prepared, run } from '../db/prepared.ts'
import type { ShopperRow } from '../db/rows.ts'
import { callerAddress } from '../http/caller-address.ts'
import { HttpProblem } from '../http/problem.ts'
import { readToken } from './token.ts'

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

/**
 * Checks the session token before the body is read, and limits requests: those of a shopper by
 * themselves, whatever strangers at their address do, and those with a made-up token by address,
 * without a query. A login with the token of an ended session is that shopper's too.
 */
export function requireSessions(
  app: FastifyInstance,
  { db, openids, limits, config: { wechat } }: Pick<Context, 'db' | 'openids' | 'limits' | 'config'>,
): void {
  const shoppers = new WeakMap<object, Shopper>()
  app.decorateRequest('getShopper', function getShopper() {
    const shopper = shoppers.get(this)
    if (shopper === undefined) throw new Error('This route is not for shoppers.')
    return shopper
  })
  app.addHook('preParsing', async (request) => {
    const { contract } = request.routeOptions.config
    const isLogin = contract === shopperRoutes.login
    if (!isLogin && contract?.access !== 'shopper') return
    const token = readToken(request.headers.authorization, wechat.appSecret)
    if (token === undefined) {
      limits.count(isLogin ? 'login' : 'refused', callerAddress(request))
      if (isLogin) return
      throw sessionRequired('the request has no session token of this server')
    }
    const tokenHash = hashToken(token)
    limits.count('session', tokenHash.toString('base64url'))
    if (isLogin) return
    const [shopper] = await run(db, shopperOfSession({ tokenHash }))
    const openid = shopper && openids.read(shopper)
    if (shopper === undefined || openid === undefined) throw sessionRequired('the session has ended')
    limits.count('shopper', shopper.id)
    shoppers.set(request, { id: shopper.id, openid, tokenHash })
  })
}

const shopperOfSession = prepared<
  { tokenHash: Buffer },
  Pick<ShopperRow, 'id' | 'openid' | 'openid_sealed' | 'openid_key'>
>((db, value) =>
  db
    .selectFrom('sessions')
    .innerJoin('shoppers', 'shoppers.id', 'sessions.shopper_id')
    .select(['shoppers.id', 'openid', 'openid_sealed', 'openid_key'])
    .where('token_hash', '=', value('tokenHash'))
    .where('expires_at', '>', currentTime),
)

function sessionRequired(reason: string): HttpProblem {
  return new HttpProblem('session_required', `Call wx.login and POST its code to /login: ${reason}.`)
}
