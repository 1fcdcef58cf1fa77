import * as Type from '@sinclair/typebox'

/**
 * What a key may allow. An operator's: read orders and payments, create refunds, handle attention items,
 * record shipments, apply stored webhook items again, change goods and stock, keep settlement reports,
 * create and revoke keys, read the audit, send test
 * notifications, and export and erase what is stored about a shopper. A merchant's backend's: put and
 * cancel orders, refund them, and read them.
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
  Type.Literal('catalogue:write'),
  Type.Literal('settlement:write'),
  Type.Literal('keys:write'),
  Type.Literal('audit:read'),
  Type.Literal('notifications:test'),
  Type.Literal('shoppers:export'),
  Type.Literal('shoppers:erase'),
])
export type OperatorScope = Type.Static<typeof OperatorScope>
export const operatorScopes: readonly OperatorScope[] = OperatorScope.anyOf.map((literal) => literal.const)

/** What a person does in the console. */
export const OperatorRole = Type.Union([
  Type.Literal('viewer'),
  Type.Literal('support'),
  Type.Literal('refunder'),
  Type.Literal('admin'),
])
export type OperatorRole = Type.Static<typeof OperatorRole>
export const operatorRoles: readonly OperatorRole[] = OperatorRole.anyOf.map((literal) => literal.const)

const viewer: readonly OperatorScope[] = ['payments:read']
const support: readonly OperatorScope[] = [...viewer, 'attention:write', 'orders:ship', 'webhooks:replay']
const refunder: readonly OperatorScope[] = [...support, 'refunds:write']

/** The scopes of each role. Each role can do what the one before it can. */
export const scopesOfRole: Readonly<Record<OperatorRole, readonly OperatorScope[]>> = {
  viewer,
  support,
  refunder,
  admin: [
    ...refunder,
    'catalogue:write',
    'settlement:write',
    'keys:write',
    'audit:read',
    'notifications:test',
    'shoppers:export',
    'shoppers:erase',
  ],
}
