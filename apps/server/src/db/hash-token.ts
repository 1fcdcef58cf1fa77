import { createHash, randomBytes } from 'node:crypto'

const TOKEN_BYTES = 32

/** A secret that nobody guesses, for a bearer token. */
export function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url')
}

/** The hash of a bearer token: the database stores no token. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
