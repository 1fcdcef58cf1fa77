import { operatorRoutes } from '@tael/contracts'
import { recordAction } from '../audit/record-action.ts'
import type { Context } from '../context.ts'
import type { Api } from '../http/api.ts'
import { serve } from '../http/routing.ts'
import { operatorAction } from '../operators/authenticate.ts'
import { handleAttention } from './handle.ts'
import { listAttention } from './list.ts'

/** Attention: operators list what they must look at, and record what they handled. */
export function serveAttention(api: Api, { db }: Pick<Context, 'db'>): void {
  api.route({
    ...serve(operatorRoutes.listAttention),
    handler: async (request) => {
      await recordAction(db, operatorAction(request, 'attention.read'))
      return listAttention(db, request.query)
    },
  })

  api.route({
    ...serve(operatorRoutes.handleAttention),
    handler: async (request) => {
      await handleAttention(db, operatorAction(request, 'attention.handle'), request.body)
      return { done: true as const }
    },
  })
}
