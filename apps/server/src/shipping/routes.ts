import { operatorRoutes } from '@tael/contracts'
import type { Context } from '../context.ts'
import type { Api } from '../http/api.ts'
import { serve } from '../http/routing.ts'
import { recordAction } from '../audit/record-action.ts'
import { operatorAction } from '../operators/authenticate.ts'
import { createShipment } from './create.ts'
import { listShipments } from './list.ts'
import { toOperatorShipment } from './view.ts'

/** Shipments: operators list what is to be shipped, and record that a paid order was. */
export function serveShipping(api: Api, context: Pick<Context, 'db' | 'jobs' | 'config'>): void {
  api.route({
    ...serve(operatorRoutes.listShipments),
    handler: async (request) => {
      await recordAction(context.db, { ...operatorAction(request, 'shipments.list'), detail: request.query })
      return listShipments(context.db, request.query)
    },
  })

  api.route({
    ...serve(operatorRoutes.createShipment),
    handler: async (request, reply) => {
      const { orderId } = request.params
      const action = operatorAction(request, 'order.ship', orderId)
      const key = request.headers['idempotency-key']
      const shipment = await createShipment(context, action, key, orderId, request.body)
      return reply.code(201).send(toOperatorShipment(shipment))
    },
  })
}
