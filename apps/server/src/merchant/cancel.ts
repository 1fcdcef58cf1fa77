import type { MerchantOrder } from '@tael/contracts'
import { type OperatorAction, recordAction } from '../audit/record-action.ts'
import type { Context } from '../context.ts'
import { inTransaction } from '../db/transaction.ts'
import { lockMerchantOrder } from '../ledger/merchant-orders.ts'
import { cancelLockedOrder } from '../orders/cancel.ts'
import { announceStep } from '../steps.ts'
import { noSuchOrder, readMerchantOrder } from './read.ts'

/**
 * Cancels an open order for its merchant, as its shopper may. Money that still arrives is refunded.
 * Refused while an attempt may have taken money. Cancelling again changes nothing.
 */
export async function cancelMerchantOrder(
  { db, jobs }: Pick<Context, 'db' | 'jobs'>,
  action: OperatorAction,
  reference: string,
): Promise<MerchantOrder> {
  await inTransaction(db, async (trx) => {
    const order = await lockMerchantOrder(trx, reference)
    if (order === undefined) throw noSuchOrder()
    await cancelLockedOrder({ trx, jobs }, order, 'merchant')
    await recordAction(trx, { ...action, detail: { orderId: order.id } })
  })
  announceStep('order cancelled')
  return readMerchantOrder(db, reference)
}
