import { type OrderStatus, outcomeOf, type Payment, ResultCode } from '@tael/contracts'
import { Check } from '@sinclair/typebox/value'
import type { Selectable } from 'kysely'
import { toAmount } from '../db/amount.ts'
import type { Database } from '../db/tables.ts'

export type PaymentRow = Selectable<Database['payments']>

/** A payment, and how its order stands: what an attempt means depends on both. */
export interface PaymentOfOrder {
  readonly payment: PaymentRow
  readonly order: { readonly status: OrderStatus }
}

/** A payment as its shopper may see it: no reference of Adyen's, no reason of a refusal, no paymentData. */
export function toPayment({ payment, order }: PaymentOfOrder): Payment {
  return {
    id: payment.id,
    orderId: payment.order_id,
    amount: toAmount(payment),
    status: payment.status,
    resultCode: Check(ResultCode, payment.result_code) ? payment.result_code : null,
    outcome: outcomeOf(payment.status, { surplus: payment.surplus, order: order.status }),
    version: payment.version,
    createdAt: payment.created_at.toISOString(),
    updatedAt: payment.updated_at.toISOString(),
  }
}
