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
  context: Pick<Context, 'db' | 'openids' | 'weChatLogin' | 'config'>,
): void {
  const { db, weChatLogin, config } = context
  api.route({
    ...serve(shopperRoutes.login),
    handler: async (request, reply) => {
      const openid = await weChatLogin.openidOf(request.body.code)
      announceStep('login exchanged')
      const token = createToken(config.wechat.appSecret)
      const expiresAt = await beginSession(context, openid, hashToken(token))
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

/** Begins a session. A shopper who is erased at this moment logs in as a new one. */
async function beginSession(
  { db, openids, config: { shop } }: Pick<Context, 'db' | 'openids' | 'config'>,
  openid: string,
  tokenHash: Buffer,
): Promise<Date> {
  const begin = async (): Promise<Date | undefined> =>
    insertSession(db, tokenHash, await findOrCreateShopper(db, openids, openid), shop.sessionLifetimeMs)
  const expiresAt = (await begin()) ?? (await begin())
  if (expiresAt === undefined) throw new Error('The new shopper of a login was erased.')
  return expiresAt
}
