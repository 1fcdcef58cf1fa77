import type { AdyenCall, PaymentOfOrder, PaymentRow } from '../db/rows.ts'
import type { AdyenOperation } from '../db/tables.ts'
import { inTransaction } from '../db/transaction.ts'
import { currentSpan } from '../traces/spans.ts'
import { enqueueAfterLease, leaseCall, type LeasedCall } from '../ledger/calls.ts'
import { askForResult } from './details.ts'
import { type CallContext, type Operation, paymentDataOf } from './call.ts'
import { cancelAtAdyen } from './cancel.ts'
import { plainOutcome } from './plain-outcome.ts'
import { refundAtAdyen } from './refund.ts'
import { settleCall } from './settle.ts'
import { startAtAdyen } from './start.ts'

/** The operation behind each kind of call. */
const operations: Readonly<Record<AdyenOperation, Operation>> = {
  payments: startAtAdyen,
  'payments/details': askForResult,
  cancels: cancelAtAdyen,
  refunds: refundAtAdyen,
}

/** A payment, and WeChat's id of its payer. */
export interface PaymentOfPayer {
  readonly payment: PaymentRow
  readonly openid: string
}

/** Makes a call that this process has leased, under its stored key, and settles it. */
export async function makeCall(
  context: CallContext,
  call: AdyenCall,
  { payment, openid }: PaymentOfPayer,
  leased: LeasedCall,
): Promise<PaymentOfOrder> {
  const ready = { ...leased, payment, openid, variant: call.variant }
  currentSpan()?.set({ 'tael.payment_id': payment.id })
  const outcome = await operations[call.operation](context, ready)
  // Adyen's texts may repeat what was sent to it, or what it answered.
  const secrets = [openid, payment.payment_data ?? '', paymentDataOf(outcome)]
  return settleCall(context, call, payment, plainOutcome(outcome, secrets))
}

/**
 * Makes a call that a job was enqueued for: a new one, or an unanswered one. While somebody else has
 * leased it, the job is enqueued again for the end of the lease. Does nothing where it is answered.
 */
export async function makeQueuedCall(context: CallContext, call: AdyenCall): Promise<void> {
  const found = await findPaymentOfPayer(context, call.paymentId)
  const leased = await leaseCall(context.db, call)
  if (leased !== undefined) {
    await makeCall(context, call, found, leased)
    return
  }
  const { db, jobs } = context
  await inTransaction(db, (trx) => enqueueAfterLease({ trx, jobs }, call))
}

async function findPaymentOfPayer(
  { db, openids }: Pick<CallContext, 'db' | 'openids'>,
  paymentId: string,
): Promise<PaymentOfPayer> {
  const { openid, openid_sealed, openid_key, ...payment } = await db
    .selectFrom('payments')
    .innerJoin('shoppers', 'shoppers.id', 'payments.shopper_id')
    .selectAll('payments')
    .select(['openid', 'openid_sealed', 'openid_key'])
    .where('payments.id', '=', paymentId)
    .executeTakeFirstOrThrow()
  const row = { id: payment.shopper_id, openid, openid_sealed, openid_key }
  // Only a start sends it, and no shopper with an unanswered start is erased.
  return { payment, openid: openids.read(row) ?? '' }
}
