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
export function readActionData(answer: ActionFields): Type.Static<typeof Data> | undefined {
  return findActionData(answer)?.data
}

/** The data of the action, and which of the three shapes has it. */
export function findActionData({ action, redirect }: ActionFields):
  | {
      readonly shape: 'action.sdkData' | 'action.data' | 'redirect.data'
      readonly data: Type.Static<typeof Data>
    }
  | undefined {
  if (action?.sdkData !== undefined) return { shape: 'action.sdkData', data: action.sdkData }
  if (action?.data !== undefined) return { shape: 'action.data', data: action.data }
  return redirect?.data && { shape: 'redirect.data', data: redirect.data }
}

/** The opaque state that `/payments/details` must return to Adyen. */
export function readPaymentData({ action, paymentData }: ActionFields): string | undefined {
  return action?.paymentData ?? paymentData
}
