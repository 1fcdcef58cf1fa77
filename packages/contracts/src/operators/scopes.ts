import * as Type from '@sinclair/typebox'

/**
 * What an operator's key may allow: read payments, create refunds, handle attention items, and
 * record shipments.
 */
export const OperatorScope = Type.Union([
  Type.Literal('payments:read'),
  Type.Literal('refunds:write'),
  Type.Literal('attention:write'),
  Type.Literal('orders:ship'),
])
export type OperatorScope = Type.Static<typeof OperatorScope>
export const operatorScopes: readonly OperatorScope[] = OperatorScope.anyOf.map((literal) => literal.const)
