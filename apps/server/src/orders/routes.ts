import { routes } from '@tael/contracts'
import type { Api } from '../app.ts'
import { ProblemError } from '../http/problem.ts'
import { serve } from '../http/routing.ts'
import { createOrder, type CreateOrderDependencies } from './create.ts'
import { findOrder, listOrders } from './store.ts'

const PAGE_SIZE = 20

/** Ordering, and looking at one's orders. */
export function serveOrders(api: Api, dependencies: CreateOrderDependencies): void {
  const { db } = dependencies
  api.route({
    ...serve(routes.createOrder),
    handler: async (request, reply) => {
      const key = request.headers['idempotency-key']
      const order = await createOrder(dependencies, request.getShopper().id, key, request.body)
      return reply.code(201).send(order)
    },
  })

  api.route({
    ...serve(routes.listOrders),
    handler: async (request) => {
      const { before, limit = PAGE_SIZE } = request.query
      return listOrders(db, request.getShopper().id, { before, limit })
    },
  })

  api.route({
    ...serve(routes.getOrder),
    handler: async (request) => {
      const order = await findOrder(db, request.getShopper().id, request.params.orderId)
      if (order === undefined) throw new ProblemError('order_not_found', 'You have no order of this id.')
      return order
    },
  })
}
