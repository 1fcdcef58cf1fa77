import { createHash } from 'node:crypto'

/** The hash of a bearer token: the database stores no token. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
