import { operatorRoutes } from '@tael/contracts'
import { recordAction } from '../audit/record-action.ts'
import type { Context } from '../context.ts'
import type { Api } from '../http/api.ts'
import { serve } from '../http/routing.ts'
import { operatorAction } from '../operators/authenticate.ts'
import { readOverview } from './read-overview.ts'

/** The overview: operators read how the shop does. */
export function serveOverview(api: Api, { db }: Pick<Context, 'db'>): void {
  api.route({
    ...serve(operatorRoutes.getOverview),
    handler: async (request) => {
      await recordAction(db, { ...operatorAction(request, 'overview.read'), detail: request.query })
      return readOverview(db, request.query)
    },
  })
}
