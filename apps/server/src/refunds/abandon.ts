import type { Context } from '../context.ts'
import { newestEnded } from '../ledger/calls.ts'
import { changeRefund } from '../ledger/change-refund.ts'
import { lockExistingPayment } from '../ledger/lock.ts'
import { findOverdueRefunds } from './store.ts'

/**
 * Marks refunds as failed that Adyen never accepted while their keys guarded them: asking again
 * could give the money back twice. An operator must look; should Adyen's webhook report that one was
 * made, that counts.
 */
export async function abandonRefunds({ db, jobs, log }: Pick<Context, 'db' | 'jobs' | 'log'>): Promise<void> {
  for (const { id: refundId, payment_id: paymentId } of await findOverdueRefunds(db, newestEnded())) {
    const names = { refundId, paymentId, operation: 'refunds' }
    try {
      await db.transaction().execute(async (trx) => {
        const locked = await lockExistingPayment(trx, paymentId)
        await changeRefund({ trx, jobs }, locked, refundId, { status: 'failed' }, { source: 'job' })
      })
      log.error(names, 'Adyen never took up a refund: look it up, and send the money back')
    } catch (error) {
      // One that cannot be abandoned now must not hold up the others; the next run finds it again.
      log.error({ ...names, err: error }, 'a refund could not be given up')
    }
  }
}
