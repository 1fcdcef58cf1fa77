import type { Db } from '../db/database.ts'
import type { Jobs } from '../jobs/jobs.ts'
import { findOpenPayment } from '../payments/store.ts'
import { moveStock } from './stock.ts'
import { lockOrder } from './store.ts'

const LOOK_AGAIN_MS = 60_000

/**
 * Gives up an order whose time is over and frees its stock. While Adyen's word on an attempt is out the order stays as
 * it is and is looked at again later. An attempt that waits for the shopper stays open at Adyen until Adyen closes it:
 * should that shopper pay all the same, the money is honoured, or recorded as surplus.
 */
export async function expireOrder(db: Db, jobs: Jobs, orderId: string): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const order = await lockOrder(trx, orderId)
    if (order === undefined || order.status !== 'open' || order.expires_at > new Date()) return
    const payment = await findOpenPayment(trx, orderId)
    if (payment !== undefined && payment.status !== 'awaiting_shopper') {
      await jobs.send(trx, 'expire-order', { orderId }, new Date(Date.now() + LOOK_AGAIN_MS))
      return
    }
    if (!(await moveStock(trx, order.lines, 'reserved', 'free'))) {
      throw new Error(`The stock of ${orderId} was not reserved.`)
    }
    await trx.updateTable('orders').set({ status: 'expired' }).where('id', '=', orderId).execute()
  })
}
