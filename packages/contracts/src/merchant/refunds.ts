import * as Type from '@sinclair/typebox'
import { Amount } from '../amount.ts'

/** How much of the payment of an order to refund. */
export const CreateMerchantRefund = Type.Object(
  { amount: Amount },
  { title: 'CreateMerchantRefund', additionalProperties: false },
)
export type CreateMerchantRefund = Type.Static<typeof CreateMerchantRefund>
