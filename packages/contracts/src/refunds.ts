import * as Type from '@sinclair/typebox'
import { Amount } from './amount.ts'

/**
 * Where a refund stands. `requested`: decided. `received`: Adyen took the request, which says nothing of its outcome.
 * `refunded`: the money went back. `failed`: it did not; the shop was told and deals with it.
 */
export const RefundStatus = Type.Union([
  Type.Literal('requested'),
  Type.Literal('received'),
  Type.Literal('refunded'),
  Type.Literal('failed'),
])
export type RefundStatus = Type.Static<typeof RefundStatus>

/** Whether nobody knows yet how a refund ends. */
export function isUnderWay({ status }: { readonly status: RefundStatus }): boolean {
  return status === 'requested' || status === 'received'
}

/** Why money goes back: it was one payment too many, or too late (`surplus`), or the shop gives it back (`merchant`). */
export const RefundReason = Type.Union([Type.Literal('surplus'), Type.Literal('merchant')])
export type RefundReason = Type.Static<typeof RefundReason>

/** Money on its way back to the shopper, for one payment of an order. */
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
