import * as Type from '@sinclair/typebox'
import { Amount } from '../amount.ts'
import { Refund } from '../refunds.ts'
import { TEXT } from '../text.ts'

/** How much of a payment to refund. */
export const CreateRefund = Type.Object(
  { amount: Amount },
  { title: 'CreateRefund', additionalProperties: false },
)
export type CreateRefund = Type.Static<typeof CreateRefund>

/** Why an operator sends a refund again: what they found when they looked it up at Adyen. */
export const ResendRefund = Type.Object(
  { note: Type.String({ minLength: 1, maxLength: 500, pattern: TEXT }) },
  { title: 'ResendRefund', additionalProperties: false },
)
export type ResendRefund = Type.Static<typeof ResendRefund>

/** Why the shop does not grant a refund, in words for its shopper. */
export const DeclineRefund = Type.Object(
  { reason: Type.String({ minLength: 1, maxLength: 200, pattern: TEXT }) },
  { title: 'DeclineRefund', additionalProperties: false },
)
export type DeclineRefund = Type.Static<typeof DeclineRefund>

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
