import type { CallResult, CheckoutClient, ModificationResponse } from '@tael/adyen'
import type { FastifyBaseLogger } from 'fastify'
import type { NotNull, Selectable } from 'kysely'
import type { Config } from '../config.ts'
import type { Db } from '../db/database.ts'
import type { Database } from '../db/tables.ts'
import { changeRefund } from './change.ts'

export interface SendRefundDependencies {
  readonly db: Db
  readonly checkout: CheckoutClient
  readonly config: Config
  readonly log: FastifyBaseLogger
}

const BATCH_SIZE = 50

/**
 * Asks Adyen for every refund that was decided and not asked for yet. A call whose answer is lost is made again the next
 * time, with its key: Adyen does it once.
 */
export async function sendRefunds(dependencies: SendRefundDependencies): Promise<void> {
  const { db } = dependencies
  const due = await db
    .selectFrom('refunds')
    .innerJoin('payments', 'payments.id', 'refunds.payment_id')
    .selectAll('refunds')
    .select('payments.psp_reference as payment_psp_reference')
    .where('refunds.status', '=', 'requested')
    .where('payments.psp_reference', 'is not', null)
    .orderBy('refunds.created_at')
    .limit(BATCH_SIZE)
    .$narrowType<{ payment_psp_reference: NotNull }>()
    .execute()
  for (const { payment_psp_reference, ...refund } of due) {
    await sendRefund(dependencies, refund, payment_psp_reference)
  }
}

async function sendRefund(
  { db, checkout, config, log }: SendRefundDependencies,
  refund: Selectable<Database['refunds']>,
  paymentPspReference: string,
): Promise<void> {
  const { id, payment_id: paymentId, currency, value } = refund
  const answer: CallResult<ModificationResponse> = await checkout.refund(
    paymentPspReference,
    { merchantAccount: config.adyen.merchantAccount, amount: { currency, value }, reference: id },
    refund.idempotency_key,
  )
  if (answer.kind === 'unknown') {
    log.warn(
      { refundId: id, paymentId, reason: answer.reason },
      'Adyen did not answer a refund; it is asked again',
    )
    return
  }
  const cause = { source: 'adyen' } as const
  if (answer.kind === 'answered') {
    const { pspReference } = answer.body
    await db.transaction().execute((trx) => changeRefund(trx, id, { to: 'received', pspReference }, cause))
    return
  }
  const { status, errorCode, message: reason } = answer
  log.error(
    { refundId: id, paymentId, status, errorCode, reason },
    'Adyen refused a refund: send the money back by hand',
  )
  await db.transaction().execute((trx) => changeRefund(trx, id, { to: 'failed' }, cause))
}
