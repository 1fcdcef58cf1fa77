import * as Type from '@sinclair/typebox'
import { Amount } from './amount.ts'

/**
 * The state of a refund. `requested`: the shop decided it. `received`: Adyen accepted the request;
 * the outcome is open. `refunded`: the money was returned. `failed`: it was not, and needs
 * attention.
 */
export const RefundStatus = Type.Union([
  Type.Literal('requested'),
  Type.Literal('received'),
  Type.Literal('refunded'),
  Type.Literal('failed'),
])
export type RefundStatus = Type.Static<typeof RefundStatus>

/** Whether the outcome of a refund is still open. */
export function isUnderWay({ status }: { readonly status: RefundStatus }): boolean {
  return status === 'requested' || status === 'received'
}

/**
 * Why money is returned: the order was already paid or closed (`surplus`), or an operator refunded
 * it (`merchant`).
 */
export const RefundReason = Type.Union([Type.Literal('surplus'), Type.Literal('merchant')])
export type RefundReason = Type.Static<typeof RefundReason>

/** Money of one payment of an order, returned to the shopper. */
export const Refund = Type.Object(
  {
    id: Type.String(),
    amount: Amount,
    reason: RefundReason,
    status: RefundStatus,
    createdAt: Type.String(),
    updatedAt: Type.String(),
  },
  { title: 'Refund', additionalProperties: false },
)
export type Refund = Type.Static<typeof Refund>
