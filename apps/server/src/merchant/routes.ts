import { merchantRoutes } from '@tael/contracts'
import { recordAction } from '../audit/record-action.ts'
import type { Context } from '../context.ts'
import type { Api } from '../http/api.ts'
import { serve } from '../http/routing.ts'
import { operatorAction } from '../operators/authenticate.ts'
import { toOperatorRefund } from '../refunds/view.ts'
import { cancelMerchantOrder } from './cancel.ts'
import { listEvents } from './list-events.ts'
import { putMerchantOrder } from './put.ts'
import { readMerchantOrder } from './read.ts'
import { refundMerchantOrder } from './refund.ts'
import { listMerchantOrders } from './store.ts'

/** The orders of a merchant's own shop: put, read, list, cancel and refund them, and read their events. */
export function serveMerchantOrders(
  api: Api,
  context: Pick<Context, 'db' | 'jobs' | 'config' | 'openids'>,
): void {
  const { db } = context
  api.route({
    ...serve(merchantRoutes.putMerchantOrder),
    handler: (request) => {
      const { reference } = request.params
      const action = operatorAction(request, 'merchant.order.put', reference)
      return putMerchantOrder(context, action, reference, request.body)
    },
  })

  api.route({
    ...serve(merchantRoutes.getMerchantOrder),
    handler: async (request) => {
      const { reference } = request.params
      await recordAction(db, operatorAction(request, 'merchant.order.read', reference))
      return readMerchantOrder(db, reference)
    },
  })

  api.route({
    ...serve(merchantRoutes.listMerchantOrders),
    handler: async (request) => {
      await recordAction(db, operatorAction(request, 'merchant.orders.read'))
      return listMerchantOrders(db, request.query)
    },
  })

  api.route({
    ...serve(merchantRoutes.cancelMerchantOrder),
    handler: (request) => {
      const { reference } = request.params
      return cancelMerchantOrder(
        context,
        operatorAction(request, 'merchant.order.cancel', reference),
        reference,
      )
    },
  })

  api.route({
    ...serve(merchantRoutes.refundMerchantOrder),
    handler: async (request, reply) => {
      const { reference } = request.params
      const action = operatorAction(request, 'merchant.order.refund', reference)
      const key = request.headers['idempotency-key']
      const by = request.getOperator()
      const refund = await refundMerchantOrder(context, action, by, key, { reference, ...request.body })
      return reply.code(201).send(toOperatorRefund(refund))
    },
  })

  api.route({
    ...serve(merchantRoutes.listMerchantEvents),
    handler: async (request) => {
      await recordAction(db, operatorAction(request, 'merchant.events.read'))
      return listEvents(db, request.query)
    },
  })
}
