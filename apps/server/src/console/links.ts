import { currentTime, timeIn } from '../db/clock.ts'
import type { Trx } from '../db/database.ts'
import { hashToken, newToken } from '../db/hash-token.ts'

/** A demo may be started long before someone looks at it. */
const LINK_MS = 12 * 3_600_000

/** Makes a link that signs in with this key once. Returns its secret, of which only the hash is stored. */
export async function createSignInLink(trx: Trx, keyId: string): Promise<string> {
  const secret = `tael_link_${newToken()}`
  await trx
    .insertInto('sign_in_links')
    .values({ secret_hash: hashToken(secret), key_id: keyId, expires_at: timeIn(LINK_MS), used_at: null })
    .execute()
  return secret
}

/** Uses up a link. Returns the id of its key; undefined: it is unknown, used or expired. */
export async function useSignInLink(trx: Trx, secret: string): Promise<string | undefined> {
  const used = await trx
    .updateTable('sign_in_links')
    .set({ used_at: currentTime })
    .where('secret_hash', '=', hashToken(secret))
    .where('used_at', 'is', null)
    .where('expires_at', '>', currentTime)
    .returning('key_id')
    .executeTakeFirst()
  return used?.key_id
}
