import { type ConsoleSession, consoleRoutes } from '@tael/contracts'
import { recordAction } from '../audit/record-action.ts'
import type { Config } from '../config.ts'
import type { Context } from '../context.ts'
import { inTransaction } from '../db/transaction.ts'
import type { Api } from '../http/api.ts'
import { callerAddress } from '../http/caller-address.ts'
import { serve } from '../http/routing.ts'
import { type CurrentSession, operatorAction } from '../operators/authenticate.ts'
import {
  clearSessionCookie,
  csrfTokenOf,
  refuseOtherSites,
  requireSafeTransport,
  setSessionCookie,
} from '../operators/session-cookie.ts'
import { endSession, extendSession } from '../operators/sessions.ts'
import { readSession } from './read-session.ts'
import { signInWithKey } from './sign-in.ts'

/** How an operator signs in to the console and out of it. */
export function serveConsoleSessions(api: Api, context: Pick<Context, 'db' | 'limits' | 'config'>): void {
  const { db, limits, config } = context

  api.route({
    ...serve(consoleRoutes.getSignInMethods),
    handler: () => ({ openIdConnect: config.console.openId !== undefined }),
  })

  api.route({
    ...serve(consoleRoutes.signIn),
    handler: async (request, reply) => {
      requireSafeTransport(request)
      refuseOtherSites(request)
      limits.count('refused', callerAddress(request))
      const secret = await signInWithKey(db, request, request.body.key, !config.adyen.live)
      setSessionCookie(request, reply, secret)
      return reply.code(201).send(view(await readSession(db, secret), config))
    },
  })

  api.route({
    ...serve(consoleRoutes.getSession),
    handler: (request) => view(request.getConsoleSession(), config),
  })

  api.route({
    ...serve(consoleRoutes.extendSession),
    handler: async (request) => {
      const { secret } = request.getConsoleSession()
      await extendSession(db, secret)
      return view(await readSession(db, secret), config)
    },
  })

  api.route({
    ...serve(consoleRoutes.signOut),
    handler: async (request, reply) => {
      await inTransaction(db, async (trx) => {
        await endSession(trx, request.getConsoleSession().secret)
        await recordAction(trx, operatorAction(request, 'session.end'))
      })
      clearSessionCookie(request, reply)
      return { done: true as const }
    },
  })
}

function view(session: CurrentSession, { adyen, shop }: Config): ConsoleSession {
  const { id, name, scopes, secret, idleEndsAt, endsAt } = session
  return {
    operator: { id, name },
    scopes: [...scopes],
    csrfToken: csrfTokenOf(secret),
    idleEndsAt: idleEndsAt.toISOString(),
    endsAt: endsAt.toISOString(),
    environment: adyen.live ? 'live' : 'test',
    currency: shop.currency,
  }
}
