import { outcomes, type Payment, ResultCode, surplusOutcome } from '@tael/contracts'
import { Check } from '@sinclair/typebox/value'
import type { Selectable } from 'kysely'
import { toAmount } from '../db/amount.ts'
import type { Database } from '../db/tables.ts'

export type PaymentRow = Selectable<Database['payments']>

/** A payment as its shopper may see it: no reference of Adyen's, no reason of a refusal, no paymentData. */
export function toPayment(row: PaymentRow): Payment {
  return {
    id: row.id,
    orderId: row.order_id,
    amount: toAmount(row),
    status: row.status,
    resultCode: Check(ResultCode, row.result_code) ? row.result_code : null,
    outcome: row.surplus ? surplusOutcome : outcomes[row.status],
    version: row.version,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  }
}
