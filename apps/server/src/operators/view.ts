import type { KeyRecord } from '@tael/contracts'
import { type KeyRow, toRefundLimit } from './store.ts'

/** A key as an operator sees it. */
export function toKeyRecord(key: KeyRow): KeyRecord {
  return {
    id: key.id,
    name: key.name,
    scopes: [...key.scopes],
    createdAt: key.created_at.toISOString(),
    refundLimit: toRefundLimit(key),
    expiresAt: key.expires_at?.toISOString() ?? null,
    revokedAt: key.revoked_at?.toISOString() ?? null,
    state: stateOf(key),
  }
}

function stateOf({ revoked_at, is_expired }: KeyRow): KeyRecord['state'] {
  if (revoked_at !== null) return 'revoked'
  return is_expired === true ? 'expired' : 'valid'
}
