import { randomBytes } from 'node:crypto'
import { shopperRoutes } from '@tael/contracts'
import type { Api } from '../app.ts'
import type { Db } from '../db/database.ts'
import { hashToken } from '../http/sessions.ts'
import { endSession, findOrCreateShopper, insertSession } from './store.ts'
import type { WeChatLogin } from './wechat.ts'
import { serve } from '../http/routing.ts'
import { reached } from '../steps.ts'

const TOKEN_BYTES = 32

interface Dependencies {
  readonly db: Db
  readonly weChatLogin: WeChatLogin
  readonly sessionLifetimeMs: number
}

/** Logging in and out. A session is a random token that the phone keeps and the database knows only by its hash. */
export function serveLogin(api: Api, { db, weChatLogin, sessionLifetimeMs }: Dependencies): void {
  api.route({
    ...serve(shopperRoutes.login),
    handler: async (request, reply) => {
      const openid = await weChatLogin.openidOf(request.body.code)
      reached('login exchanged')
      const shopperId = await findOrCreateShopper(db, openid)
      const token = randomBytes(TOKEN_BYTES).toString('base64url')
      const expiresAt = new Date(Date.now() + sessionLifetimeMs)
      await insertSession(db, { token_hash: hashToken(token), shopper_id: shopperId, expires_at: expiresAt })
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
