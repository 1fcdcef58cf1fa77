import { operatorRoutes } from '@tael/contracts'
import { recordAction } from '../audit/record-action.ts'
import type { Context } from '../context.ts'
import type { Api } from '../http/api.ts'
import { serve } from '../http/routing.ts'
import { operatorAction } from './authenticate.ts'
import { createKey, revokeKey } from './keys.ts'
import { listAudit } from './list-audit.ts'
import { listOperatorKeys } from './store.ts'
import { toKeyRecord } from './view.ts'

/** Operators' keys, and the audit of what was done with them. */
export function serveOperators(api: Api, { db }: Pick<Context, 'db'>): void {
  api.route({
    ...serve(operatorRoutes.listAudit),
    handler: async (request) => {
      await recordAction(db, { ...operatorAction(request, 'audit.list'), detail: request.query })
      return listAudit(db, request.query)
    },
  })

  api.route({
    ...serve(operatorRoutes.listKeys),
    handler: async (request) => {
      await recordAction(db, operatorAction(request, 'keys.list'))
      return { keys: (await listOperatorKeys(db)).toReversed().map(toKeyRecord) }
    },
  })

  api.route({
    ...serve(operatorRoutes.createKey),
    handler: async (request, reply) => {
      const action = operatorAction(request, 'key.create')
      return reply.code(201).send(await createKey(db, request.getOperator(), action, request.body))
    },
  })

  api.route({
    ...serve(operatorRoutes.revokeKey),
    handler: async (request) => revokeKey(db, operatorAction(request, 'key.revoke'), request.params.keyId),
  })
}
