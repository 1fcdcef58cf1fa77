import type { Db } from '../db/database.ts'
import type { JobQueue } from '../jobs/jobs.ts'
import { mayClose, requestCancel } from '../payments/close.ts'
import { findOpenPayment } from '../payments/store.ts'
import { reached } from '../steps.ts'
import { moveStock } from './stock.ts'
import { lockOrder } from './store.ts'

const LOOK_AGAIN_MS = 60_000
const CLOCKS_APART_MS = 1_000

/**
 * Gives up an order whose time is over, and frees its stock. An attempt that waits for its shopper is closed at Adyen;
 * should the money come all the same it is honoured or goes back. While Adyen's word on an attempt is out the order
 * stays as it is, but not for ever: an attempt that Adyen never answered for is closed now, one that the shopper came
 * back from when nobody could pay it any more; then the order is looked at again. An attempt that is left open on an
 * order which late money of an earlier attempt has paid is closed at once.
 */
export async function expireOrder(db: Db, jobs: JobQueue, orderId: string): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const books = { trx, jobs }
    const order = await lockOrder(trx, orderId)
    if (order === undefined) return
    // The job came by PostgreSQL's clock, which may be ahead of ours: it comes again, or the order would never expire.
    if (order.status === 'open' && order.expires_at > new Date()) {
      await jobs.send(
        trx,
        'expire-order',
        { orderId },
        new Date(order.expires_at.getTime() + CLOCKS_APART_MS),
      )
      return
    }
    const payment = await findOpenPayment(trx, orderId)
    if (payment !== undefined && mayClose(payment)) {
      const why = order.status === 'open' ? 'the order was not paid in time' : `the order is ${order.status}`
      await requestCancel(books, { order, payment }, why, { source: 'job' })
    }
    if (payment !== undefined && payment.status !== 'awaiting_shopper') {
      await jobs.send(trx, 'expire-order', { orderId }, new Date(Date.now() + LOOK_AGAIN_MS))
      return
    }
    if (order.status !== 'open') return
    if (!(await moveStock(trx, order.lines, 'reserved', 'free'))) {
      throw new Error(`The stock of ${orderId} was not reserved.`)
    }
    await trx.updateTable('orders').set({ status: 'expired' }).where('id', '=', orderId).execute()
  })
  reached('order expired')
}
