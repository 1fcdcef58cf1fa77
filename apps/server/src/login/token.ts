import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** 192 bits that nobody can guess, and 64 by which we recognise our tokens without a query. */
const RANDOM_BYTES = 24
const SEAL_BYTES = 8

/**
 * A new session token: 43 characters. It ends in a seal under the app secret, which all servers
 * share, so that a made-up token costs no query. What makes it valid is its stored hash.
 */
export function createToken(appSecret: string): string {
  const random = randomBytes(RANDOM_BYTES)
  return Buffer.concat([random, seal(random, appSecret)]).toString('base64url')
}

/** The token of an Authorization header, where it is one that we made. It may have ended. */
export function readToken(authorization: string | undefined, appSecret: string): string | undefined {
  const token = /^Bearer ([A-Za-z0-9_-]{43})$/.exec(authorization ?? '')?.[1]
  if (token === undefined) return undefined
  const bytes = Buffer.from(token, 'base64url')
  const isOurs = timingSafeEqual(
    bytes.subarray(RANDOM_BYTES),
    seal(bytes.subarray(0, RANDOM_BYTES), appSecret),
  )
  return isOurs ? token : undefined
}

function seal(random: Buffer, appSecret: string): Buffer {
  return createHmac('sha256', appSecret).update('session').update(random).digest().subarray(0, SEAL_BYTES)
}
