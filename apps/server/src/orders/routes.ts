import { shopperRoutes } from '@tael/contracts'
import type { Context } from '../context.ts'
import type { Api } from '../http/api.ts'
import { serve } from '../http/routing.ts'
import { cancelOrder } from './cancel.ts'
import { createOrder } from './create.ts'
import { readOrder } from './read.ts'
import { requestOrderRefund } from './request-refund.ts'
import { listOrders } from './store.ts'

const PAGE_SIZE = 20

/**
 * Orders: create one where the shop sells goods; read, list and cancel one's own, and request a
 * refund.
 */
export function serveOrders(api: Api, context: Pick<Context, 'db' | 'jobs' | 'config'>): void {
  const { db, config } = context
  if (config.shop.sells) {
    api.route({
      ...serve(shopperRoutes.createOrder),
      handler: async (request, reply) => {
        const key = request.headers['idempotency-key']
        return reply.code(201).send(await createOrder(context, request.getShopper().id, key, request.body))
      },
    })
  }

  api.route({
    ...serve(shopperRoutes.listOrders),
    handler: async (request) => {
      const { before, limit = PAGE_SIZE } = request.query
      return listOrders(db, request.getShopper().id, { before, limit })
    },
  })

  api.route({
    ...serve(shopperRoutes.getOrder),
    handler: (request) => readOrder(db, request.getShopper().id, request.params.orderId),
  })

  api.route({
    ...serve(shopperRoutes.cancelOrder),
    handler: (request) => cancelOrder(context, request.getShopper().id, request.params.orderId),
  })

  api.route({
    ...serve(shopperRoutes.requestRefund),
    handler: (request) => requestOrderRefund(db, request.getShopper().id, request.params.orderId),
  })
}
