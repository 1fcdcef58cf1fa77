import type { Context } from '../context.ts'
import { inTransaction } from '../db/transaction.ts'
import { lockOpenPayment, lockOrder } from '../ledger/lock.ts'
import { closeOrder } from '../ledger/orders.ts'
import { msUntilClosable, requestCancel } from '../ledger/request-cancel.ts'
import { isUndecided } from '../ledger/transition.ts'
import { announceStep } from '../steps.ts'

/** The pauses of looking at an undecided attempt: they grow with the order's age, up to the longest. */
const PAUSE_MS = 60_000
const PAUSE_MS_MAX = 15 * 60_000

/**
 * Expires an order that was not paid in time, and frees its stock. An attempt that waits for its
 * shopper is closed at Adyen; money that still arrives pays the order or is refunded. While an
 * attempt is undecided it is looked at again: a start that Adyen never answered is closed now and
 * keeps the order open, an attempt that its shopper returned from is closed once its prepay_id has
 * expired. Such a return is the phone's word: it keeps the order open for one grace. An attempt
 * still open on an order that late money has paid is closed immediately.
 */
export async function expireOrder(
  { db, jobs, config: { shop } }: Pick<Context, 'db' | 'jobs' | 'config'>,
  orderId: string,
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const order = await lockOrder(trx, orderId)
    if (order === undefined) return
    const checkAgain = (delayMs: number): Promise<void> =>
      jobs.send(trx, 'expire-order', { orderId }, delayMs)
    // Without another job the order would never expire.
    if (order.status === 'open' && order.leftMs > 0) return checkAgain(order.leftMs)
    const payment = await lockOpenPayment(trx, orderId)
    const closableInMs = payment === undefined ? 0 : await msUntilClosable(trx, payment)
    if (payment !== undefined && closableInMs <= 0) {
      const why = order.status === 'open' ? 'the order was not paid in time' : `the order is ${order.status}`
      await requestCancel({ trx, jobs }, { order, payment }, why, { source: 'job' })
    }
    const undecided = payment !== undefined && isUndecided(payment.status) ? payment.status : undefined
    const graceMs = undecided === 'processing' ? order.leftMs + shop.holdGraceMs : 0
    const keepsStock = undecided === 'starting' || graceMs > 0
    if (order.status === 'open' && !keepsStock) await closeOrder({ trx, jobs }, order, 'expired')
    if (undecided === undefined) return
    const pauseMs = Math.min(Math.max(-order.leftMs, PAUSE_MS), PAUSE_MS_MAX)
    const decisive = [graceMs, closableInMs].filter((ms) => ms > 0)
    return checkAgain(Math.min(pauseMs, ...decisive))
  })
  announceStep('order expired')
}
