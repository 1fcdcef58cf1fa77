import type { Order } from '@tael/contracts'
import type { Db, Trx } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { HttpProblem } from '../http/problem.ts'
import { recordRefundRequest } from '../ledger/orders.ts'
import { lockOpenPayment, type LockedOrder } from '../ledger/lock.ts'
import { refundableValue } from '../ledger/request-refund.ts'
import { isUndecided } from '../ledger/transition.ts'
import { findPayingPayment } from './store.ts'
import { lockOrderOf } from './lock.ts'
import { readOrder } from './read.ts'

/**
 * Records that a shopper requests a refund of a paid order, which an operator then decides.
 * Requesting it again changes nothing.
 */
export async function requestOrderRefund(db: Db, shopperId: string, orderId: string): Promise<Order> {
  await inTransaction(db, async (trx) => {
    const order = await lockOrderOf(trx, shopperId, orderId)
    if (order.refund_requested_at !== null) return
    const refusal = await findRefusal(trx, order)
    if (refusal !== undefined) throw new HttpProblem('order_not_refundable', refusal)
    await recordRefundRequest(trx, order)
  })
  return readOrder(db, shopperId, orderId)
}

/** Why there is nothing to refund. Undefined: some of the money is left. */
async function findRefusal(trx: Trx, order: LockedOrder): Promise<string | undefined> {
  switch (order.status) {
    case 'paid': {
      const left = await refundableValue(trx, await findPayingPayment(trx, order.id))
      return left > 0 ? undefined : 'Wait for the money: all of it is refunded, or on its way back.'
    }
    case 'open': {
      const payment = await lockOpenPayment(trx, order.id)
      return payment !== undefined && isUndecided(payment.status)
        ? 'Wait for the outcome: a payment of the order is being confirmed.'
        : 'Cancel the order instead: it is not paid.'
    }
    case 'cancelled':
      return 'Request nothing: the order was cancelled, and money that still arrives is refunded by itself.'
    case 'expired':
      return 'Request nothing: the order expired unpaid, and money that still arrives pays it or is refunded.'
  }
}
