import * as Type from '@sinclair/typebox'
import { Address } from '../address.ts'
import { Amount } from '../amount.ts'
import { PaymentStatus, ResultCode } from '../results.ts'
import { OperatorRefund } from './refunds.ts'

/** An event of a payment, recorded with the change it caused. */
export const PaymentEventRecord = Type.Object(
  {
    at: Type.String(),
    source: Type.String({ description: 'What caused it: shopper, adyen, webhook, operator or job.' }),
    type: Type.String(),
    fromStatus: Type.Union([PaymentStatus, Type.Null()]),
    toStatus: PaymentStatus,
    detail: Type.Record(Type.String(), Type.Unknown()),
    webhookId: Type.Union([Type.Integer(), Type.Null()]),
  },
  { title: 'PaymentEvent', additionalProperties: false },
)
export type PaymentEventRecord = Type.Static<typeof PaymentEventRecord>

/** One attempt to pay, in full except for secrets. */
export const OperatorPayment = Type.Object(
  {
    id: Type.String({ description: 'The merchantReference at Adyen.' }),
    orderId: Type.String(),
    amount: Amount,
    status: PaymentStatus,
    resultCode: Type.Union([ResultCode, Type.Null()]),
    pspReference: Type.Union([Type.String(), Type.Null()]),
    wechatTransactionId: Type.Union([Type.String(), Type.Null()], {
      description:
        "WeChat's transaction id of the payment, if the server is configured to read it from Adyen.",
    }),
    paysOrder: Type.Boolean(),
    surplus: Type.Boolean(),
    refundable: Type.Union([Amount, Type.Null()], {
      description: 'What can still be refunded; null before it is paid.',
    }),
    reversals: Type.Array(Type.String(), {
      description: 'Events by which Adyen took back, or may take back, money of this payment.',
    }),
    deliverTo: Type.Union([Address, Type.Null()], {
      description: 'Where its order is delivered to; null where it was ordered without an address.',
    }),
    createdAt: Type.String(),
    updatedAt: Type.String(),
    refunds: Type.Array(OperatorRefund),
    events: Type.Array(PaymentEventRecord),
  },
  { title: 'OperatorPayment', additionalProperties: false },
)
export type OperatorPayment = Type.Static<typeof OperatorPayment>
