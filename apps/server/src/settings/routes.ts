import { operatorRoutes } from '@tael/contracts'
import { recordAction } from '../audit/record-action.ts'
import type { Context } from '../context.ts'
import type { Api } from '../http/api.ts'
import { serve } from '../http/routing.ts'
import { operatorAction } from '../operators/authenticate.ts'
import { readSettings } from './read-settings.ts'

/** The settings: operators read what is configured, without secrets. */
export function serveSettings(api: Api, { db, config }: Pick<Context, 'db' | 'config'>): void {
  api.route({
    ...serve(operatorRoutes.getSettings),
    handler: async (request) => {
      await recordAction(db, operatorAction(request, 'settings.read'))
      return readSettings(db, config)
    },
  })
}
