import { shopperRoutes } from '@tael/contracts'
import type { Api } from '../app.ts'
import { ProblemError } from '../http/problem.ts'
import { serve } from '../http/routing.ts'
import type { Shopper } from '../http/sessions.ts'
import { submitPaymentDetails } from './details.ts'
import { cashierOf, startPayment, type PaymentDependencies } from './start.ts'
import { findPayment } from './store.ts'
import { type PaymentOfOrder, toPayment } from './view.ts'

/** Paying: start an attempt, pass on what the cashier said, look at how it stands. */
export function servePayments(api: Api, dependencies: PaymentDependencies): void {
  const { db, changes } = dependencies

  api.route({
    ...serve(shopperRoutes.startPayment),
    handler: async (request, reply) => {
      const key = request.headers['idempotency-key']
      const started = await startPayment(dependencies, request.getShopper(), key, request.body)
      return reply.code(201).send({ payment: toPayment(started), requestPayment: cashierOf(started) })
    },
  })

  api.route({
    ...serve(shopperRoutes.submitPaymentDetails),
    handler: async (request) =>
      toPayment(await submitPaymentDetails(dependencies, request.getShopper(), request.body)),
  })

  api.route({
    ...serve(shopperRoutes.getPayment),
    handler: async (request) => {
      const { afterVersion = 0, waitMs = 0 } = request.query
      const { paymentId } = request.params
      const shopper = request.getShopper()
      if (waitMs === 0) return toPayment(await read(shopper, paymentId))
      const listener = changes.listen(paymentId)
      try {
        const found = await read(shopper, paymentId)
        if (found.payment.version > afterVersion) return toPayment(found)
        await listener.change(waitMs)
      } finally {
        listener.stop()
      }
      return toPayment(await read(shopper, paymentId))
    },
  })

  async function read(shopper: Shopper, paymentId: string): Promise<PaymentOfOrder> {
    const found = await findPayment(db, shopper.id, paymentId)
    if (found === undefined) throw new ProblemError('payment_not_found', 'You have no payment of this id.')
    return found
  }
}
