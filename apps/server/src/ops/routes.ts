import { operatorRoutes } from '@tael/contracts'
import type { FastifyRequest } from 'fastify'
import type { Api } from '../app.ts'
import { ProblemError } from '../http/problem.ts'
import { serve } from '../http/routing.ts'
import { createRefund } from '../refunds/create.ts'
import { toOperatorRefund } from '../refunds/view.ts'
import { createShipment, type CreateShipmentDependencies } from '../shipping/create.ts'
import { toOperatorShipment } from '../shipping/store.ts'
import { handleAttention, listAttention } from './attention.ts'
import { type OperatorAction, recordAction } from './audit.ts'
import { findPaymentRecord } from './payment-record.ts'

/** What operators see and do, each use written down. */
export function serveOperators(api: Api, dependencies: CreateShipmentDependencies): void {
  const { db, jobs } = dependencies
  api.route({
    ...serve(operatorRoutes.getPaymentRecord),
    handler: async (request) => {
      const { paymentId } = request.params
      await recordAction(db, by(request, 'payment.read', paymentId))
      const found = await findPaymentRecord(db, paymentId)
      if (found === undefined) throw new ProblemError('payment_not_found', 'There is no payment of this id.')
      return found
    },
  })

  api.route({
    ...serve(operatorRoutes.listAttention),
    handler: async (request) => {
      await recordAction(db, by(request, 'attention.read'))
      return { items: await listAttention(db) }
    },
  })

  api.route({
    ...serve(operatorRoutes.handleAttention),
    handler: async (request) => {
      await handleAttention(db, by(request, 'attention.handle'), request.body)
      return { done: true as const }
    },
  })

  api.route({
    ...serve(operatorRoutes.createRefund),
    handler: async (request, reply) => {
      const { paymentId } = request.params
      const refund = await createRefund(
        { db, jobs },
        by(request, 'refund.create', paymentId),
        request.headers['idempotency-key'],
        { paymentId, ...request.body },
      )
      return reply.code(201).send(toOperatorRefund(refund))
    },
  })

  api.route({
    ...serve(operatorRoutes.createShipment),
    handler: async (request, reply) => {
      const { orderId } = request.params
      const shipment = await createShipment(
        dependencies,
        by(request, 'order.ship', orderId),
        request.headers['idempotency-key'],
        orderId,
        request.body,
      )
      return reply.code(201).send(toOperatorShipment(shipment))
    },
  })
}

function by(request: FastifyRequest, action: string, subject?: string): OperatorAction {
  return { actor: request.getOperator().id, action, subject, requestId: request.id }
}
