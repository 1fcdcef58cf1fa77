import type { Context } from '../context.ts'
import { lockOpenPayment, lockOrder } from '../ledger/lock.ts'
import { closeOrder } from '../ledger/orders.ts'
import { msUntilClosable, requestCancel } from '../ledger/request-cancel.ts'
import { isUndecided } from '../ledger/transition.ts'
import { announceStep } from '../steps.ts'

const CHECK_AGAIN_MS = 60_000

/**
 * Expires an order that was not paid in time, and frees its stock. An attempt that waits for its
 * shopper is closed at Adyen; money that still arrives pays the order or is refunded. While an
 * attempt is undecided the order stays open and is checked again: a start that Adyen never answered
 * is closed now, an attempt that its shopper returned from once its prepay_id has expired. An
 * attempt still open on an order that late money has paid is closed immediately.
 */
export async function expireOrder(
  { db, jobs }: Pick<Context, 'db' | 'jobs'>,
  orderId: string,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const order = await lockOrder(trx, orderId)
    if (order === undefined) return
    const checkAgain = (delayMs: number): Promise<void> =>
      jobs.send(trx, 'expire-order', { orderId }, delayMs)
    // Without another job the order would never expire.
    if (order.status === 'open' && order.leftMs > 0) return checkAgain(order.leftMs)
    const payment = await lockOpenPayment(trx, orderId)
    if (payment !== undefined && (await msUntilClosable(trx, payment)) <= 0) {
      const why = order.status === 'open' ? 'the order was not paid in time' : `the order is ${order.status}`
      await requestCancel({ trx, jobs }, { order, payment }, why, { source: 'job' })
    }
    if (payment !== undefined && isUndecided(payment.status)) return checkAgain(CHECK_AGAIN_MS)
    if (order.status === 'open') await closeOrder(trx, order, 'expired')
  })
  announceStep('order expired')
}
