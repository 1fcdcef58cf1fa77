import { operatorRoutes, shopperRoutes } from '@tael/contracts'
import type { CallContext } from '../adyen/call.ts'
import { recordAction } from '../audit/record-action.ts'
import type { Context } from '../context.ts'
import type { PaymentOfOrder } from '../db/rows.ts'
import type { Api } from '../http/api.ts'
import { HttpProblem } from '../http/problem.ts'
import { serve } from '../http/routing.ts'
import { operatorAction } from '../operators/authenticate.ts'
import { submitPaymentDetails } from './details.ts'
import { findPaymentRecord } from './record.ts'
import { startPayment } from './start.ts'
import { findPayment, findPaymentInSession } from './store.ts'
import { toCashier, toPayment } from './view.ts'

/** Payments: start an attempt, forward the cashier's result, read or wait. */
export function servePayments(api: Api, context: CallContext & Pick<Context, 'changes'>): void {
  const { db, changes } = context

  api.route({
    ...serve(shopperRoutes.startPayment),
    handler: async (request, reply) => {
      const key = request.headers['idempotency-key']
      const started = await startPayment(context, request.getSession(), key, request.body)
      return reply.code(201).send({ payment: toPayment(started), requestPayment: toCashier(started) })
    },
  })

  api.route({
    ...serve(shopperRoutes.submitPaymentDetails),
    handler: async (request) =>
      toPayment(await submitPaymentDetails(context, request.getSession(), request.body)),
  })

  api.route({
    ...serve(shopperRoutes.getPayment),
    handler: async (request) => {
      const { afterVersion = 0, waitMs = 0 } = request.query
      const { paymentId } = request.params
      const { shopper, found } = await findPaymentInSession(db, request.getSession(), paymentId)
      const known = existing(found)
      if (waitMs === 0 || known.payment.version > afterVersion) return toPayment(known)
      await changes.waitFor(paymentId, known.payment.version, waitMs)
      return toPayment(existing(await findPayment(db, shopper.id, paymentId)))
    },
  })
}

function existing(found: PaymentOfOrder | undefined): PaymentOfOrder {
  if (found === undefined)
    throw new HttpProblem('payment_not_found', 'Check the id: you have no such payment.')
  return found
}

/** The operators' record of a payment. */
export function servePaymentRecords(api: Api, { db }: Pick<Context, 'db'>): void {
  api.route({
    ...serve(operatorRoutes.getPaymentRecord),
    handler: async (request) => {
      const { paymentId } = request.params
      await recordAction(db, operatorAction(request, 'payment.read', paymentId))
      const found = await findPaymentRecord(db, paymentId)
      if (found === undefined)
        throw new HttpProblem('payment_not_found', 'Check the id: this payment does not exist.')
      return found
    },
  })
}
