import type { Db } from '../db/database.ts'
import {
  type AdyenCall,
  type AdyenCallDependencies,
  findLostCalls,
  reclaimCall,
  repeatSoon,
} from './adyen-calls.ts'
import { askForResult, type Payer, startAtAdyen } from './ask-adyen.ts'
import type { PaymentRow } from './view.ts'

/** Repeats a call whose answer never came, with the key and the words it was made with, unless a process is at it. */
export async function repeatCall(dependencies: AdyenCallDependencies, call: AdyenCall): Promise<void> {
  const { db } = dependencies
  const { payment, payer } = await findPayer(db, call.paymentId)
  const toMake = await reclaimCall(db, call)
  if (toMake === undefined) return
  if (call.operation === 'payments') await startAtAdyen(dependencies, payer, payment, toMake.idempotencyKey)
  else await askForResult(dependencies, call, payment, toMake)
}

/** Takes up the calls of processes that died over them. */
export async function takeUpLostCalls({ db, jobs }: AdyenCallDependencies): Promise<void> {
  for (const call of await findLostCalls(db)) {
    await db.transaction().execute((trx) => repeatSoon(trx, jobs, call))
  }
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
