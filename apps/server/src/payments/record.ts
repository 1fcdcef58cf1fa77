import type { OperatorPayment } from '@tael/contracts'
import { toAmount } from '../db/amount.ts'
import type { Db } from '../db/database.ts'
import { refundableValue } from '../ledger/request-refund.ts'
import { toOperatorRefund } from '../refunds/view.ts'
import { toResultCode } from './view.ts'

/** Everything about a payment except its secrets, read in one snapshot. */
export async function findPaymentRecord(db: Db, paymentId: string): Promise<OperatorPayment | undefined> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (trx) => {
      const payment = await trx
        .selectFrom('payments')
        .innerJoin('orders', 'orders.id', 'payments.order_id')
        .selectAll('payments')
        .select('orders.deliver_to')
        .where('payments.id', '=', paymentId)
        .executeTakeFirst()
      if (payment === undefined) return undefined
      const refunds = await trx
        .selectFrom('refunds')
        .selectAll()
        .where('payment_id', '=', paymentId)
        .orderBy('created_at')
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
        resultCode: toResultCode(payment),
        pspReference: payment.psp_reference,
        wechatTransactionId: payment.wechat_transaction_id,
        paysOrder: payment.pays_order,
        surplus: payment.surplus,
        refundable:
          payment.status === 'authorised' ? { ...amount, value: await refundableValue(trx, payment) } : null,
        reversals: payment.reversals,
        deliverTo: payment.deliver_to,
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
