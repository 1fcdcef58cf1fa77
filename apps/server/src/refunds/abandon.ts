import type { Context } from '../context.ts'
import { describeAmount } from '../db/amount.ts'
import { inTransaction } from '../db/transaction.ts'
import { newestEnded } from '../ledger/retry-calls.ts'
import { changeRefund } from '../ledger/change-refund.ts'
import { lockExistingPayment } from '../ledger/lock.ts'
import { findOverdueRefunds } from './store.ts'

/**
 * Marks refunds as failed that Adyen did not accept while their keys were valid: another request
 * could refund twice. They need an operator; a webhook that reports such a refund as made overrides
 * this.
 */
export async function abandonRefunds({ db, jobs, log }: Pick<Context, 'db' | 'jobs' | 'log'>): Promise<void> {
  for (const refund of await findOverdueRefunds(db, newestEnded())) {
    const { id: refundId, payment_id: paymentId } = refund
    const amount = describeAmount(refund)
    const names = { refundId, paymentId, operation: 'refunds', amount }
    try {
      await inTransaction(db, async (trx) => {
        const locked = await lockExistingPayment(trx, paymentId)
        await changeRefund({ trx, jobs }, locked, refundId, { status: 'failed' }, { source: 'job' })
      })
      log.error(names, 'Adyen never accepted a refund: look it up, and return the money by hand')
    } catch (error) {
      // A failure must not block the others; the next run finds this refund again.
      log.error({ ...names, err: error }, 'a refund could not be abandoned')
    }
  }
}
