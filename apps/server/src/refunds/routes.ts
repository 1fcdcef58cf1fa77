import { operatorRoutes } from '@tael/contracts'
import { recordAction } from '../audit/record-action.ts'
import type { Context } from '../context.ts'
import type { Api } from '../http/api.ts'
import { serve } from '../http/routing.ts'
import { operatorAction } from '../operators/authenticate.ts'
import { createRefund } from './create.ts'
import { confirmRefund, rejectRefund } from './decide.ts'
import { declineRefund } from './decline.ts'
import { listRefundRecords } from './list.ts'
import { listRefundProposals, toRefundProposal } from './proposals.ts'
import { resendRefund } from './resend.ts'
import { toCreatedRefund, toOperatorRefund } from './view.ts'

/**
 * Refunds: operators list them, refund a payment, whole or in part, confirm or reject what exceeds
 * another's limit, send one again that Adyen did not take, and decline requests.
 */
export function serveRefunds(api: Api, context: Pick<Context, 'db' | 'jobs'>): void {
  api.route({
    ...serve(operatorRoutes.createRefund),
    handler: async (request, reply) => {
      const { paymentId } = request.params
      const action = operatorAction(request, 'refund.create', paymentId)
      const route = operatorRoutes.createRefund
      const key = request.headers['idempotency-key']
      const operator = request.getOperator()
      const created = await createRefund(context, action, operator, { route, key }, paymentId, request.body)
      return reply.code(201).send(toCreatedRefund(created))
    },
  })

  api.route({
    ...serve(operatorRoutes.listRefundRecords),
    handler: async (request) => {
      await recordAction(context.db, { ...operatorAction(request, 'refunds.list'), detail: request.query })
      return listRefundRecords(context.db, request.query)
    },
  })

  api.route({
    ...serve(operatorRoutes.listRefundProposals),
    handler: async (request) => {
      const action = operatorAction(request, 'refunds.proposals.list')
      await recordAction(context.db, { ...action, detail: request.query })
      return listRefundProposals(context.db, request.query)
    },
  })

  api.route({
    ...serve(operatorRoutes.confirmRefund),
    handler: async (request) => {
      const { refundId } = request.params
      const action = operatorAction(request, 'refund.confirm', refundId)
      return toOperatorRefund(await confirmRefund(context, action, request.getOperator(), refundId))
    },
  })

  api.route({
    ...serve(operatorRoutes.rejectRefund),
    handler: async (request) => {
      const { refundId } = request.params
      const action = operatorAction(request, 'refund.reject', refundId)
      const { note } = request.body
      return toRefundProposal(await rejectRefund(context.db, action, request.getOperator(), refundId, note))
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
