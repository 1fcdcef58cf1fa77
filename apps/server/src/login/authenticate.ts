import { type Route, shopperRoutes } from '@tael/contracts'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { currentTime } from '../db/clock.ts'
import type { Query } from '../db/flight.ts'
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

type ShopperFound = Pick<ShopperRow, 'id' | 'openid' | 'openid_sealed' | 'openid_key'>

/** The session of a token that this server made. It may have ended. */
export interface Session {
  readonly tokenHash: Buffer
  /** The statement that finds its shopper, whose rows are for `admit`. */
  readonly shopperToFind: Query<ShopperFound>
  /** Its shopper. Throws `session_required` where the session has ended, and `rate_limited`. */
  admit(rows: readonly ShopperFound[]): Shopper
}

/** The routes that are asked for most find the shopper in one flight with what they read or lock first. */
const findsShopperItself: ReadonlySet<Route | undefined> = new Set<Route>([
  shopperRoutes.startPayment,
  shopperRoutes.submitPaymentDetails,
  shopperRoutes.getPayment,
])

declare module 'fastify' {
  interface FastifyRequest {
    /** The shopper of a route with access `shopper` that does not find them itself; anywhere else it throws. */
    getShopper(): Shopper
    /** The session of a route that finds the shopper itself; anywhere else it throws. */
    getSession(): Session
  }
}

/**
 * Checks before the body is read that this server made the token, and that its session has not
 * ended, unless the route finds that out itself. Limits requests: those of a shopper by themselves,
 * whatever strangers at their address do, and those with a made-up token by address, without a
 * query. A login with the token of an ended session is that shopper's too.
 */
export function requireSessions(
  app: FastifyInstance,
  { db, openids, limits, config: { wechat } }: Pick<Context, 'db' | 'openids' | 'limits' | 'config'>,
): void {
  const shoppers = new WeakMap<object, Shopper>()
  const sessions = new WeakMap<object, Session>()
  app.decorateRequest('getShopper', function getShopper() {
    const shopper = shoppers.get(this)
    if (shopper === undefined) throw new Error('This route is not for shoppers, or finds them itself.')
    return shopper
  })
  app.decorateRequest('getSession', function getSession() {
    const session = sessions.get(this)
    if (session === undefined) throw new Error('This route does not find the shopper itself.')
    return session
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
    let isCounted = false
    const session: Session = {
      tokenHash,
      shopperToFind: shopperOfSession({ tokenHash }),
      admit([found]) {
        const openid = found && openids.read(found)
        if (found === undefined || openid === undefined) throw sessionRequired('the session has ended')
        // A transaction that is run again is still one request.
        if (!isCounted) limits.count('shopper', found.id)
        isCounted = true
        return { id: found.id, openid, tokenHash }
      },
    }
    if (findsShopperItself.has(contract)) sessions.set(request, session)
    else shoppers.set(request, session.admit(await run(db, session.shopperToFind)))
  })
}

const shopperOfSession = prepared<{ tokenHash: Buffer }, ShopperFound>((db, value) =>
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
