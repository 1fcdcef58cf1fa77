import { shopperRoutes } from '@tael/contracts'
import type { Api } from '../app.ts'
import { serve } from '../http/routing.ts'
import { askForRefund } from './ask-for-refund.ts'
import { cancelOrder } from './cancel.ts'
import { createOrder, type CreateOrderDependencies } from './create.ts'
import { readOrder } from './read.ts'
import { listOrders } from './store.ts'

const PAGE_SIZE = 20

/** Ordering, and looking at one's orders. */
export function serveOrders(api: Api, dependencies: CreateOrderDependencies): void {
  const { db, jobs } = dependencies
  api.route({
    ...serve(shopperRoutes.createOrder),
    handler: async (request, reply) => {
      const key = request.headers['idempotency-key']
      const order = await createOrder(dependencies, request.getShopper().id, key, request.body)
      return reply.code(201).send(order)
    },
  })

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
    handler: (request) => cancelOrder(db, jobs, request.getShopper().id, request.params.orderId),
  })

  api.route({
    ...serve(shopperRoutes.requestRefund),
    handler: (request) => askForRefund(db, request.getShopper().id, request.params.orderId),
  })
}
