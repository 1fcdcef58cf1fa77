import { operatorRoutes } from '@tael/contracts'
import { recordAction } from '../audit/record-action.ts'
import type { Context } from '../context.ts'
import type { Api } from '../http/api.ts'
import { serve } from '../http/routing.ts'
import { operatorAction } from '../operators/authenticate.ts'
import { assignAttention } from './assign.ts'
import { handleAttention } from './handle.ts'
import { listAttention } from './list.ts'
import { noteAttention } from './note.ts'

/** Attention: operators list what they must look at, take it, note it, and record what they handled. */
export function serveAttention(api: Api, { db }: Pick<Context, 'db'>): void {
  api.route({
    ...serve(operatorRoutes.listAttention),
    handler: async (request) => {
      await recordAction(db, operatorAction(request, 'attention.read'))
      return listAttention(db, request.query)
    },
  })

  api.route({
    ...serve(operatorRoutes.assignAttention),
    handler: async (request) => {
      const action = operatorAction(request, 'attention.assign')
      await assignAttention(db, action, request.getOperator(), request.body)
      return { done: true as const }
    },
  })

  api.route({
    ...serve(operatorRoutes.noteAttention),
    handler: async (request) => {
      const action = operatorAction(request, 'attention.note')
      await noteAttention(db, action, request.getOperator(), request.body)
      return { done: true as const }
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
