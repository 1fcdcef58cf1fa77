import { shopperRoutes } from '@tael/contracts'
import type { Context } from '../context.ts'
import type { Api } from '../http/api.ts'
import { serve } from '../http/routing.ts'
import { hashToken } from '../db/hash-token.ts'
import { announceStep } from '../steps.ts'
import { endSession, findOrCreateShopper, insertSession } from './store.ts'
import { createToken } from './token.ts'

/** Login and logout. A session is a random token, of which the database stores only the hash. */
export function serveLogin(
  api: Api,
  { db, weChatLogin, config: { shop, wechat } }: Pick<Context, 'db' | 'weChatLogin' | 'config'>,
): void {
  api.route({
    ...serve(shopperRoutes.login),
    handler: async (request, reply) => {
      const openid = await weChatLogin.openidOf(request.body.code)
      announceStep('login exchanged')
      const shopperId = await findOrCreateShopper(db, openid)
      const token = createToken(wechat.appSecret)
      const expiresAt = await insertSession(db, hashToken(token), shopperId, shop.sessionLifetimeMs)
      return reply.code(201).send({ token, expiresAt: expiresAt.toISOString() })
    },
  })

  api.route({
    ...serve(shopperRoutes.logout),
    handler: async (request) => {
      await endSession(db, request.getShopper().tokenHash)
      return { done: true as const }
    },
  })
}
