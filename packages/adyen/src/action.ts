import * as Type from '@sinclair/typebox'

const Data = Type.Record(Type.String(), Type.Unknown())

/**
 * The fields of an answer with which the shopper's app continues the payment. They have three
 * shapes: `action.sdkData`, `action.data` (v67 and later) and `redirect.data` (classic, v40 to
 * v66).
 */
export const ActionFields = Type.Object({
  paymentData: Type.Optional(Type.String()),
  redirect: Type.Optional(Type.Object({ data: Type.Optional(Data) })),
  action: Type.Optional(
    Type.Object({
      type: Type.Optional(Type.String()),
      paymentData: Type.Optional(Type.String()),
      sdkData: Type.Optional(Data),
      data: Type.Optional(Data),
    }),
  ),
})
export type ActionFields = Type.Static<typeof ActionFields>

/** The data of the action, whatever the shape; undefined if the answer has no action. */
export function readActionData({ action, redirect }: ActionFields): Type.Static<typeof Data> | undefined {
  return action?.sdkData ?? action?.data ?? redirect?.data
}

/** The opaque state that `/payments/details` must return to Adyen. */
export function readPaymentData({ action, paymentData }: ActionFields): string | undefined {
  return action?.paymentData ?? paymentData
}
