import type { AdyenCallRow, PaymentEventRow, PaymentRow, RefundRow, WebhookItemRow } from '../db/rows.ts'

/** A mismatch between a record and its history. */
export interface Mismatch {
  /** The id of the payment, refund, order, product or webhook item. */
  readonly subject: string
  readonly problem: string
}

/** A payment with every record about it. */
export interface Account {
  readonly payment: PaymentRow
  readonly refunds: readonly RefundRow[]
  readonly events: readonly PaymentEventRow[]
  readonly calls: readonly AdyenCallRow[]
  readonly webhooks: readonly WebhookItemRow[]
}
