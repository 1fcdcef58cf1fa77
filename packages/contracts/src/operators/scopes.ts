import * as Type from '@sinclair/typebox'

/**
 * What a key may allow. An operator's: read payments, create refunds, handle attention items, and
 * record shipments. A merchant's backend's: put and cancel orders, refund them, and read them.
 */
export const OperatorScope = Type.Union([
  Type.Literal('payments:read'),
  Type.Literal('refunds:write'),
  Type.Literal('attention:write'),
  Type.Literal('orders:ship'),
  Type.Literal('merchant:orders'),
  Type.Literal('merchant:refunds'),
  Type.Literal('merchant:read'),
])
export type OperatorScope = Type.Static<typeof OperatorScope>
export const operatorScopes: readonly OperatorScope[] = OperatorScope.anyOf.map((literal) => literal.const)
