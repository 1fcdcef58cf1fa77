import { operatorRoutes } from '@tael/contracts'
import { recordAction } from '../audit/record-action.ts'
import type { Context } from '../context.ts'
import type { Api } from '../http/api.ts'
import { HttpProblem } from '../http/problem.ts'
import { serve } from '../http/routing.ts'
import { operatorAction } from '../operators/authenticate.ts'
import { exportOrders, exportPayments } from './export.ts'
import { listOrderRecords, listPaymentRecords } from './list.ts'
import { findOrderRecord } from './order-record.ts'
import { search } from './search.ts'

const CSV = 'text/csv; charset=utf-8'

/** The operators' records: any order by any reference, lists, and all that happened to an order. */
export function serveRecords(api: Api, { db, openids }: Pick<Context, 'db' | 'openids'>): void {
  api.route({
    ...serve(operatorRoutes.search),
    handler: async (request) => {
      const { q } = request.query
      await recordAction(db, { ...operatorAction(request, 'search'), detail: { q } })
      return search(db, openids, q)
    },
  })

  api.route({
    ...serve(operatorRoutes.listOrderRecords),
    handler: async (request) => {
      await recordAction(db, { ...operatorAction(request, 'orders.list'), detail: request.query })
      return listOrderRecords(db, request.query)
    },
  })

  api.route({
    ...serve(operatorRoutes.exportOrders),
    handler: async (request, reply) => {
      await recordAction(db, { ...operatorAction(request, 'orders.export'), detail: request.query })
      return reply.type(CSV).send(exportOrders(db, request.query))
    },
  })

  api.route({
    ...serve(operatorRoutes.getOrderRecord),
    handler: async (request) => {
      const { orderId } = request.params
      await recordAction(db, operatorAction(request, 'order.read', orderId))
      const found = await findOrderRecord(db, orderId)
      if (found === undefined)
        throw new HttpProblem('order_not_found', 'Check the id: this order does not exist.')
      return found
    },
  })

  api.route({
    ...serve(operatorRoutes.listPaymentRecords),
    handler: async (request) => {
      await recordAction(db, { ...operatorAction(request, 'payments.list'), detail: request.query })
      return listPaymentRecords(db, request.query)
    },
  })

  api.route({
    ...serve(operatorRoutes.exportPayments),
    handler: async (request, reply) => {
      await recordAction(db, { ...operatorAction(request, 'payments.export'), detail: request.query })
      return reply.type(CSV).send(exportPayments(db, request.query))
    },
  })
}
