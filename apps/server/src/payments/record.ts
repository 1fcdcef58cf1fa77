import type { OperatorPayment } from '@tael/contracts'
import { toAmount } from '../db/amount.ts'
import type { Db, Trx } from '../db/database.ts'
import type { OrderRow, PaymentRow } from '../db/rows.ts'
import { inSnapshot } from '../db/transaction.ts'
import { refundableValue } from '../ledger/request-refund.ts'
import { toOperatorRefund } from '../refunds/view.ts'
import { toResultCode } from './view.ts'

/** Everything about a payment except its secrets, read in one snapshot. */
export async function findPaymentRecord(db: Db, paymentId: string): Promise<OperatorPayment | undefined> {
  return inSnapshot(db, async (trx) => {
    const found = await trx
      .selectFrom('payments')
      .innerJoin('orders', 'orders.id', 'payments.order_id')
      .selectAll('payments')
      .select('orders.deliver_to')
      .where('payments.id', '=', paymentId)
      .executeTakeFirst()
    if (found === undefined) return undefined
    const { deliver_to, ...payment } = found
    return readRecord(trx, payment, deliver_to)
  })
}

/** The payments of an order, oldest first. */
export async function readPaymentRecords(trx: Trx, order: OrderRow): Promise<OperatorPayment[]> {
  const payments = await trx
    .selectFrom('payments')
    .selectAll()
    .where('order_id', '=', order.id)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  const records: OperatorPayment[] = []
  for (const payment of payments) records.push(await readRecord(trx, payment, order.deliver_to))
  return records
}

async function readRecord(
  trx: Trx,
  payment: PaymentRow,
  deliverTo: OrderRow['deliver_to'],
): Promise<OperatorPayment> {
  const refunds = await trx
    .selectFrom('refunds')
    .selectAll()
    .where('payment_id', '=', payment.id)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  const events = await trx
    .selectFrom('payment_events')
    .selectAll()
    .where('payment_id', '=', payment.id)
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
    deliverTo,
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
}
