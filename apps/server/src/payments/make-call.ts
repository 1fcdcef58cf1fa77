import {
  type AdyenCall,
  type AdyenCallDependencies,
  endCall,
  endOldCalls,
  findLostCalls,
  makeSoon,
  reclaimCall,
} from '../calls/calls.ts'
import type { Db } from '../db/database.ts'
import { giveUpRefunds, sendRefund } from '../refunds/send.ts'
import { askForResult, type Payer, startAtAdyen } from './ask-adyen.ts'
import { cancelAtAdyen } from './close.ts'
import type { PaymentRow } from './view.ts'

/**
 * Makes a call that a job was told to make: one that was ordered, or one whose answer never came, with the key and the
 * words it was made with. Nothing where it was answered meanwhile, or a process is at it.
 */
export async function makeCall(dependencies: AdyenCallDependencies, call: AdyenCall): Promise<void> {
  const { db } = dependencies
  const { payment, payer } = await findPayer(db, call.paymentId)
  const toMake = await reclaimCall(db, call)
  if (toMake === undefined) return
  const { idempotencyKey } = toMake
  switch (call.operation) {
    case 'payments':
      await startAtAdyen(dependencies, payer, payment, idempotencyKey)
      return
    case 'payments/details':
      // The money is here: nothing is left to ask.
      if (payment.status === 'authorised') await db.transaction().execute((trx) => endCall(trx, call))
      else await askForResult(dependencies, call, payment, toMake)
      return
    case 'cancels':
      await cancelAtAdyen(dependencies, call, idempotencyKey)
      return
    case 'refunds':
      await sendRefund(dependencies, call, payment, idempotencyKey)
  }
}

/** Takes up the calls of processes that died over them, and gives up what is too old to be asked again. */
export async function takeUpLostCalls(dependencies: AdyenCallDependencies): Promise<void> {
  const { db, jobs } = dependencies
  for (const call of await findLostCalls(db)) {
    await db.transaction().execute((trx) => makeSoon(trx, jobs, call))
  }
  await giveUpRefunds(dependencies)
  await endOldCalls(db)
}

async function findPayer(db: Db, paymentId: string): Promise<{ payment: PaymentRow; payer: Payer }> {
  const { openid, ...payment } = await db
    .selectFrom('payments')
    .innerJoin('shoppers', 'shoppers.id', 'payments.shopper_id')
    .selectAll('payments')
    .select('shoppers.openid')
    .where('payments.id', '=', paymentId)
    .executeTakeFirstOrThrow()
  return { payment, payer: { id: payment.shopper_id, openid } }
}
