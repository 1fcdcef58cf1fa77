import type { OperatorScope } from '@tael/contracts'

/** Scopes by which a key could evade its limit: their refunds have none, or they make other keys. */
const evading: ReadonlySet<OperatorScope> = new Set(['merchant:refunds', 'keys:write'])

/** Whether a key with these scopes can have a limit for its refunds. */
export function mayBeLimited(scopes: readonly OperatorScope[]): boolean {
  return scopes.includes('refunds:write') && !scopes.some((scope) => evading.has(scope))
}

/** Which keys can have a limit, as the remedy. */
export const LIMIT_RULE =
  'Limit only a key with refunds:write and without merchant:refunds and keys:write, by which it could evade the limit.'
