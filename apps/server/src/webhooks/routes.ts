import { machineRoutes } from '@tael/contracts'
import type { Api } from '../app.ts'
import type { AdyenConfig } from '../config.ts'
import { serve } from '../http/routing.ts'
import { authenticItems } from './authenticate.ts'
import { type InboxDependencies, receiveItems } from './inbox.ts'

/** Adyen's standard webhooks: authenticate, store and apply in one transaction, then answer. */
export function serveWebhooks(api: Api, adyen: AdyenConfig, dependencies: InboxDependencies): void {
  api.route({
    ...serve(machineRoutes.receiveAdyenWebhook),
    handler: async (request, reply) => {
      await receiveItems(dependencies, authenticItems(request.body, adyen))
      return reply.code(202).send('[accepted]')
    },
  })
}
