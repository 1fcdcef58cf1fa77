import { outcomeOf, type Payment, type RequestPaymentParameters, ResultCode } from '@tael/contracts'
import { Check } from '@sinclair/typebox/value'
import { toAmount } from '../db/amount.ts'
import type { PaymentOfOrder, PaymentRow } from '../db/rows.ts'

/**
 * A payment as its shopper may see it: no reference of Adyen's, no refusal reason, no paymentData.
 */
export function toPayment({ payment, order }: PaymentOfOrder): Payment {
  return {
    id: payment.id,
    orderId: payment.order_id,
    amount: toAmount(payment),
    status: payment.status,
    resultCode: toResultCode(payment),
    outcome: outcomeOf(payment.status, { surplus: payment.surplus, order: order.status }),
    version: payment.version,
    createdAt: payment.created_at.toISOString(),
    updatedAt: payment.updated_at.toISOString(),
  }
}

export function toResultCode({ result_code }: PaymentRow): ResultCode | null {
  return Check(ResultCode, result_code) ? result_code : null
}

/**
 * The parameters that open the cashier; null where it must not open: the order is paid or closed.
 */
export function toCashier({ payment, order }: PaymentOfOrder): RequestPaymentParameters | null {
  return payment.status === 'awaiting_shopper' && order.status === 'open' ? payment.wx_parameters : null
}
