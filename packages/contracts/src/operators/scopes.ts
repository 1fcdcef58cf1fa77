import * as Type from '@sinclair/typebox'

/**
 * What a key may allow. An operator's: read orders and payments, create refunds, handle attention items,
 * record shipments, and apply stored webhook items again. A merchant's backend's: put and cancel orders,
 * refund them, and read them.
 */
export const OperatorScope = Type.Union([
  Type.Literal('payments:read'),
  Type.Literal('refunds:write'),
  Type.Literal('attention:write'),
  Type.Literal('orders:ship'),
  Type.Literal('merchant:orders'),
  Type.Literal('merchant:refunds'),
  Type.Literal('merchant:read'),
  Type.Literal('webhooks:replay'),
])
export type OperatorScope = Type.Static<typeof OperatorScope>
export const operatorScopes: readonly OperatorScope[] = OperatorScope.anyOf.map((literal) => literal.const)
