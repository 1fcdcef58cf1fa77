import type { OrderStatus } from '@tael/contracts'
import type { Selectable } from 'kysely'
import type { AdyenOperation, Database } from './tables.ts'

export type ShopperRow = Selectable<Database['shoppers']>
export type OrderRow = Selectable<Database['orders']>
export type PaymentRow = Selectable<Database['payments']>
export type RefundRow = Selectable<Database['refunds']>
export type RefundProposalRow = Selectable<Database['refund_proposals']>
export type ShipmentRow = Selectable<Database['shipments']>
export type PaymentEventRow = Selectable<Database['payment_events']>
export type AdyenCallRow = Selectable<Database['adyen_calls']>
export type WebhookItemRow = Selectable<Database['webhook_items']>

/** The key of a call's row. `variant` distinguishes refunds, and details with different content. */
export interface AdyenCall {
  readonly paymentId: string
  readonly operation: AdyenOperation
  readonly variant: string
}

/** A payment and the status of its order: what an attempt means depends on both. */
export interface PaymentOfOrder {
  readonly payment: PaymentRow
  readonly order: { readonly status: OrderStatus }
}
