import { operatorRoutes } from '@tael/contracts'
import type { Context } from '../context.ts'
import type { Api } from '../http/api.ts'
import { serve } from '../http/routing.ts'
import { operatorAction } from '../operators/authenticate.ts'
import { checkConfirmation, eraseShopper } from './erase.ts'
import { exportShopper } from './export.ts'

/** What a shopper may demand: a copy of their personal data, and that it is erased. */
export function servePrivacy(api: Api, context: Pick<Context, 'db' | 'openids'>): void {
  api.route({
    ...serve(operatorRoutes.exportShopper),
    handler: async (request) => {
      const { shopperId } = request.params
      return exportShopper(context, operatorAction(request, 'shopper.export', shopperId), shopperId)
    },
  })

  api.route({
    ...serve(operatorRoutes.eraseShopper),
    handler: async (request) => {
      const { shopperId } = request.params
      const { confirm, note } = request.body
      checkConfirmation(shopperId, confirm)
      return eraseShopper(context, operatorAction(request, 'shopper.erase', shopperId), shopperId, note)
    },
  })
}
