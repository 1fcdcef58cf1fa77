import { machineRoutes, operatorRoutes, type WebhookRecordInFull } from '@tael/contracts'
import { recordAction } from '../audit/record-action.ts'
import type { Context } from '../context.ts'
import type { Db } from '../db/database.ts'
import type { Api } from '../http/api.ts'
import { HttpProblem } from '../http/problem.ts'
import { serve } from '../http/routing.ts'
import { NotYetApplicable } from './apply-item.ts'
import { readAuthenticItems } from './authenticate.ts'
import { operatorAction } from '../operators/authenticate.ts'
import { receiveItems, replayItem } from './inbox.ts'
import { findWebhook, listWebhooks } from './records.ts'

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

/** The operators' view of the inbox, and its replay. */
export function serveWebhookRecords(
  api: Api,
  context: Pick<Context, 'db' | 'jobs' | 'log' | 'config'>,
): void {
  const { db } = context

  api.route({
    ...serve(operatorRoutes.listWebhooks),
    handler: async (request) => {
      await recordAction(db, { ...operatorAction(request, 'webhooks.list'), detail: request.query })
      return listWebhooks(db, request.query)
    },
  })

  api.route({
    ...serve(operatorRoutes.getWebhook),
    handler: async (request) => {
      const { webhookId } = request.params
      await recordAction(db, operatorAction(request, 'webhook.read', String(webhookId)))
      return readWebhook(db, webhookId)
    },
  })

  api.route({
    ...serve(operatorRoutes.replayWebhook),
    handler: async (request) => {
      const { webhookId } = request.params
      await recordAction(db, operatorAction(request, 'webhook.replay', String(webhookId)))
      await readWebhook(db, webhookId)
      await replayItem(context, webhookId).catch(throwAsProblem)
      const { item: _, ...record } = await readWebhook(db, webhookId)
      return record
    },
  })
}

async function readWebhook(db: Db, webhookId: number): Promise<WebhookRecordInFull> {
  const found = await findWebhook(db, webhookId)
  if (found === undefined)
    throw new HttpProblem('webhook_not_found', 'Check the number: this webhook item does not exist.')
  return found
}

/** An item that cannot be applied says why; nothing was changed. */
function throwAsProblem(error: unknown): never {
  if (!(error instanceof NotYetApplicable)) throw error
  throw new HttpProblem('webhook_not_applicable', `Nothing was changed: ${error.message}.`)
}
