import * as Type from '@sinclair/typebox'
import { Amount } from '../amount.ts'
import { Refund } from '../refunds.ts'

/** Give this much of a payment back. */
export const CreateRefund = Type.Object(
  { amount: Amount },
  { title: 'CreateRefund', additionalProperties: false },
)
export type CreateRefund = Type.Static<typeof CreateRefund>

/** A refund as operators see it: with the reference under which Adyen's Customer Area shows it. */
export const OperatorRefund = Type.Object(
  {
    ...Refund.properties,
    paymentId: Type.String(),
    pspReference: Type.Union([Type.String(), Type.Null()]),
  },
  { title: 'OperatorRefund', additionalProperties: false },
)
export type OperatorRefund = Type.Static<typeof OperatorRefund>
