import { randomBytes } from 'node:crypto'
import { hashToken } from '@tael/server/hash-token'
import { newId } from '@tael/server/ids'
import { createToken } from '@tael/server/session-token'
import { credentials } from '@tael/stack'
import type { Pool } from 'pg'

/** A shopper who is logged in. */
export interface Shopper {
  readonly id: string
  readonly openid: string
  readonly token: string
  /** Where their requests come from, as a proxy reports it: one address may send only so many. */
  readonly address: string
}

/** So many that no shopper meets a limit of requests. */
const SHOPPERS = 20_000

export function createShoppers(): readonly Shopper[] {
  return Array.from({ length: SHOPPERS }, (_, index) => ({
    id: newId('sh'),
    openid: `o${randomBytes(20).toString('base64url')}`.slice(0, 28),
    token: createToken(credentials.WECHAT_APP_SECRET),
    address: `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`,
  }))
}

/** Logs them in: in the database, because WeChat's login is not measured. */
export async function insertShoppers(pool: Pool, shoppers: readonly Shopper[]): Promise<void> {
  const column = <K extends keyof Shopper>(name: K): Shopper[K][] => shoppers.map((one) => one[name])
  await pool.query('insert into shoppers (id, openid) select * from unnest($1::text[], $2::text[])', [
    column('id'),
    column('openid'),
  ])
  const hashes = shoppers.map(({ token }) => hashToken(token))
  await pool.query(
    `insert into sessions (token_hash, shopper_id, expires_at)
     select token_hash, shopper_id, now() + interval '3 days' from unnest($1::bytea[], $2::text[]) as one (token_hash, shopper_id)`,
    [hashes, column('id')],
  )
}
