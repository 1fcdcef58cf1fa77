import { createHash } from 'node:crypto'

/** A bearer token as the database stores it. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
