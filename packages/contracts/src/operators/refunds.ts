import * as Type from '@sinclair/typebox'
import { Amount } from '../amount.ts'
import { Refund } from '../refunds.ts'

/** How much of a payment to refund. */
export const CreateRefund = Type.Object(
  { amount: Amount },
  { title: 'CreateRefund', additionalProperties: false },
)
export type CreateRefund = Type.Static<typeof CreateRefund>

/** A refund as operators see it, with its reference in Adyen's Customer Area. */
export const OperatorRefund = Type.Object(
  {
    ...Refund.properties,
    paymentId: Type.String(),
    pspReference: Type.Union([Type.String(), Type.Null()]),
  },
  { title: 'OperatorRefund', additionalProperties: false },
)
export type OperatorRefund = Type.Static<typeof OperatorRefund>
