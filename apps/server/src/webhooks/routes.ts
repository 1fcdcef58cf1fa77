import { machineRoutes } from '@tael/contracts'
import type { Context } from '../context.ts'
import type { Api } from '../http/api.ts'
import { serve } from '../http/routing.ts'
import { readAuthenticItems } from './authenticate.ts'
import { receiveItems } from './inbox.ts'

/**
 * Adyen's standard webhooks: items are authenticated, then stored and applied in one transaction.
 */
export function serveWebhooks(api: Api, context: Pick<Context, 'db' | 'jobs' | 'log' | 'config'>): void {
  api.route({
    ...serve(machineRoutes.receiveAdyenWebhook),
    handler: async (request, reply) => {
      await receiveItems(context, readAuthenticItems(request.body, context.config.adyen))
      return reply.code(202).send('[accepted]')
    },
  })
}
