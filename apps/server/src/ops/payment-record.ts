import { type OperatorPayment, ResultCode } from '@tael/contracts'
import { Check } from '@sinclair/typebox/value'
import { toAmount } from '../db/amount.ts'
import type { Db } from '../db/database.ts'
import { refundable } from '../refunds/request.ts'
import { toOperatorRefund } from '../refunds/view.ts'

/** Everything about a payment but its secrets, as of one moment. */
export async function findPaymentRecord(db: Db, paymentId: string): Promise<OperatorPayment | undefined> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (trx) => {
      const payment = await trx
        .selectFrom('payments')
        .selectAll()
        .where('id', '=', paymentId)
        .executeTakeFirst()
      if (payment === undefined) return undefined
      const refunds = await trx
        .selectFrom('refunds')
        .selectAll()
        .where('payment_id', '=', paymentId)
        .orderBy('id')
        .execute()
      const events = await trx
        .selectFrom('payment_events')
        .selectAll()
        .where('payment_id', '=', paymentId)
        .orderBy('id')
        .execute()
      const amount = toAmount(payment)
      return {
        id: payment.id,
        orderId: payment.order_id,
        amount,
        status: payment.status,
        resultCode: Check(ResultCode, payment.result_code) ? payment.result_code : null,
        pspReference: payment.psp_reference,
        wechatTransactionId: payment.wechat_transaction_id,
        paysOrder: payment.pays_order,
        surplus: payment.surplus,
        refundable:
          payment.status === 'authorised' ? { ...amount, value: await refundable(trx, payment) } : null,
        reversals: payment.reversals,
        createdAt: payment.created_at.toISOString(),
        updatedAt: payment.updated_at.toISOString(),
        refunds: refunds.map(toOperatorRefund),
        events: events.map((event) => ({
          at: event.at.toISOString(),
          source: event.source,
          type: event.type,
          fromStatus: event.from_status,
          toStatus: event.to_status,
          detail: event.detail,
          webhookId: event.webhook_id,
        })),
      }
    })
}
