import { operatorRoutes } from '@tael/contracts'
import type { Context } from '../context.ts'
import type { Api } from '../http/api.ts'
import { serve } from '../http/routing.ts'
import { operatorAction } from '../operators/authenticate.ts'
import { createRefund } from './create.ts'
import { declineRefund } from './decline.ts'
import { resendRefund } from './resend.ts'
import { toOperatorRefund } from './view.ts'

/**
 * Refunds: operators refund a payment, whole or in part, send one again that Adyen did not take, and
 * decline requests.
 */
export function serveRefunds(api: Api, context: Pick<Context, 'db' | 'jobs'>): void {
  api.route({
    ...serve(operatorRoutes.createRefund),
    handler: async (request, reply) => {
      const { paymentId } = request.params
      const action = operatorAction(request, 'refund.create', paymentId)
      const route = operatorRoutes.createRefund
      const key = request.headers['idempotency-key']
      const refund = await createRefund(context, action, { route, key }, paymentId, request.body)
      return reply.code(201).send(toOperatorRefund(refund))
    },
  })

  api.route({
    ...serve(operatorRoutes.declineRefund),
    handler: (request) => {
      const { orderId } = request.params
      const action = operatorAction(request, 'refund.decline', orderId)
      return declineRefund(context.db, action, orderId, request.body.reason)
    },
  })

  api.route({
    ...serve(operatorRoutes.resendRefund),
    handler: async (request) => {
      const { refundId } = request.params
      const action = operatorAction(request, 'refund.resend', refundId)
      const key = request.headers['idempotency-key']
      return toOperatorRefund(await resendRefund(context, action, key, refundId, request.body))
    },
  })
}
